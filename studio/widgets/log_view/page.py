"""The visible part of a log: which rows stand where, how they are laid out, what is hit.

Owns what is at the top and how far it is scrolled sideways. Paints nothing and knows no widget.
"""

from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont

from studio.look.tokens import LINE_SPACING, ROW_HEIGHT, SPACE_M, SPACE_S, SPACE_XS
from studio.widgets.log_view.chips import Chip, chips_of
from studio.widgets.log_view.columns import SOURCE_WIDTH, TIME_WIDTH, TimeMode
from studio.widgets.log_view.display import Display
from studio.widgets.log_view.placing import (
    Anchor,
    Placed,
    bottom_anchor,
    moved,
    place_rows,
    shown_whole,
)
from studio.widgets.log_view.row_layout import Cell, RowLayout, lay_out
from studio.widgets.log_view.shown_line import ShownLine

#: Layouts kept; several screens.
_KEPT: Final = 512
_GLYPH_WIDTH: Final = 16


class Stops(NamedTuple):
    """Where the columns begin, in pixels; `time` and `word` are `message` where they are hidden."""

    glyph: float
    time: float
    word: float
    message: float


class Hit(NamedTuple):
    """What is at a point: a row, and where in its text; `chip` where one of its signs is."""

    row: int
    line: ShownLine
    position: int
    in_text: bool
    chip: Chip | None = None


class Page:
    """Rows in a viewport of `width` × `height` pixels."""

    def __init__(self, display: Display, font: QFont) -> None:
        self.display = display
        self.anchor = Anchor()
        self.sideways = 0
        self.width, self.height = 640, 480
        self.wrap = False
        self.times: TimeMode = "since-play"
        self.widest = 0.0
        self.version = 0  # another one whenever the same rows look different
        self._layouts: dict[tuple[int, bool, int], tuple[ShownLine, RowLayout]] = {}
        self.set_font(font)

    def set_font(self, font: QFont) -> None:
        """Use another font."""
        self.font = font
        self.cell = Cell.of(font, round(font.pixelSize() * LINE_SPACING))
        self.row_height = max(ROW_HEIGHT, self.cell.line)
        self.stops = self._stops()
        self.forget()

    def set_size(self, width: int, height: int) -> None:
        """Note the size of the viewport."""
        if width != self.width:
            self._layouts.clear()
            self.version += 1
        self.width, self.height = width, height

    def set_wrap(self, wrap: bool) -> None:
        """Break long lines at the viewport's edge, or run them past it."""
        self.wrap = wrap
        self.anchor = Anchor(self.anchor.row)
        self.forget()

    def set_times(self, mode: TimeMode) -> None:
        """Show times another way."""
        self.times = mode
        self.stops = self._stops()
        self.forget()

    def forget(self) -> None:
        """Lay everything out anew: measures have changed."""
        self.version += 1
        self._layouts.clear()
        self.widest = 0.0

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.display)

    @property
    def message_width(self) -> float:
        """The room for messages, in pixels."""
        return max(self.width - self.stops.message - SPACE_S, self.cell.width * 8)

    # ---- layout --------------------------------------------------------------------------------

    def layout_of(self, line: ShownLine) -> RowLayout:
        """Return the layout of a line's text."""
        breaks = self.wrap or line.unfolded
        key = (line.seq or -1 - hash(line.text), breaks, len(line.text))
        kept = self._layouts.get(key)
        if kept is not None and kept[0] is line:
            return kept[1]
        if len(self._layouts) > _KEPT:
            self._layouts.clear()
        found = lay_out(line.text, self.cell, self.font, self.message_width if breaks else None)
        self._layouts[key] = (line, found)
        return found

    def height_of(self, row: int) -> int:
        """Return the height of a row."""
        if not self.wrap and not self.display.any_unfolded:
            return self.row_height
        line = self.display.line(row)
        if not self.wrap and not line.unfolded:
            return self.row_height
        layout = self.layout_of(line)
        lines = len(layout.lines) + self._below(row, line, layout)
        return self.row_height + (lines - 1) * self.cell.line

    def _below(self, row: int, line: ShownLine, layout: RowLayout) -> bool:
        """Whether a row's signs need a line of their own, below a text that is broken."""
        if not self.wrap and not line.unfolded:
            return False
        chips = chips_of(line, self.display.lens.repeat_at(row))
        return bool(chips) and self._end_of(layout) + self._width_of(chips) > self.width

    def _width_of(self, chips: list[Chip]) -> float:
        return sum(self._chip_width(chip) + SPACE_XS for chip in chips)

    def _chip_width(self, chip: Chip) -> float:
        return len(chip.text) * self.cell.width + 2 * SPACE_XS

    def _end_of(self, layout: RowLayout) -> float:
        """Return where signs begin behind a text, in pixels of the viewport."""
        number = len(layout.lines) - 1
        text = layout.x_of(number, layout.lines[number].stop)
        return self.text_origin(0).x() + text + SPACE_S

    def placed(self) -> list[Placed]:
        """Return the visible rows."""
        return place_rows(self.anchor, self.count, self.height_of, self.height)

    # ---- scrolling -----------------------------------------------------------------------------

    @property
    def bottom(self) -> Anchor:
        """The anchor at which the last row is at the bottom."""
        return bottom_anchor(self.count, self.height_of, self.height)

    def go_to_bottom(self) -> None:
        """Show the last rows."""
        self.anchor = self.bottom

    def go_to_row(self, row: int) -> None:
        """Put a row at the top, as far as there are rows enough below it."""
        self.anchor = min(Anchor(max(row, 0)), self.bottom)

    def move(self, pixels: int) -> None:
        """Scroll by some pixels, down for positive ones."""
        self.anchor = moved(self.anchor, pixels, self.count, self.height_of, self.height)

    def reveal(self, row: int) -> None:
        """Scroll as little as it takes to show a row as a whole."""
        self.anchor = shown_whole(self.anchor, row, self.count, self.height_of, self.height)

    def reveal_part(self, row: int, start: int, stop: int) -> int:
        """Scroll down to some characters of a row; return how far sideways they are in sight."""
        line = self.display.line(row)
        layout = self.layout_of(line)
        box = next(layout.rects(start, stop), QRectF())
        self.widest = max(self.widest, layout.width)
        y = next((place.y for place in self.placed() if place.row == row), -self.height)
        if not 0 <= y + box.top() <= self.height - self.row_height:
            self.anchor = min(Anchor(row, round(box.top())), self.bottom)
        room = self.message_width - self._width_of(chips_of(line, self.display.lens.repeat_at(row)))
        if self.sideways <= box.left() and box.right() <= self.sideways + room:
            return self.sideways
        return round(max(min(box.left(), box.right() - room / 2), 0))

    @property
    def rows_a_page(self) -> int:
        """How many rows of one line the viewport holds."""
        return max(self.height // self.row_height, 1)

    # ---- places --------------------------------------------------------------------------------

    def text_origin(self, y: int) -> QPointF:
        """Return the corner of the text of a row that stands at `y`."""
        pad = (self.row_height - self.cell.line) / 2
        return QPointF(self.stops.message - self.sideways, y + pad)

    def chips_at(
        self, row: int, line: ShownLine, layout: RowLayout, y: int
    ) -> list[tuple[Chip, QRectF]]:
        """Return a row's signs and their boxes; they stay in sight where its text does not."""
        chips = chips_of(line, self.display.lens.repeat_at(row))
        if not chips:
            return []
        number, x = len(layout.lines) - 1, self._end_of(layout)
        if self._below(row, line, layout):
            number, x = number + 1, self.stops.message
        x = min(x, self.width - self._width_of(chips))
        top = y + number * self.cell.line + (self.row_height - self.cell.line) / 2
        boxes = []
        for chip in chips:
            width = self._chip_width(chip)
            boxes.append((chip, QRectF(x, top + 1, width, self.cell.line - 2)))
            x += width + SPACE_XS
        return boxes

    def hit(self, x: float, y: float) -> Hit | None:
        """Return what is at a point of the viewport; None below the last row."""
        placed = next((p for p in self.placed() if p.y <= y < p.y + p.height), None)
        if placed is None:
            return None
        line = self.display.line(placed.row)
        layout = self.layout_of(line)
        origin = self.text_origin(placed.y)
        number = min(max(int((y - origin.y()) // self.cell.line), 0), len(layout.lines) - 1)
        position = layout.position_at(number, x - origin.x())
        end = origin.x() + layout.x_of(number, layout.lines[number].stop)
        chips = self.chips_at(placed.row, line, layout, placed.y)
        chip = next((chip for chip, box in chips if box.contains(QPointF(x, y))), None)
        return Hit(placed.row, line, position, self.stops.message <= x < end, chip)

    def nearest_row(self, y: float) -> int:
        """Return the row at a height, the first or last visible one outside of the viewport."""
        placed = self.placed()
        if not placed:
            return max(self.count - 1, 0)
        for place in placed:
            if y < place.y + place.height:
                return place.row
        return placed[-1].row

    def _stops(self) -> Stops:
        cell = self.cell.width
        glyph = float(SPACE_S)
        time = glyph + _GLYPH_WIDTH + SPACE_XS
        word = time + (TIME_WIDTH[self.times] * cell + SPACE_M if TIME_WIDTH[self.times] else 0)
        return Stops(glyph, time, word, word + SOURCE_WIDTH * cell + SPACE_M)
