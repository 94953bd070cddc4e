"""F6 goes from pane to pane, each where the keyboard was in it last; Tab follows the eye."""

from collections.abc import Sequence

import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget


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
        """Put the keyboard into what a pane is there for, or onto the first that takes it."""
        _give(main_place(pane))

    def settle(self, pane: QWidget) -> None:
        """Do the same, and leave the window where it is: nobody asked for it."""
        if (target := main_place(pane)) is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def tab(self, panes: Sequence[QWidget], *, forward: bool) -> bool:
        """Go to the next widget, or the one before; behind the last of a pane is the next pane."""
        here = _focus()
        stops = [stop for pane in panes for stop in tab_stops(pane)]
        if not stops:
            return False
        step = 1 if forward else -1
        at = stops.index(here) if here in stops else (-1 if forward else 0)
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        stops[(at + step) % len(stops)].setFocus(reason)
        return True

    def _enter(self, pane: QWidget) -> bool:
        last = self._last.get(pane)
        there = last is not None and shiboken6.isValid(last) and last.isVisible()
        target = last if there else main_place(pane)
        return _give(target)

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


def main_place(pane: QWidget) -> QWidget | None:
    """Return what a pane is there for (text, tree, log, table), or the first beside it."""
    ways: list[QWidget] = [pane]
    while (deeper := _deeper(ways[-1])) is not None and deeper not in ways:
        ways.append(deeper)
    found = (stops[0] for way in reversed(ways) if (stops := tab_stops(way)))
    return next(found, None)


def _deeper(widget: QWidget) -> QWidget | None:
    proxy = widget.focusProxy()
    if proxy is None and isinstance(widget, QStackedWidget):
        return widget.currentWidget()
    return proxy


def tab_stops(pane: QWidget) -> list[QWidget]:
    """Return the widgets of a pane that take the keyboard, in the order of Tab."""
    if not pane.isVisible():
        return []
    stops = [pane] if _takes(pane) else []
    window = pane.window()  # the order has a beginning there, and nowhere else
    candidate = window.nextInFocusChain()
    while candidate is not None and candidate is not window:
        if _takes(candidate) and pane.isAncestorOf(candidate) and candidate.focusProxy() is None:
            stops.append(candidate)
        candidate = candidate.nextInFocusChain()
    return stops


def _takes(widget: QWidget) -> bool:
    stops = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return stops and widget.isVisible() and widget.isEnabled()


def _give(target: QWidget | None) -> bool:
    if target is None:
        return False
    target.window().activateWindow()
    target.setFocus(Qt.FocusReason.ShortcutFocusReason)
    return True


def _focus() -> QWidget | None:
    return QApplication.focusWidget()
