"""A colour that a program switches on goes on in its next lines, as in a terminal."""

import time

from session.log.entry import NewEntry, Severity, Source, Stream
from session.log.store import LogStore
from studio.widgets.log_view.carried_style import BYTES, ROWS, carried_style
from studio.widgets.log_view.row_text import parse
from studio.widgets.log_view.text_style import PLAIN, Span, TextStyle
from studio.widgets.log_view.view import LogView
from tests.support.qt_loop import QtRunner, until

RED = TextStyle(foreground=1)


def test_the_last_codes_count() -> None:
    assert carried_style(b"") == PLAIN
    assert carried_style(b"\x1b[31mred\n") == RED
    assert carried_style(b"\x1b[31mred\x1b[0m\n") == PLAIN
    assert carried_style(b"\x1b[31mred\x1b[m\n") == PLAIN
    assert carried_style(b"\x1b[1;31mred\x1b[22m\x1b[2K\n") == RED
    assert carried_style(b"\x1b[31mred\n\x1b[0;1m") == TextStyle(bold=True)
    assert carried_style(b"5;31mcut in two\x1b[") == PLAIN


def test_a_flood_of_codes_costs_no_time() -> None:
    codes = b"".join(b"\x1b[38;2;%d;2;3mx" % (n % 256) for n in range(BYTES))[-BYTES:]
    started = time.perf_counter()
    for _ in range(100):
        carried_style(codes)
    assert time.perf_counter() - started < 1


def test_a_line_begins_in_the_dress_that_was_left_on() -> None:
    assert parse("plain", style=RED).spans == (Span(0, 5, RED),)
    assert parse("on\x1b[0m off", style=RED).spans == (Span(0, 2, RED),)
    assert parse("12 %\r99 %", style=RED).spans == (Span(0, 4, RED),)
    assert parse("", style=RED).spans == ()


def test_rows_look_the_same_however_they_come_into_sight(
    qt: QtRunner, view: LogView, log: LogStore
) -> None:
    async def look() -> None:
        log.feed(Stream.STDOUT, b"before\n\x1b[31mred\nstill\n")
        log.append(NewEntry(Source.BUILD, Severity.INFO, "ours"))
        log.feed(Stream.STDOUT, b"still\n" * 3 * ROWS + b"unfinished")
        view.grow()
        await until(lambda: len(view.display) > 3 * ROWS)
        lines = view.display.lines(0, 8)
        assert [bool(line.spans) for line in lines] == [False, True, True, False, *[True] * 4]
        assert lines[4].spans == (Span(0, 5, RED),)
        far = view.display.lines(2 * ROWS, 2 * ROWS + 3)
        assert not any(line.spans for line in far), "it is not looked back for ever"
        alone = [view.display.line(row) for row in range(ROWS - 5, ROWS + 5)]
        view.display._lines.clear()
        assert view.display.lines(ROWS - 5, ROWS + 5) == alone
        assert view.display.tails[0].text == "unfinished"

    qt.run(look())
