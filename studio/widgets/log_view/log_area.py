"""The surface of the log: paints the rows in sight, scrolls, takes keys and the mouse.

Knows rows by way of a display, and nothing of where they come from or why they are shown.
"""

import time
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from studio.look.appearance import Appearance
from studio.widgets.log_view import spoken
from studio.widgets.log_view.accessible import make_readable, say_focus_moved
from studio.widgets.log_view.display import Display
from studio.widgets.log_view.keys import Wish, wish_of
from studio.widgets.log_view.links import FoundLink, links_in
from studio.widgets.log_view.menu import build_menu
from studio.widgets.log_view.page import Hit, Page
from studio.widgets.log_view.painter import LogPainter, Marks, Matches
from studio.widgets.log_view.placing import Anchor
from studio.widgets.log_view.pointer import Pointer, link_under
from studio.widgets.log_view.selection import Selection

#: The rows are brought up to date at most once in so many milliseconds.
_FRAME_MS: Final = 16
#: Rows that one notch of the wheel scrolls.
_WHEEL_ROWS: Final = 3
_NOTCH: Final = 120


class LogArea(QAbstractScrollArea):
    """A scroll area over displayed rows, numbered from 0; `seq` is the log's own number."""

    #: Whether the newest row stays in sight.
    following_changed = Signal(bool)
    #: What is selected is something else.
    selection_changed = Signal()
    #: A `LogLink` was chosen.
    link_activated = Signal(object)

    def __init__(
        self, appearance: Appearance, display: Display, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.display = display
        self.selection = Selection()
        self.page = Page(display, appearance.code_font())
        self.earlier = False
        #: Finds what is to be marked in a line; None for nothing.
        self.matches: Matches | None = None
        self.found = 0
        self._appearance = appearance
        self._following = True
        self._link: tuple[int, int, int] | None = None
        self._painter = LogPainter(appearance.tokens, self.page.font)
        self._pointer = Pointer(self, self)
        self._top: tuple[int, int] = (0, 0)  # the row at the top by its number, and its offset
        self._frame = QTimer(self, interval=_FRAME_MS, singleShot=True)
        self._frame_at = 0.0
        self._moving_bars = False
        self._shown: object = None
        self._build()
        appearance.changed.connect(self._look_changed)
        self._frame.timeout.connect(self.take_rows)
        self.verticalScrollBar().valueChanged.connect(self._bar_moved)
        self.horizontalScrollBar().valueChanged.connect(self._bar_moved_sideways)

    def _build(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setAccessibleName(self.tr("Log"))
        self.setAccessibleDescription(
            self.tr("Arrow keys move through the rows, Enter follows a link, Ctrl+C copies.")
        )
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.horizontalScrollBar().setSingleStep(round(self.page.cell.width * 8))
        make_readable(LogArea)

    @property
    def following(self) -> bool:
        """Whether the newest row stays in sight."""
        return self._following

    @property
    def started(self) -> float:
        """When the log began, in seconds since the epoch."""
        return self.display.log.started if self.display.log is not None else 0.0

    def set_following(self, following: bool) -> None:
        """Keep the newest row in sight, or stay where one is."""
        self._set_following(following)
        self.rows_changed()

    def follow_tail(self) -> None:
        """Go to the newest row and stay there."""
        self.set_following(True)

    def start_anew(self) -> None:
        """Forget where the page was and what was selected: the rows are those of another log."""
        self.selection = Selection()
        self._top, self.page.anchor, self.page.widest = (0, 0), Anchor(), 0.0
        self._set_following(True)

    def set_unfolded(self, seq: int, *, whole: bool) -> None:
        """Show a long line whole, or fold it."""
        self.display.unfold(seq, whole=whole)
        self.rows_changed()

    def copy(self, *, columns: bool = False) -> None:
        """Copy what is selected, with or without what stands before the messages."""
        raise NotImplementedError

    # ---- selection -----------------------------------------------------------------------------

    def select(self, selection: Selection) -> None:
        """Select something else; its last row has the focus."""
        if selection == self.selection:
            return
        moved = selection.head != self.selection.head
        self.selection = selection
        self.viewport().update()
        self.selection_changed.emit()
        if moved and (row := self.focused_row()) is not None:
            say_focus_moved(self, row - self.visible_rows().start)

    def select_all(self) -> None:
        """Select every row that is shown."""
        if self.display.lens_rows:
            first, last = self.display.seq_at(0), self.display.seq_at(self.display.lens_rows - 1)
            self.select(Selection(first, last))

    def focused_row(self) -> int | None:
        """Return the row that has the focus, if one has and is shown."""
        if not self.selection.head or not self.display.lens_rows:
            return None
        row = self.display.row_of(self.selection.head)
        return row if row < self.display.lens_rows else None

    # ---- rows up to date -----------------------------------------------------------------------

    def rows_changed(self) -> None:
        """Bring the rows up to date, now or with the next frame."""
        if self._frame.isActive():
            return
        left = _FRAME_MS - (time.perf_counter() - self._frame_at) * 1000
        if left <= 0:
            self.take_rows()
        else:
            self._frame.start(max(int(left), 1))

    def take_rows(self) -> None:
        self._frame.stop()
        self._frame_at = time.perf_counter()
        if self._following and not self._pointer.dragging:
            self.page.go_to_bottom()
        elif self._top[0]:
            row = self.display.row_of(self._top[0])
            self.page.anchor = min(Anchor(row, self._top[1]), self.page.bottom)
        self._sync_bars()
        if not self.isVisible():  # it is painted when it is shown
            self._shown = None
            return
        shown = self._in_sight()
        if shown != self._shown:  # rows above that come and go are no reason to paint
            self._shown = shown
            self.viewport().update()

    def _in_sight(self) -> object:
        """Return all that the look of the page depends on, marks aside."""
        rows, lens = self.visible_rows(), self.display.lens
        lines = self.display.lines(rows.start, rows.stop)
        repeats = [lens.repeat_at(row) for row in rows] if lens.collapsed else []
        return self.page.version, self.page.anchor.offset, self.earlier, lines, repeats

    def _sync_bars(self) -> None:
        bottom, anchor = self.page.bottom, self.page.anchor
        last = bottom.row + (1 if bottom.offset else 0)
        beyond = max(self.page.widest + self.page.cell.width - self.page.message_width, 0)
        self._moving_bars = True
        bar, sideways = self.verticalScrollBar(), self.horizontalScrollBar()
        bar.setPageStep(self.page.rows_a_page)
        bar.setRange(0, last)
        bar.setValue(last if anchor >= bottom else anchor.row)
        sideways.setPageStep(round(self.page.message_width))
        sideways.setRange(0, 0 if self.page.wrap else round(beyond))
        self.page.sideways = sideways.value()
        self._moving_bars = False

    def _set_following(self, following: bool) -> None:
        if following != self._following:
            self._following = following
            self.following_changed.emit(following)

    # ---- scrolling -----------------------------------------------------------------------------

    def scroll_by(self, pixels: int) -> None:
        """Scroll, down for positive pixels; up means not to follow any more."""
        self.page.move(pixels)
        self._scrolled()

    def stay_at(self, row: int) -> None:
        """Bring a row into sight and stay there, whatever comes in below."""
        self.page.reveal(row)
        self._remember_top()
        self._set_following(False)
        self._sync_bars()
        self.viewport().update()

    def _reveal(self, row: int) -> None:
        self.page.reveal(row)
        self._scrolled()

    def _scrolled(self) -> None:
        """The user has moved the page: at the newest row that means to follow."""
        self._remember_top()
        self._set_following(self.page.anchor >= self.page.bottom)
        self._sync_bars()
        self.viewport().update()

    def _remember_top(self) -> None:
        row, offset = self.page.anchor
        if row < self.display.lens_rows:
            self._top = (self.display.seq_at(row), offset)

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802 - Qt's
        """Leave to us what is painted: a bar may move while the same rows stay in sight."""

    def _bar_moved(self, value: int) -> None:
        if self._moving_bars:
            return
        self.page.anchor = min(Anchor(value), self.page.bottom)
        self._scrolled()

    def _bar_moved_sideways(self, value: int) -> None:
        self.page.sideways = value
        self.viewport().update()

    # ---- keys and mouse ------------------------------------------------------------------------

    def activate(self, link: FoundLink) -> None:
        """Follow a link."""
        self.link_activated.emit(link.target)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Do what the key asks for."""
        wish = wish_of(event)
        if wish is None:
            super().keyPressEvent(event)
        else:
            self._grant(wish)

    def _grant(self, wish: Wish) -> None:
        match wish.name:
            case "copy":
                self.copy()
            case "copy with columns":
                self.copy(columns=True)
            case "select all":
                self.select_all()
            case "sideways":
                bar = self.horizontalScrollBar()
                bar.setValue(bar.value() + wish.amount * bar.singleStep())
            case "open" | "unfold":
                self._act_on_focused(wish.name)
            case _:
                self._move_focus(wish)

    def _act_on_focused(self, name: str) -> None:
        row = self.focused_row()
        if row is None:
            return
        line = self.display.line(row)
        if name == "unfold":
            self.set_unfolded(line.seq, whole=not line.unfolded)
        elif line.place is not None:
            self.activate(FoundLink(0, line.place_size, line.place))
        elif found := links_in(line.text):
            self.activate(found[0])

    def _move_focus(self, wish: Wish) -> None:
        last = self.display.lens_rows - 1
        if last < 0:
            return
        focused = self.focused_row()
        start = focused if focused is not None else self._start_row(wish)
        steps = {
            "rows": start + (wish.amount if focused is not None else 0),
            "pages": start + wish.amount * self.page.rows_a_page,
            "first": 0,
            "last": last,
        }
        row = min(max(steps[wish.name], 0), last)
        seq = self.display.seq_at(row)
        self._reveal(row)
        self.select(self.selection.extended(seq) if wish.extend else self.selection.at(seq))
        if wish.name == "last":
            self.follow_tail()

    def _start_row(self, wish: Wish) -> int:
        placed = self.page.placed()
        if not placed:
            return 0
        return placed[-1].row if wish.amount < 0 else placed[0].row

    def event(self, event: QEvent) -> bool:
        """Keep the keys that the log uses from the shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            wish = wish_of(event)
            if wish is not None and wish.name.startswith(("copy", "select")):
                event.accept()
                return True
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Show tips; notice that the mouse has left."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tip(event.pos(), event.globalPos())
            return True
        if event.type() == QEvent.Type.Leave:
            self._set_link(None)
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Begin a click or a selection."""
        if event.button() == Qt.MouseButton.LeftButton:
            shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._pointer.press(event.position().toPoint(), extend=bool(shift))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Select on, or underline the link below."""
        point = event.position().toPoint()
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._pointer.move(point)
        else:
            self._set_link(self.page.hit(point.x(), point.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """End a click or a selection."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pointer.release(event.position().toPoint(), event.modifiers())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Select a word."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pointer.double_click(event.position().toPoint())

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Scroll."""
        sideways = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        delta = event.angleDelta()
        if delta.x() or sideways:
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - round((delta.x() or delta.y()) / _NOTCH * bar.singleStep()))
        elif not event.pixelDelta().isNull():
            self.scroll_by(-event.pixelDelta().y())
        else:
            self.scroll_by(-round(delta.y() / _NOTCH * _WHEEL_ROWS) * self.page.row_height)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Show the menu, at the focused row where a key asked for it."""
        point = self.viewport().mapFromGlobal(event.globalPos())
        if event.reason() == QContextMenuEvent.Reason.Keyboard and (row := self.focused_row()):
            point = self.row_box(row).center() - self.viewport().mapToGlobal(QPoint(0, 0))
        hit = self.page.hit(point.x(), point.y())
        if hit is not None and hit.line.seq and not self._is_marked(hit.line.seq):
            self.select(self.selection.at(hit.line.seq))
        menu = build_menu(self, self, hit, selected=bool(self.selection.head))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.viewport().mapToGlobal(point))

    def _is_marked(self, seq: int) -> bool:
        chosen = self.selection.characters
        return self.selection.holds(seq) or (chosen is not None and chosen.seq == seq)

    def _set_link(self, hit: Hit | None) -> None:
        link = link_under(hit)
        chip = hit is not None and hit.chip is not None and hit.chip.clickable
        found = (hit.line.seq, link.start, link.stop) if hit is not None and link else None
        shape = Qt.CursorShape.PointingHandCursor if link or chip else Qt.CursorShape.ArrowCursor
        if found != self._link:
            self._link = found
            self.viewport().update()
        if self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)

    def _show_tip(self, point: QPoint, at: QPoint) -> None:
        hit = self.page.hit(point.x(), point.y())
        row = self.display.entry(hit.row) if hit is not None else None
        if hit is None or row is None:
            QToolTip.hideText()
            return
        repeat = self.display.lens.repeat_at(hit.row)
        last = self.display.last_repeated(hit.row)
        QToolTip.showText(at, spoken.row_tip(row, self.started, repeat, last), self)

    # ---- painting ------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the rows in sight."""
        widest = self.page.widest
        painter = QPainter(self.viewport())
        try:
            self._painter.paint(painter, self.page, self._marks())
        finally:
            painter.end()
        if self._painter.pictures.unfinished:
            QTimer.singleShot(0, self.viewport(), self.viewport().update)
        if self.page.widest != widest and not self.page.wrap:
            self.rows_changed()

    def _marks(self) -> Marks:
        return Marks(
            self.selection,
            self.hasFocus(),
            self.found,
            self.matches,
            self._link,
            self.earlier,
            self.started,
        )

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Take up the new size; the newest row, or the one at the top, stays."""
        super().resizeEvent(event)
        self.page.set_size(self.viewport().width(), self.viewport().height())
        self.take_rows()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Show where the focus is."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Show that the focus is elsewhere."""
        super().focusOutEvent(event)
        self.viewport().update()

    def _look_changed(self) -> None:
        self.page.set_font(self._appearance.code_font())
        self._painter = LogPainter(self._appearance.tokens, self.page.font)
        self.take_rows()

    # ---- for screen readers --------------------------------------------------------------------

    def visible_rows(self) -> range:
        """Return the rows in sight."""
        placed = self.page.placed()
        return range(placed[0].row, placed[-1].row + 1) if placed else range(0)

    def spoken(self, row: int) -> str:
        """Return a row as a screen reader says it."""
        return spoken.spoken_line(self.display.line(row), self.display.entry(row))

    def spoken_place(self, row: int) -> str:
        """Return which row it is, and when."""
        line = self.display.line(row)
        return spoken.spoken_place(row + 1, len(self.display), line, self.started)

    def row_box(self, row: int) -> QRect:
        """Return where a row is on the screen; empty for one out of sight."""
        for place in self.page.placed():
            if place.row == row:
                corner = self.viewport().mapToGlobal(QPoint(0, place.y))
                return QRect(corner.x(), corner.y(), self.page.width, place.height)
        return QRect()

    def is_selected(self, row: int) -> bool:
        """Return whether a row is selected."""
        return self.selection.holds(self.display.seq_at(row))
