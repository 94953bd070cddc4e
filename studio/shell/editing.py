"""Undo, Cut, Copy and their like, on whatever has the keyboard.

Text fields, code and the log do them by themselves. Anywhere else they are what their keys are
there: the files copy a path, the history brings back a run.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from studio.shell.frame import Frame

_Field = QLineEdit | QPlainTextEdit | QTextEdit
_Standard = QKeySequence.StandardKey
#: What can be done, as the methods of text fields are called, and the keys for it elsewhere.
_KEYS: Final = {
    "undo": _Standard.Undo,
    "redo": _Standard.Redo,
    "cut": _Standard.Cut,
    "copy": _Standard.Copy,
    "paste": _Standard.Paste,
    "selectAll": _Standard.SelectAll,
}


class Editing(QObject):
    """Does what the Edit menu offers where the keyboard is, or was before the menus took it."""

    def __init__(self, window: Frame) -> None:
        super().__init__(window)
        self._window = window
        self._before: QWidget | None = None
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._note)

    def can(self, name: str) -> bool:
        """Whether something can be done now: one of the names in `_KEYS`."""
        return self._deed(name) is not None

    def do(self, name: str) -> None:
        """Do it, where it can be done."""
        if (deed := self._deed(name)) is not None:
            deed()

    def _deed(self, name: str) -> Callable[[], object] | None:
        target = self._target()
        if target is None:
            return None
        if isinstance(target, _Field):
            deed: Callable[[], object] = getattr(target, name)
            return deed if _field_can(target, name) else None
        from studio.widgets.log_view.view import LogView  # late: the first frame does without

        if isinstance(target, LogView) and name in ("copy", "selectAll"):
            if name == "copy":
                return target.copy if target.selection.head else None
            return target.select_all if target.display.lens_rows else None
        return self._bound(target, name) or _list_deed(target, name)

    def _bound(self, target: QWidget, name: str) -> Callable[[], object] | None:
        """Return what the keys are bound to around a widget that does not answer them itself."""
        keys = QKeySequence(_KEYS[name])
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        for shortcut in target.findChildren(QShortcut, options=direct):
            if shortcut.key() == keys:
                return shortcut.activated.emit
        registry = self._window.registry
        around: QWidget | None = target
        while around is not None and not around.isWindow():
            for action in around.actions():
                if action.shortcut() == keys and registry.enabled(action.objectName()):
                    return partial(registry.run, action.objectName())
            around = around.parentWidget()
        return None

    def _target(self) -> QWidget | None:
        focus = QApplication.focusWidget()
        if focus is None or not self._is_menu(focus):
            return focus
        before = self._before
        there = before is not None and shiboken6.isValid(before) and before.isVisible()
        return before if there else None

    def _note(self, old: QWidget | None, new: QWidget | None) -> None:
        if self._is_menu(new) and not self._is_menu(old):
            self._before = old

    def _is_menu(self, widget: QWidget | None) -> bool:
        menus = isinstance(widget, QMenuBar | QMenu)
        return menus or (widget is not None and widget is self._window.toolbar.menu_button)


def _field_can(field: _Field, name: str) -> bool:
    """Whether a text field can do it; the clipboard is not asked, for it may be slow to answer."""
    if isinstance(field, QLineEdit):
        whole, selected = bool(field.text()), field.hasSelectedText()
        undo, redo = field.isUndoAvailable(), field.isRedoAvailable()
        shown = field.echoMode() is QLineEdit.EchoMode.Normal
    else:
        document = field.document()
        whole, selected, shown = not document.isEmpty(), field.textCursor().hasSelection(), True
        undo, redo = document.isUndoAvailable(), document.isRedoAvailable()
    if name in ("selectAll", "copy"):
        return whole if name == "selectAll" else selected and shown
    possible = {"undo": undo, "redo": redo, "cut": selected and shown, "paste": True}
    return possible[name] and not field.isReadOnly()


def _list_deed(target: QWidget, name: str) -> Callable[[], object] | None:
    single = QAbstractItemView.SelectionMode.SingleSelection
    none = QAbstractItemView.SelectionMode.NoSelection
    if name != "selectAll" or not isinstance(target, QAbstractItemView):
        return None
    return None if target.selectionMode() in (single, none) else target.selectAll
