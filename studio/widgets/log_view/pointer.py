"""What the mouse does to the log: selects rows or characters, follows links, unfolds."""

from typing import Final, Protocol

from PySide6.QtCore import QObject, QPoint, Qt, QTimer

from studio.widgets.log_view.links import FoundLink, link_at
from studio.widgets.log_view.page import Hit, Page
from studio.widgets.log_view.selection import Selection
from studio.widgets.log_view.words import word_at

#: How often a selection dragged past an edge goes on, in milliseconds.
_SCROLL_MS: Final = 30
#: How far the mouse may move in a click, in pixels.
_STILL: Final = 4


class Pointed(Protocol):
    """What the mouse acts upon."""

    page: Page
    selection: Selection

    def select(self, selection: Selection) -> None:
        """Select something else."""
        ...

    def scroll_by(self, pixels: int) -> None:
        """Scroll, down for positive pixels."""
        ...

    def activate(self, link: FoundLink) -> None:
        """Follow a link."""
        ...

    def set_unfolded(self, seq: int, *, whole: bool) -> None:
        """Show a long line whole, or fold it."""
        ...


class Pointer(QObject):
    """The mouse over one view; points are in the viewport's pixels."""

    def __init__(self, view: Pointed, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self._pressed: Hit | None = None
        self._from = QPoint()
        self._at = QPoint()
        self._dragged = False
        self._scroll = QTimer(self, interval=_SCROLL_MS)
        self._scroll.timeout.connect(self._scroll_on)

    @property
    def dragging(self) -> bool:
        """Whether a button is held: nothing should move by itself then."""
        return self._pressed is not None

    def press(self, point: QPoint, *, extend: bool) -> None:
        """The button went down."""
        hit = self._view.page.hit(point.x(), point.y())
        self._pressed, self._from, self._at, self._dragged = hit, point, point, False
        if hit is None or not hit.line.seq:
            return
        selection = self._view.selection
        self._view.select(
            selection.extended(hit.line.seq) if extend else selection.at(hit.line.seq)
        )

    def move(self, point: QPoint) -> None:
        """The mouse moved with the button down."""
        self._at = point
        if self._pressed is None or not self._pressed.line.seq:
            return
        if not self._dragged and (point - self._from).manhattanLength() < _STILL:
            return
        self._dragged = True
        self._drag(point)
        outside = not 0 <= point.y() < self._view.page.height
        if outside != self._scroll.isActive():
            (self._scroll.start if outside else self._scroll.stop)()

    def release(self, point: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        """The button went up; without having moved that was a click."""
        pressed, self._pressed = self._pressed, None
        self._scroll.stop()
        if pressed is None or self._dragged or modifiers & Qt.KeyboardModifier.ShiftModifier:
            return
        hit = self._view.page.hit(point.x(), point.y())
        if hit is None:
            return
        if hit.chip is not None:
            if hit.chip.clickable:
                self._view.set_unfolded(hit.line.seq, whole=not hit.line.unfolded)
        elif (link := link_under(hit)) is not None:
            self._view.activate(link)

    def double_click(self, point: QPoint) -> None:
        """Select the word under the mouse."""
        hit = self._view.page.hit(point.x(), point.y())
        if hit is not None and hit.in_text and hit.line.seq and hit.chip is None:
            start, stop = word_at(hit.line.text, hit.position)
            self._view.select(self._view.selection.over(hit.line.seq, start, stop))

    def _drag(self, point: QPoint) -> None:
        pressed, page = self._pressed, self._view.page
        if pressed is None:
            return
        row = page.nearest_row(point.y())
        line = page.display.line(row)
        selection = self._view.selection
        if line.seq == pressed.line.seq and pressed.in_text:
            hit = page.hit(point.x(), point.y())
            head = hit.position if hit is not None else pressed.position
            self._view.select(selection.over(line.seq, pressed.position, head))
        elif line.seq:
            self._view.select(Selection(pressed.line.seq, line.seq))

    def _scroll_on(self) -> None:
        page = self._view.page
        beyond = self._at.y() if self._at.y() < 0 else self._at.y() - page.height
        self._view.scroll_by(beyond)
        self._drag(QPoint(self._at.x(), min(max(self._at.y(), 0), page.height - 1)))


def link_under(hit: Hit | None) -> FoundLink | None:
    """Return the link that is under the mouse, if one is."""
    if hit is None or not hit.in_text or hit.chip is not None:
        return None
    line = hit.line
    if line.place is not None and hit.position < line.place_size:
        return FoundLink(0, line.place_size, line.place)
    return link_at(line.text, hit.position)
