"""What can be done with the rows under the mouse: the menu of the view."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from studio.widgets.log_view.links import FoundLink
from studio.widgets.log_view.page import Hit
from studio.widgets.log_view.pointer import link_under
from studio.widgets.log_view.shown_line import FOLD


class Chosen(Protocol):
    """What the menu acts upon."""

    def copy(self, *, columns: bool = False) -> None:
        """Copy what is selected."""
        ...

    def select_all(self) -> None:
        """Select every row."""
        ...

    def activate(self, link: FoundLink) -> None:
        """Follow a link."""
        ...

    def set_unfolded(self, seq: int, *, whole: bool) -> None:
        """Show a long line whole, or fold it."""
        ...

    def follow_tail(self) -> None:
        """Go to the newest row and stay there."""
        ...


def build_menu(view: Chosen, parent: QWidget, hit: Hit | None, *, selected: bool) -> QMenu:
    """Return the menu; whoever shows it sees to it that it is deleted."""
    menu = QMenu(parent)
    link = link_under(hit)
    if link is not None:
        target = link.target
        _add(menu, _tr("Open {path}").format(path=target.path), lambda: view.activate(link))
        menu.addSeparator()
    copy = _add(menu, _tr("Copy"), view.copy, QKeySequence(QKeySequence.StandardKey.Copy))
    columns = _add(
        menu,
        _tr("Copy with columns"),
        lambda: view.copy(columns=True),
        QKeySequence("Ctrl+Shift+C"),
    )
    copy.setEnabled(selected)
    columns.setEnabled(selected)
    _add(
        menu,
        _tr("Select all"),
        view.select_all,
        QKeySequence(QKeySequence.StandardKey.SelectAll),
    )
    menu.addSeparator()
    if hit is not None and hit.line.seq and (hit.line.more or len(hit.line.text) > FOLD):
        _add_folding(menu, view, hit)
    _add(menu, _tr("Follow the newest row"), view.follow_tail, QKeySequence("End"))
    return menu


def _add_folding(menu: QMenu, view: Chosen, hit: Hit) -> None:
    whole, seq = not hit.line.unfolded, hit.line.seq
    text = _tr("Show the whole line") if whole else _tr("Fold the line")
    _add(menu, text, lambda: view.set_unfolded(seq, whole=whole), QKeySequence("Space"))


def _add(
    menu: QMenu, text: str, run: Callable[[], None], keys: QKeySequence | None = None
) -> QAction:
    # The keys are only shown: the view takes them itself, and a binding would take them away.
    shown = f"{text}\t{keys.toString(QKeySequence.SequenceFormat.NativeText)}" if keys else text
    action = menu.addAction(shown)
    action.triggered.connect(lambda _checked=False: run())
    return action


def _tr(text: str) -> str:
    return QCoreApplication.translate("LogView", text)
