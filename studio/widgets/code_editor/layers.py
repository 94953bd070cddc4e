"""What is painted under and over the code: current line, matches, brackets, squiggles, guides.

Only what is in sight is looked at, so nothing here grows with the document.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from session.log.entry import Severity
from studio.widgets.code_editor.code_view import CodeView
from studio.widgets.code_editor.visible_line import Place, VisibleLine

_WAVE: Final = 2.0
#: How much of a colour shows behind text, of 255.
_LIGHT: Final = 75
_FAINT: Final = 55


class Overlay(NamedTuple):
    """What stands out in the text: lines from 0, 0 for no ruler."""

    flashed_line: int
    matches: list[Place]
    occurrences: list[Place]
    brackets: list[Place]
    ruler_column: int


def paint_under(
    editor: CodeView, painter: QPainter, seen: list[VisibleLine], overlay: Overlay
) -> None:
    """Paint what lies behind the text of these lines."""
    tokens = editor.appearance.tokens
    lines = {line.number: line for line in seen}
    width = editor.viewport().width()
    current = lines.get(editor.textCursor().blockNumber())
    if current is not None and not editor.textCursor().hasSelection():
        rect = QRectF(0, current.top, width, current.height)
        painter.fillRect(rect, QColor(tokens.current_line))
    flashed = lines.get(overlay.flashed_line)
    if flashed is not None:
        rect = QRectF(0, flashed.top, width, flashed.height)
        painter.fillRect(rect, QColor(tokens.selection))
    if editor.textCursor().hasSelection():
        _paint_selection(editor, painter, seen)
    if overlay.matches:
        _fill(editor, painter, lines, overlay.matches, _tint(tokens.warning, _LIGHT))
    else:
        _fill(editor, painter, lines, overlay.occurrences, _tint(tokens.muted, _FAINT))
    for place in overlay.brackets:
        _frame(editor, painter, lines, place)
    if overlay.ruler_column:
        _paint_ruler(editor, painter, overlay.ruler_column)


def paint_over(editor: CodeView, painter: QPainter, seen: list[VisibleLine]) -> None:
    """Paint what lies on the text of these lines."""
    tokens = editor.appearance.tokens
    by_line = editor.marks.by_line()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for line in seen:
        for placed in reversed(by_line.get(line.number + 1, [])):
            mark, start = placed.mark, placed.cursor.selectionStart() - line.block.position()
            end = placed.cursor.selectionEnd() - line.block.position()
            roles = {Severity.ERROR: tokens.error, Severity.WARNING: tokens.warning}
            colour = QColor(roles.get(mark.severity, tokens.muted))
            for rect in _rects(line, start, max(end, start + 1), editor.contentOffset().x()):
                _wave(painter, rect, colour)


def _paint_selection(editor: CodeView, painter: QPainter, seen: list[VisibleLine]) -> None:
    """Fill the gaps between selected rows; Qt paints what lies behind the text itself."""
    cursor, colour = editor.textCursor(), QColor(editor.appearance.tokens.selection)
    begin, finish = cursor.selectionStart(), cursor.selectionEnd()
    left, height = editor.contentOffset().x(), editor.line_height
    for line in seen:
        start = max(0, begin - line.block.position())
        end = min(line.block.length() - 1, finish - line.block.position())
        for rect in _rects(line, start, end, left) if start < end else ():
            row = (rect.top() - line.top) // height
            whole = QRectF(rect.left(), line.top + row * height, rect.width(), height)
            painter.fillRect(whole, colour)


def _tint(colour: str, alpha: int) -> QColor:
    tint = QColor(colour)
    tint.setAlpha(alpha)
    return tint


def _fill(
    editor: CodeView,
    painter: QPainter,
    lines: dict[int, VisibleLine],
    places: Iterable[Place],
    colour: QColor,
) -> None:
    for place in places:
        line = lines.get(place.line)
        if line is not None:
            for rect in _rects(line, place.start, place.end, editor.contentOffset().x()):
                painter.fillRect(rect, colour)


def _frame(
    editor: CodeView, painter: QPainter, lines: dict[int, VisibleLine], place: Place
) -> None:
    line = lines.get(place.line)
    if line is None:
        return
    painter.setPen(QPen(QColor(editor.appearance.tokens.focus), 1))
    for rect in _rects(line, place.start, place.end, editor.contentOffset().x()):
        painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))


def _rects(line: VisibleLine, start: int, end: int, left: float) -> Iterator[QRectF]:
    """Yield where a stretch of a line is on the screen, one rectangle a row where it is wrapped."""
    layout = line.block.layout()
    if not layout.lineCount():  # it was never painted: being asked for its size lays it out
        line.block.document().documentLayout().blockBoundingRect(line.block)
    for index in range(layout.lineCount()):
        row = layout.lineAt(index)
        first = max(start, row.textStart())
        last = min(end, row.textStart() + row.textLength())
        if first < last or (start == end == first):
            begin, finish = _x(row.cursorToX(first)), _x(row.cursorToX(last))
            yield QRectF(
                left + min(begin, finish), line.top + row.y(), abs(finish - begin), row.height()
            )
        elif start >= row.textStart() + row.textLength() and index == layout.lineCount() - 1:
            begin = _x(row.cursorToX(row.textStart() + row.textLength()))
            yield QRectF(left + begin, line.top + row.y(), row.height() / 2, row.height())


def _x(found: object) -> float:
    """Return the place that `cursorToX` found; bindings return it alone or with the cursor."""
    return float(found[0]) if isinstance(found, tuple) else float(found)  # type: ignore[arg-type]  # a number


def _wave(painter: QPainter, rect: QRectF, colour: QColor) -> None:
    path = QPainterPath(QPointF(rect.left(), rect.bottom() - 1))
    x, up = rect.left(), True
    while x < rect.right():
        x += _WAVE
        path.lineTo(x, rect.bottom() - 1 - (_WAVE if up else 0))
        up = not up
    painter.setPen(QPen(colour, 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)


def _paint_ruler(editor: CodeView, painter: QPainter, column: int) -> None:
    x = editor.contentOffset().x() + editor.document().documentMargin()
    x += editor.fontMetrics().horizontalAdvance("0") * column
    painter.setPen(QColor(editor.appearance.tokens.border))
    painter.drawLine(QPointF(x, 0), QPointF(x, editor.viewport().height()))
