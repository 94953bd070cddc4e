"""What is shown of raw text: colours, overwriting, tabs, characters that must not act."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.widgets.log_view.row_text import MAX_RAW, parse, plain_text
from studio.widgets.log_view.text_style import PLAIN, Span, TextStyle, segments


def dressed(raw: str) -> list[tuple[str, TextStyle]]:
    """The shown text in pieces of one dress each."""
    shown = parse(raw)
    spans = segments(shown.spans, 0, len(shown.text))
    return [(shown.text[span.start : span.stop], span.style) for span in spans]


@pytest.mark.parametrize(
    ("codes", "style"),
    [
        ("31", TextStyle(foreground=1)),
        ("1;92", TextStyle(foreground=10, bold=True)),
        ("44", TextStyle(background=4)),
        ("103", TextStyle(background=11)),
        ("38;5;208", TextStyle(foreground="#ff8700")),
        ("38;5;9", TextStyle(foreground=9)),
        ("48;5;244", TextStyle(background="#808080")),
        ("38;2;1;2;255", TextStyle(foreground="#0102ff")),
        ("38:2::1:2:255", TextStyle(foreground="#0102ff")),
        ("38:2:1:2:255", TextStyle(foreground="#0102ff")),
        ("38;5;208;1", TextStyle(foreground="#ff8700", bold=True)),
        ("2;3;4;7;9", TextStyle(dim=True, italic=True, underline=True, inverse=True, struck=True)),
        ("1;22;3;23;4;24;7;27;9;29;31;39;41;49", PLAIN),
        ("31;0", PLAIN),
        ("", PLAIN),
        ("4;4:0", PLAIN),
        ("38;5;999", PLAIN),
        ("38", PLAIN),
        ("38;2;1", PLAIN),
        ("77;31", TextStyle(foreground=1)),
    ],
)
def test_colour_codes(codes: str, style: TextStyle) -> None:
    assert dressed(f"\x1b[{codes}mx") == [("x", style)]


def test_colours_end_where_they_are_reset() -> None:
    red = TextStyle(foreground=1)
    assert dressed("a\x1b[31mb\x1b[0mc") == [("a", PLAIN), ("b", red), ("c", PLAIN)]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain", "plain"),
        ("a\tb", "a       b"),
        ("12345678\tb", "12345678        b"),
        ("10 %\r50 %\r100 %", "100 %"),
        ("abcdef\rxy", "xycdef"),
        ("abcdef\rxy\x1b[K", "xy"),
        ("done\r", "done"),
        ("abc\b\bX", "aXc"),
        ("a\x1b[2Kb\rc", "cb"),
        ("ab\x1b[1Gc", "ab" + "c"),
        ("ab\r\x1b[3Cx", "ab x"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b[2J\x1b[Htext", "text"),
        ("\x1b(Btext", "text"),
        ("cut \x1b[31", "cut "),
        ("cut \x1b", "cut "),
        ("bell \x07!", "bell \\x07!"),
        ("zero \x00!", "zero \\x00!"),
        ("evil \u202egnp.exe", "evil \\u202egnp.exe"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        (b"\xff\xfe".decode("utf-8", "surrogateescape"), "\\xff\\xfe"),
        ("\ud800", "\\ud800"),
        ("漢字 e\u0301 👩\u200d💻", "漢字 e\u0301 👩\u200d💻"),
    ],
)
def test_what_a_terminal_would_show(raw: str, shown: str) -> None:
    assert parse(raw).text == shown


def test_a_cursor_set_without_going_back_is_ignored() -> None:
    """Only a line that overwrites itself is played back; others are read straight."""
    assert parse("ab\x1b[1Gc").text == "abc"
    assert parse("ab\r\x1b[2Gc").text == "ac"


def test_colours_are_overwritten_with_their_text() -> None:
    assert dressed("\x1b[31mred!\r\x1b[32mok") == [
        ("ok", TextStyle(foreground=2)),
        ("d!", TextStyle(foreground=1)),
    ]


def test_a_limit_cuts_text_and_colours_and_counts_the_rest() -> None:
    shown = parse("\x1b[31m" + "x" * 50 + "\x1b[0m" + "y" * 50, 60)
    assert shown.text == "x" * 50 + "y" * 10
    assert shown.spans == (Span(0, 50, TextStyle(foreground=1)),)
    assert shown.more == 40
    assert parse("x" * 100, 60).more == 40


def test_copied_text_keeps_its_tabs_and_loses_its_colours() -> None:
    assert plain_text("a\t\x1b[31mb\x1b[0m\tc") == "a\tb\tc"
    assert plain_text("10\r20") == "20"


def test_a_huge_row_takes_no_time() -> None:
    started = time.perf_counter()
    for raw in ("x" * 65536, "\x1b[31mx\x1b[0m" * 7000, "10 %\r" * 13000, "\b" * 65536 + "x"):
        parse(raw, 1000)
    parse("\x1b[31m" + "x" * (4 * MAX_RAW), 1000)
    assert time.perf_counter() - started < 2


@given(st.text(st.characters(codec=None), max_size=60))
def test_nothing_shown_acts(raw: str) -> None:
    shown = parse(raw.replace("\n", ""))
    again = parse(shown.text)
    assert again.text == shown.text
    assert all(0 <= span.start < span.stop <= len(shown.text) for span in shown.spans)


@given(st.text("\x1b[0123456789;:mK\r\b\tab", max_size=60))
def test_any_sequence_is_read(raw: str) -> None:
    shown = parse(raw)
    assert "\x1b" not in shown.text
    pieces = list(segments(shown.spans, 0, len(shown.text)))
    assert "".join(shown.text[p.start : p.stop] for p in pieces) == shown.text
