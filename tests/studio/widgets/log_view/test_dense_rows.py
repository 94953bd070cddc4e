"""Rows that change their colour with every character: bounded, and shown whole in the end."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from session.log.entry import Stream
from session.log.store import LogStore
from studio.widgets.log_view.chips import chips_of
from studio.widgets.log_view.row_text import parse
from studio.widgets.log_view.shown_line import RUNS, ShownLine
from studio.widgets.log_view.text_style import Span, TextStyle, count_in, segments
from studio.widgets.log_view.view import LogView
from tests.support.qt_loop import QtRunner, until

_DENSE = "".join(f"\x1b[38;5;{number % 200 + 20}mx" for number in range(3000)).encode() + b"\n"


def test_a_row_is_folded_where_its_dress_changes_too_often(view: LogView, log: LogStore) -> None:
    log.feed(Stream.STDOUT, _DENSE)
    view.grow()
    line = view.display.line(0)
    assert len(line.spans) == RUNS
    assert 2000 < line.more < 3500
    assert [chip.kind for chip in chips_of(line, None)] == ["unfold"]
    view.set_unfolded(1, whole=True)
    whole = view.display.line(0)
    assert whole.text == "x" * 3000
    assert [chip.kind for chip in chips_of(whole, None)] == ["fold"]


def test_what_is_left_out_of_a_short_text_is_counted() -> None:
    assert parse("\x1b[31ma\x1b[32mb\x1b[33mccc", None, runs=2).more == 3


def test_pieces_in_sight_are_found_without_the_others() -> None:
    style = TextStyle(bold=True)
    spans = tuple(Span(2 * n, 2 * n + 1, style) for n in range(100))
    assert count_in(spans, 50, 61) == 6
    assert [span.start for span in segments(spans, 51, 55)] == [51, 52, 53, 54]


def test_a_page_of_dense_rows_gets_its_colours_in_a_few_paintings(
    qt: QtRunner, view: LogView, log: LogStore
) -> None:
    async def look() -> None:
        log.feed(Stream.STDOUT, _DENSE * 30)
        view.grow()
        pictures = view._painter.pictures
        view.viewport().repaint()
        assert pictures.unfinished, "one painting does not do it all"
        await until(lambda: not pictures.unfinished)
        shown = view.viewport().grab().toImage()
        first, second = _band(view, shown, 1), _band(view, shown, 8)
        assert first == second
        colours = {first.pixel(x, y) for x in range(first.width()) for y in range(first.height())}
        assert len(colours) > 100
        view.set_times("none")
        view.set_wrap(True)
        view.viewport().repaint()
        await until(lambda: not pictures.unfinished)

    qt.run(look())


def _band(view: LogView, shown: QImage, row: int) -> QImage:
    height = view.page.row_height
    left = int(view.page.stops.message)
    return shown.copy(left, row * height, shown.width() - left - 220, height)


def test_wide_characters_too(qt: QtRunner, view: LogView, log: LogStore) -> None:
    async def look() -> None:
        row = "".join(f"\x1b[3{number % 8}m漢" for number in range(500)).encode() + b"\n"
        log.feed(Stream.STDOUT, row * 30)
        view.grow()
        view.viewport().repaint()
        await until(lambda: not view._painter.pictures.unfinished)
        assert view.viewport().grab().toImage().pixelColor(5, 5).isValid()
        assert isinstance(view.display.line(0), ShownLine)
        assert view.layoutDirection() == Qt.LayoutDirection.LeftToRight

    qt.run(look())
