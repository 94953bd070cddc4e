"""Paints a page of the log. Reads the page and what is marked on it; changes neither."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QTextCharFormat, QTextLayout

from studio.look.tokens import SPACE_XS, Tokens
from studio.widgets.log_view.chips import Chip
from studio.widgets.log_view.colours import background, foreground
from studio.widgets.log_view.columns import time_text
from studio.widgets.log_view.page import Page
from studio.widgets.log_view.pictures import FEW, Pictures
from studio.widgets.log_view.placing import Placed
from studio.widgets.log_view.row_layout import GridLayout, Line, RichLayout, RowLayout
from studio.widgets.log_view.selection import Selection
from studio.widgets.log_view.shown_line import ShownLine
from studio.widgets.log_view.text_style import PLAIN, Span, TextStyle, count_in, segments

_MATCH_ALPHA = 72
_CORNER = 3.0
_KEPT = 2048


Matches = Callable[[ShownLine], list[tuple[int, int]]]


class Marks(NamedTuple):
    """What is marked on a page. `matches` gives the found places of a text, or None for none."""

    selection: Selection = Selection()
    focused: bool = False
    found: int = 0  # the row that was found last, by sequence number
    matches: Matches | None = None
    link: tuple[int, int, int] | None = None  # row's number and characters under the pointer
    earlier: bool = False
    started: float = 0.0


class Dress(NamedTuple):
    """A style in the colours of a theme."""

    ink: QColor
    ground: QColor | None
    font: QFont
    underline: bool
    struck: bool

    @property
    def bare(self) -> bool:
        """Whether there is nothing to be seen but characters."""
        return self.ground is None and not self.underline and not self.struck


class LogPainter:
    """Paints rows in the colours of a theme."""

    def __init__(self, tokens: Tokens, font: QFont) -> None:
        self.tokens = tokens
        self.pictures = Pictures()
        self._dresses: dict[tuple[TextStyle, str, bool], Dress] = {}
        self._fonts: dict[tuple[bool, bool], QFont] = {}
        for bold in (False, True):
            for italic in (False, True):
                self._fonts[bold, italic] = made = QFont(font)
                made.setBold(bold)
                made.setItalic(italic)

    def paint(self, painter: QPainter, page: Page, marks: Marks) -> None:
        """Paint the visible rows."""
        painter.fillRect(0, 0, page.width, page.height, QColor(self.tokens.panel))
        self.pictures.begin()
        placed = page.placed()
        if not placed:
            return
        lines = page.display.lines(placed[0].row, placed[-1].row + 1)
        for place, line in zip(placed, lines, strict=False):
            self._paint_ground(painter, page, place, line, marks)
        painter.save()
        left = page.stops.message
        painter.setClipRect(QRectF(left - 2, 0, page.width - left + 2, page.height))
        layouts = [page.layout_of(line) for line in lines]
        for place, line, layout in zip(placed, lines, layouts, strict=False):
            page.widest = max(page.widest, layout.width)
            self._paint_message(painter, page, place, line, layout, marks)
        painter.restore()
        before = self._time_above(page, placed[0].row)
        for place, line, layout in zip(placed, lines, layouts, strict=False):
            self._paint_head(painter, page, place, line, marks, before)
            self._paint_chips(painter, page, place, line, layout, marks)
            before = line.time if line.seq else before

    def _time_above(self, page: Page, row: int) -> float | None:
        if page.times != "delta" or row == 0:
            return None
        return page.display.line(row - 1).time

    # ---- grounds -------------------------------------------------------------------------------

    def _paint_ground(
        self, painter: QPainter, page: Page, place: Placed, line: ShownLine, marks: Marks
    ) -> None:
        selection = marks.selection
        ground = self._ground(line, marks)
        if ground.name() != self.tokens.panel:
            painter.fillRect(0, place.y, page.width, place.height, ground)
        if marks.focused and line.seq and line.seq == selection.head:
            painter.setPen(QColor(self.tokens.focus))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(0.5, place.y + 0.5, page.width - 1, place.height - 1))

    def _ground(self, line: ShownLine, marks: Marks) -> QColor:
        if line.seq and marks.selection.holds(line.seq):
            return QColor(self.tokens.selection)
        if line.seq and line.seq in (marks.found, marks.selection.head):
            return QColor(self.tokens.current_line)
        return QColor(self.tokens.panel)

    # ---- messages ------------------------------------------------------------------------------

    def _paint_message(
        self,
        painter: QPainter,
        page: Page,
        place: Placed,
        line: ShownLine,
        layout: RowLayout,
        marks: Marks,
    ) -> None:
        origin = page.text_origin(place.y)
        self._paint_boxes(painter, layout, line, origin, marks)
        if isinstance(layout, GridLayout):
            self._paint_grid(painter, page, line, layout, origin, marks.earlier)
        else:
            self._paint_rich(painter, page, line, layout, origin, marks.earlier)

    def _paint_boxes(
        self,
        painter: QPainter,
        layout: RowLayout,
        line: ShownLine,
        origin: QPointF,
        marks: Marks,
    ) -> None:
        """Paint what lies under the text: selected characters, matches, the link's underline."""
        chosen = marks.selection.characters
        if chosen is not None and chosen.seq == line.seq:
            for box in layout.rects(chosen.start, chosen.stop):
                painter.fillRect(box.translated(origin), QColor(self.tokens.selection))
        if marks.matches is not None:
            colour = QColor(self.tokens.focus)
            colour.setAlpha(_MATCH_ALPHA * (2 if line.seq == marks.found else 1))
            for start, stop in marks.matches(line):
                for box in layout.rects(start, stop):
                    painter.fillRect(box.translated(origin), colour)
        if marks.link is not None and marks.link[0] == line.seq:
            for box in layout.rects(*marks.link[1:]):
                under = box.translated(origin)
                painter.fillRect(
                    QRectF(under.x(), under.bottom() - 2, under.width(), 1),
                    QColor(self.tokens.link),
                )

    def _paint_grid(
        self,
        painter: QPainter,
        page: Page,
        line: ShownLine,
        layout: GridLayout,
        origin: QPointF,
        earlier: bool,
    ) -> None:
        cell = page.cell
        first = max(int(page.sideways // cell.width), 0)
        room = int(page.message_width // cell.width) + 2
        for number, part in enumerate(layout.lines):
            top = origin.y() + number * cell.line
            if top + cell.line < 0 or top > page.height:
                continue
            start = part.start + first
            stop = min(part.stop, start + room)
            x = origin.x() + first * cell.width
            box = QRectF(x, top, (stop - start) * cell.width, cell.line)
            shown = Line(start, stop)
            spans, pieces = line.spans, count_in(line.spans, start, stop)
            if pieces > FEW:
                dressed = partial(self._paint_pieces, page, line, layout, shown, earlier)
                key = (line.seq, number, start, stop, earlier)
                if self.pictures.show(painter, key, line, box, pieces, partial(dressed, spans)):
                    continue
                spans = ()
            self._paint_pieces(page, line, layout, shown, earlier, spans, painter, box.topLeft())

    def _paint_pieces(
        self,
        page: Page,
        line: ShownLine,
        layout: GridLayout,
        part: Line,
        earlier: bool,
        spans: tuple[Span, ...],
        painter: QPainter,
        corner: QPointF,
    ) -> None:
        """Paint a part of a line, its first character at the corner."""
        cell = page.cell
        rise = (cell.line - cell.height) / 2 + cell.ascent
        for span in segments(spans, part.start, part.stop):
            text = layout.text[span.start : span.stop]
            dress = self._dress(span.style, line.role, earlier)
            if dress.bare and text.isspace():
                continue
            x = corner.x() + (span.start - part.start) * cell.width
            if not dress.bare:
                width = (span.stop - span.start) * cell.width
                self._paint_dress(painter, dress, QRectF(x, corner.y(), width, cell.line))
            painter.setPen(dress.ink)
            painter.setFont(dress.font)
            painter.drawText(QPointF(x, corner.y() + rise), text)

    def _dress(self, style: TextStyle, role: str, earlier: bool) -> Dress:
        """Return a style in the colours of the theme."""
        key = style, role, earlier
        found = self._dresses.get(key)
        if found is None:
            ground = None if earlier else background(style, self.tokens, role)
            ink = foreground(style, self.tokens, role, muted=earlier)
            font = self._fonts[style.bold, style.italic]
            found = Dress(ink, ground, font, style.underline, style.struck)
            if len(self._dresses) > _KEPT:  # a program may go through all the colours there are
                self._dresses.clear()
            self._dresses[key] = found
        return found

    def _paint_dress(self, painter: QPainter, dress: Dress, box: QRectF) -> None:
        if dress.ground is not None:
            painter.fillRect(box, dress.ground)
        if dress.underline:
            painter.fillRect(QRectF(box.x(), box.bottom() - 3, box.width(), 1), dress.ink)
        if dress.struck:
            painter.fillRect(QRectF(box.x(), box.center().y(), box.width(), 1), dress.ink)

    def _paint_rich(
        self,
        painter: QPainter,
        page: Page,
        line: ShownLine,
        layout: RichLayout,
        origin: QPointF,
        earlier: bool,
    ) -> None:
        if len(line.spans) <= FEW or self._dressed(layout, earlier):
            draw = True
        else:
            draw = self.pictures.afford(2 * len(line.spans))
        if line.spans and draw:
            layout.dress(
                (self.tokens.name, earlier),
                lambda: [self._format(span, layout, line.role, earlier) for span in line.spans],
            )
        drawn = partial(self._draw_rich, page, line, layout, earlier)
        if len(line.spans) <= FEW or len(layout.lines) > 1 or not draw:
            drawn(painter, origin)
            return
        corner = QPointF(page.stops.message, origin.y())
        box = QRectF(corner.x(), corner.y(), page.message_width + SPACE_XS, page.row_height)
        key = (line.seq, -1, page.sideways, page.width, earlier)

        def picture(own: QPainter, at: QPointF) -> None:
            drawn(own, at + origin - corner)

        if not self.pictures.show(painter, key, line, box, len(line.spans), picture):
            drawn(painter, origin)

    def _dressed(self, layout: RichLayout, earlier: bool) -> bool:
        return layout.dressed == (self.tokens.name, earlier)

    def _draw_rich(
        self,
        page: Page,
        line: ShownLine,
        layout: RichLayout,
        earlier: bool,
        painter: QPainter,
        origin: QPointF,
    ) -> None:
        painter.setPen(foreground(PLAIN, self.tokens, line.role, muted=earlier))
        rise = (page.cell.line - page.cell.height) / 2
        clip = QRectF(0, 0, page.width, page.height)
        layout.qt.draw(painter, origin + QPointF(0, rise), [], clip)

    def _format(
        self, span: Span, layout: RichLayout, role: str, earlier: bool
    ) -> QTextLayout.FormatRange:
        style, found, dress = span.style, QTextLayout.FormatRange(), QTextCharFormat()
        dress.setForeground(foreground(style, self.tokens, role, muted=earlier))
        ground = None if earlier else background(style, self.tokens, role)
        if ground is not None:
            dress.setBackground(ground)
        if style.bold:
            dress.setFontWeight(QFont.Weight.Bold)
        dress.setFontItalic(style.italic)
        dress.setFontUnderline(style.underline)
        dress.setFontStrikeOut(style.struck)
        start, stop = layout.unit(span.start), layout.unit(span.stop)
        found.start, found.length, found.format = start, stop - start, dress
        return found

    # ---- heads and signs -----------------------------------------------------------------------

    def _paint_head(
        self,
        painter: QPainter,
        page: Page,
        place: Placed,
        line: ShownLine,
        marks: Marks,
        before: float | None,
    ) -> None:
        head, stops, cell = line.head, page.stops, page.cell
        top = place.y + (page.row_height - cell.line) / 2
        base = top + (cell.line - cell.height) / 2 + cell.ascent
        painter.setFont(self._fonts[False, False])
        if head.glyph:
            painter.setPen(self._colour(head.glyph_role, marks))
            painter.drawText(QPointF(stops.glyph, base), head.glyph)
        if line.seq:
            painter.setPen(QColor(self.tokens.muted))
            text = time_text(page.times, line.time, marks.started, before)
            if text:
                painter.drawText(QPointF(stops.time, base), text)
        if head.word:
            painter.setPen(self._colour(head.word_role, marks))
            painter.drawText(QPointF(stops.word, base), head.word)
        if head.mark:
            painter.setPen(self._colour("error", marks))
            x = stops.word + (len(head.word) + 1) * cell.width
            painter.drawText(QPointF(x, base), head.mark)

    def _paint_chips(
        self,
        painter: QPainter,
        page: Page,
        place: Placed,
        line: ShownLine,
        layout: RowLayout,
        marks: Marks,
    ) -> None:
        chips = page.chips_at(place.row, line, layout, place.y)
        if chips:  # what lies below them, or goes on behind them, is not to be read
            edge = chips[0][1].adjusted(-SPACE_XS, 0, 0, 0)
            edge.setRight(page.width)
            painter.fillRect(edge, self._ground(line, marks))
        for chip, box in chips:
            self._paint_chip(painter, page, chip, box)

    def _paint_chip(self, painter: QPainter, page: Page, chip: Chip, box: QRectF) -> None:
        painter.setPen(QColor(self.tokens.border))
        painter.setBrush(QColor(self.tokens.raised))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawRoundedRect(box, _CORNER, _CORNER)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(QColor(self.tokens.link if chip.clickable else self.tokens.text))
        painter.setFont(self._fonts[False, False])
        base = box.y() + (box.height() - page.cell.height) / 2 + page.cell.ascent
        painter.drawText(QPointF(box.x() + SPACE_XS, base), chip.text)

    def _colour(self, role: str, marks: Marks) -> QColor:
        return QColor(self.tokens.muted if marks.earlier else getattr(self.tokens, role))
