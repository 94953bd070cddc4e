"""The lines that one row's text is laid out in, and where each character stands.

Text of one cell a character lies on a grid and is never laid out at all; other text is laid out
by Qt, which knows wide, combining and right-to-left characters.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QTextLayout, QTextOption

_LINE_MARK: Final = "⏎"


class Cell(NamedTuple):
    """The measures of the font of the log, in pixels; `line` is the distance of two lines."""

    width: float
    line: int
    ascent: float
    height: float

    @classmethod
    def of(cls, font: QFont, line: int) -> "Cell":
        """Return the measures of a font of fixed pitch."""
        metrics = QFontMetricsF(font)
        return cls(
            metrics.horizontalAdvance("0" * 64) / 64, line, metrics.ascent(), metrics.height()
        )


class Line(NamedTuple):
    """Characters `start` up to `stop` of a row's text."""

    start: int
    stop: int


class GridLayout:
    """Text with one cell for every character."""

    def __init__(self, text: str, cell: Cell, width: float | None) -> None:
        """Break lines at `width` pixels; None for one line only."""
        self.text = text
        self.cell = cell
        self._columns = None if width is None else max(int(width // cell.width), 8)
        self.lines = [Line(0, len(text))] if self._columns is None else list(self._broken())
        self.width = max((line.stop - line.start for line in self.lines), default=0) * cell.width

    def _broken(self) -> Iterator[Line]:
        columns = self._columns or 1
        start = 0
        for part in self.text.split("\n"):
            stop = start + len(part)
            yield from (
                Line(at, min(at + columns, stop))
                for at in range(start, max(stop, start + 1), columns)
            )
            start = stop + 1

    def x_of(self, line: int, position: int) -> float:
        """Return where a character begins in its line."""
        return (position - self.lines[line].start) * self.cell.width

    def position_at(self, line: int, x: float) -> int:
        """Return the place between two characters that is nearest to `x`."""
        start, stop = self.lines[line]
        return min(max(start + round(x / self.cell.width), start), stop)

    def rects(self, start: int, stop: int) -> Iterator[QRectF]:
        """Yield the boxes of some characters, relative to the layout's corner."""
        for number, line in enumerate(self.lines):
            first, last = max(start, line.start), min(stop, line.stop)
            if first < last:
                x = self.x_of(number, first)
                yield QRectF(
                    x, number * self.cell.line, self.x_of(number, last) - x, self.cell.line
                )


class RichLayout:
    """Text that Qt lays out."""

    def __init__(self, text: str, cell: Cell, width: float | None, font: QFont) -> None:
        """Break lines at `width` pixels; None for one line only."""
        self.text = text
        self.cell = cell
        shown = text.replace("\n", "\u2028" if width is not None else _LINE_MARK)
        self.qt = QTextLayout(shown, font)
        option = QTextOption()
        option.setWrapMode(
            QTextOption.WrapMode.WrapAnywhere if width is not None else QTextOption.WrapMode.NoWrap
        )
        option.setTextDirection(Qt.LayoutDirection.LeftToRight)
        self.qt.setTextOption(option)
        # QTextLayout counts UTF-16 units, we count characters.
        self._units = _units(text)
        self._width = width
        #: The way in which it is dressed.
        self.dressed: object = None
        self.lines: list[Line] = []
        self.width = 0.0
        self._lay_out()

    def dress(self, dress: object, formats: Callable[[], list[QTextLayout.FormatRange]]) -> None:
        """Dress the text, unless it is dressed that way; `dress` names the way."""
        # Formats handed to `draw` instead lose every one that follows another without a gap.
        if dress != self.dressed:
            self.dressed = dress
            self.qt.setFormats(formats())
            self._lay_out()

    def _lay_out(self) -> None:
        width = self._width
        self.lines = []
        self.qt.beginLayout()
        line = self.qt.createLine()
        while line.isValid():
            line.setLineWidth(width if width is not None else 1e7)
            line.setPosition(QPointF(0, len(self.lines) * self.cell.line))
            start = line.textStart()
            self.lines.append(Line(self._at(start), self._at(start + line.textLength())))
            self.width = max(self.width, line.naturalTextWidth())
            line = self.qt.createLine()
        self.qt.endLayout()

    def unit(self, position: int) -> int:
        """Return the UTF-16 unit at which a character begins."""
        return position if self._units is None else self._units[min(position, len(self.text))]

    def _at(self, unit: int) -> int:
        if self._units is None:
            return unit
        return bisect_left(self._units, unit)

    def x_of(self, line: int, position: int) -> float:
        """Return where a character begins in its line."""
        found = self.qt.lineAt(line).cursorToX(self.unit(position))
        return float(found[0])  # type: ignore[index]  # a pair, whatever the stubs say

    def position_at(self, line: int, x: float) -> int:
        """Return the place between two characters that is nearest to `x`."""
        return self._at(self.qt.lineAt(line).xToCursor(x))

    def rects(self, start: int, stop: int) -> Iterator[QRectF]:
        """Yield the boxes of some characters, relative to the layout's corner."""
        for number, line in enumerate(self.lines):
            first, last = max(start, line.start), min(stop, line.stop)
            if first < last:
                left, right = sorted((self.x_of(number, first), self.x_of(number, last)))
                yield QRectF(left, number * self.cell.line, right - left, self.cell.line)


RowLayout = GridLayout | RichLayout


def lay_out(text: str, cell: Cell, font: QFont, width: float | None) -> RowLayout:
    """Return the layout of a text; lines break at `width` pixels, nowhere where it is None."""
    if text.isascii() and (width is not None or "\n" not in text):
        return GridLayout(text, cell, width)
    return RichLayout(text, cell, width, font)


def _units(text: str) -> list[int] | None:
    """Return the UTF-16 unit of each character and of the end; None where they are the same."""
    if not text or max(text) <= "\uffff":
        return None
    units = [0]
    for character in text:
        units.append(units[-1] + (2 if character > "\uffff" else 1))
    return units
