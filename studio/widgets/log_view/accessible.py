"""The log for screen readers: a list whose items are the rows in sight.

Qt asks the factory once for every view and owns what it returns. The Python side is kept until
the view is gone, for Qt calls it at any time.
"""

from typing import Final, Protocol

from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

_Role = QAccessible.Role
_Text = QAccessible.Text


class ReadableLog(Protocol):
    """What a view tells of its rows; rows are counted as displayed."""

    def visible_rows(self) -> range:
        """The rows in sight."""
        ...

    def focused_row(self) -> int | None:
        """The row that has the focus, if one has."""
        ...

    def spoken(self, row: int) -> str:
        """A row in one sentence."""
        ...

    def spoken_place(self, row: int) -> str:
        """Which of how many rows it is, and what else there is to it."""
        ...

    def row_box(self, row: int) -> QRect:
        """Where a row is on the screen."""
        ...

    def is_selected(self, row: int) -> bool:
        """Whether a row is selected."""
        ...


class AccessibleRow(QAccessibleInterface):
    """One visible row, by its place from the top."""

    def __init__(self, log: "AccessibleLog", index: int) -> None:
        super().__init__()
        self._log = log
        self.index = index

    @property
    def _row(self) -> int:
        return self._log.view.visible_rows().start + self.index

    def isValid(self) -> bool:  # noqa: N802 - Qt's name
        """See Qt."""
        return self._log.isValid() and self._row in self._log.view.visible_rows()

    def object(self) -> QObject:
        """A row is no object."""
        return None  # type: ignore[return-value]  # what Qt expects of an item

    def parent(self) -> QAccessibleInterface:
        """The list."""
        return self._log

    def childCount(self) -> int:  # noqa: N802 - Qt's name
        """A row has no parts."""
        return 0

    def child(self, index: int, /) -> QAccessibleInterface:  # noqa: ARG002 - Qt's signature
        """A row has no parts."""
        return None  # type: ignore[return-value]  # what Qt expects

    def childAt(self, x: int, y: int, /) -> QAccessibleInterface:  # noqa: ARG002, N802 - Qt's
        """A row has no parts."""
        return None  # type: ignore[return-value]  # what Qt expects

    def indexOfChild(self, child: QAccessibleInterface, /) -> int:  # noqa: ARG002, N802 - Qt's
        """A row has no parts."""
        return -1

    def role(self) -> QAccessible.Role:
        """An item of a list."""
        return _Role.ListItem

    def rect(self) -> QRect:
        """Where it is on the screen."""
        return self._log.view.row_box(self._row) if self.isValid() else QRect()

    def text(self, kind: QAccessible.Text, /) -> str:
        """The row in words."""
        if not self.isValid():
            return ""
        if kind == _Text.Name:
            return self._log.view.spoken(self._row)
        return self._log.view.spoken_place(self._row) if kind == _Text.Description else ""

    def setText(self, kind: QAccessible.Text, text: str, /) -> None:  # noqa: N802 - Qt's
        """A log cannot be changed."""

    def state(self) -> QAccessible.State:
        """Whether it is focused and selected."""
        state = QAccessible.State()
        state.focusable = state.selectable = state.readOnly = True
        if self.isValid():
            focused = self._row == self._log.view.focused_row()
            state.focused = focused and self._log.widget.hasFocus()
            state.selected = self._log.view.is_selected(self._row)
        return state


class AccessibleLog(QAccessibleInterface):
    """The view as a list."""

    def __init__(self, widget: QWidget, view: ReadableLog) -> None:
        super().__init__()
        self.widget = widget
        self.view = view
        self._rows: list[AccessibleRow] = []

    def isValid(self) -> bool:  # noqa: N802 - Qt's name
        """Whether the view is still there."""
        return isValid(self.widget)

    def object(self) -> QObject:
        """The view."""
        return self.widget

    def parent(self) -> QAccessibleInterface:
        """Whatever the view lies in."""
        above = self.widget.parentWidget()
        return QAccessible.queryAccessibleInterface(above or self.widget.window())

    def childCount(self) -> int:  # noqa: N802 - Qt's name
        """The rows in sight."""
        return len(self.view.visible_rows()) if self.isValid() else 0

    def child(self, index: int, /) -> QAccessibleInterface:
        """A row by its place from the top."""
        if not 0 <= index < self.childCount():
            return None  # type: ignore[return-value]  # what Qt expects
        while len(self._rows) <= index:
            self._rows.append(AccessibleRow(self, len(self._rows)))
            QAccessible.registerAccessibleInterface(self._rows[-1])
        return self._rows[index]

    def childAt(self, x: int, y: int, /) -> QAccessibleInterface:  # noqa: N802 - Qt's name
        """The row at a point of the screen."""
        for index, row in enumerate(self.view.visible_rows()):
            if self.view.row_box(row).contains(x, y):
                return self.child(index)
        return None  # type: ignore[return-value]  # what Qt expects

    def focusChild(self) -> QAccessibleInterface:  # noqa: N802 - Qt's name
        """The row that has the focus."""
        row, rows = self.view.focused_row(), self.view.visible_rows()
        return self.child(row - rows.start if row is not None and row in rows else -1)

    def indexOfChild(self, child: QAccessibleInterface, /) -> int:  # noqa: N802 - Qt's name
        """A row's place from the top."""
        return child.index if isinstance(child, AccessibleRow) else -1

    def role(self) -> QAccessible.Role:
        """A list."""
        return _Role.List

    def rect(self) -> QRect:
        """Where the view is on the screen."""
        if not self.isValid():
            return QRect()
        return QRect(self.widget.mapToGlobal(self.widget.rect().topLeft()), self.widget.size())

    def text(self, kind: QAccessible.Text, /) -> str:
        """The view's own names."""
        if not self.isValid():
            return ""
        if kind == _Text.Name:
            return self.widget.accessibleName()
        return self.widget.accessibleDescription() if kind == _Text.Description else ""

    def setText(self, kind: QAccessible.Text, text: str, /) -> None:  # noqa: N802 - Qt's
        """A log cannot be changed."""

    def state(self) -> QAccessible.State:
        """Whether it has the focus."""
        state = QAccessible.State()
        state.focusable = state.readOnly = state.multiSelectable = True
        if self.isValid():
            state.focused = self.widget.hasFocus()
            state.invisible = not self.widget.isVisible()
        return state

    def let_go(self) -> None:
        """Have Qt delete the rows; the list itself goes with the view."""
        for row in self._rows:
            QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(row))


_known: Final[dict[int, AccessibleLog]] = {}
_gone: Final[list[AccessibleLog]] = []
_installed: Final[list[type[QWidget]]] = []


def make_readable(kind: type[QWidget]) -> None:
    """Have every view of a class (a `ReadableLog`) read as a list; once for each class."""
    if not _installed:
        QAccessible.installFactory(_interface)
    if kind not in _installed:
        _installed.append(kind)


def say_focus_moved(view: QWidget, index: int) -> None:
    """Tell a screen reader that the visible row `index` has the focus now."""
    if QAccessible.isActive():
        event = QAccessibleEvent(view, QAccessible.Event.Focus)
        event.setChild(index)
        QAccessible.updateAccessibility(event)


def _interface(_key: str, thing: QObject) -> QAccessibleInterface | None:
    if not isinstance(thing, tuple(_installed)):
        return None
    _gone.clear()  # Qt has deleted its side of these by now
    key = id(thing)
    made = _known[key] = AccessibleLog(thing, thing)  # type: ignore[arg-type]  # `make_readable` asks for it
    thing.destroyed.connect(lambda: _forget(key))
    return made


def _forget(key: int) -> None:
    found = _known.pop(key, None)
    if found is not None:
        found.let_go()
        _gone.append(found)
