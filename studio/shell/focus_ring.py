"""F6 and Shift+F6: from pane to pane, each where the keyboard was in it last."""

from collections.abc import Sequence

import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget


class FocusRing(QObject):
    """Remembers the last focus of every pane."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._last: dict[QWidget, QWidget] = {}
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._note)
        self._panes: Sequence[QWidget] = ()

    def step(self, panes: Sequence[QWidget], direction: int) -> None:
        """Go to the next pane, or the one before; panes that are hidden are passed over."""
        self._panes = panes
        seen = [pane for pane in panes if pane.isVisible()]
        if not seen:
            return
        here = next((i for i, pane in enumerate(seen) if holds(pane, _focus())), None)
        start = (-1 if direction > 0 else 0) if here is None else here
        for offset in range(1, len(seen) + 1):
            if self._enter(seen[(start + direction * offset) % len(seen)]):
                return

    def enter(self, pane: QWidget) -> None:
        """Put the keyboard where it was in a pane, or onto the first that takes it."""
        self._enter(pane)

    def _enter(self, pane: QWidget) -> bool:
        last = self._last.get(pane)
        target = last if last is not None and shiboken6.isValid(last) and last.isVisible() else None
        target = target or first_focusable(pane)
        if target is None:
            return False
        target.window().activateWindow()
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def watch(self, panes: Sequence[QWidget]) -> None:
        """Say which panes there are."""
        self._panes = panes
        self._last = {p: w for p, w in self._last.items() if shiboken6.isValid(p)}

    def _note(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is None:
            return
        for pane in self._panes:
            if shiboken6.isValid(pane) and holds(pane, new):
                self._last[pane] = new
                return


def holds(pane: QWidget, widget: QWidget | None) -> bool:
    """Whether a widget lies in a pane."""
    return widget is not None and (pane is widget or pane.isAncestorOf(widget))


def first_focusable(pane: QWidget) -> QWidget | None:
    """Return the first widget of a pane, in tab order, that takes the keyboard."""
    candidate = pane
    for _ in range(10_000):
        takes = candidate.focusPolicy() & Qt.FocusPolicy.TabFocus
        if takes and candidate.isVisible() and candidate.isEnabled() and holds(pane, candidate):
            return candidate
        following = candidate.nextInFocusChain()
        if following is None or following is pane:
            return None
        candidate = following
    return None


def _focus() -> QWidget | None:
    return QApplication.focusWidget()
