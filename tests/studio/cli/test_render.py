"""Rows as people read them, compared with what stands in the book."""

from session.exit_info import Cause, ExitInfo
from session.log.entry import Location, LogEntry, Row, Severity, Source, StateEntry, Stream
from session.state import SessionState
from studio.cli.program_text import visible
from studio.cli.render import end_text, entry_text
from studio.cli.screen import Screen
from studio.cli.terminal import Terminal
from studio.cli.theme import Theme
from studio.row_words import SOURCE_WORDS, without_place

PLAIN = Theme()
START = 1000.0
ROWS: list[Row] = [
    LogEntry(2, 1000.004, Source.BUILD, Severity.INFO, "compiled 14 files, 13 from the store"),
    LogEntry(
        3,
        1000.02,
        Source.PACK_VALIDATION,
        Severity.ERROR,
        "'(' was never closed",
        location=Location("main.py", 3, 9),
        code="syntax-error",
        hint="Close the bracket.",
    ),
    LogEntry(4, 1000.03, Source.PACK, Severity.WARNING, "two\nlines", code="big-image"),
    StateEntry(5, 1001.1, "connecting", "running", "connected"),
    LogEntry(6, 1001.12, Source.RUNTIME, Severity.INFO, "ready"),
    LogEntry(7, 1001.2, Source.RUNTIME, Severity.INFO, "a line", Stream.STDOUT),
    LogEntry(8, 1001.3, Source.RUNTIME, Severity.INFO, "a word of warning", Stream.STDERR),
    StateEntry(9, 1061.1, "running", "runtime_failed", "failed"),
]
TEXT = """\
00:00.004  build   compiled 14 files, 13 from the store
00:00.020  check   ✗ main.py:3:9: '(' was never closed [syntax-error]
                   Close the bracket.
00:00.030  pack    ▲ two
                   lines [big-image]
00:01.100  ▶ running
00:01.120  run     ready
00:01.200  run     a line
00:01.300  run err a word of warning
01:01.100  ✗ runtime failed"""


def shown(terminal: Terminal) -> str:
    screen = Screen(terminal, times=True, states=frozenset(SessionState))
    screen.started = START
    return screen.page(ROWS).rstrip("\n")


def test_rows_read_as_they_should() -> None:
    assert shown(Terminal()) == TEXT


def test_colour_adds_to_the_words_and_replaces_none() -> None:
    coloured = shown(Terminal(colour=True))
    assert coloured != TEXT
    assert visible(coloured) == TEXT


def test_every_source_has_a_colour_of_its_own() -> None:
    dressed = {Theme(colour=True).source(source).split("m")[0] for source in Source}
    assert len(dressed) == len(Source) == len(set(SOURCE_WORDS.values()))


def test_without_unicode_everything_is_ascii() -> None:
    assert shown(Terminal(encoding="ascii")).isascii()


def test_a_message_cannot_move_the_terminal() -> None:
    row = LogEntry(
        2, START, Source.BUILD, Severity.INFO, "\x1b[2Jname\x07\x1b[31m red", hint="\x1b[H"
    )
    assert entry_text(row, START, PLAIN) == "00:00.000  build   name red\n" + " " * 19


def test_the_end_says_why_and_what_next() -> None:
    end = ExitInfo(Cause.EXIT_CODE, "The program ended with exit code 3.", 3, None, "Look above.")
    assert end_text(SessionState.RUNTIME_FAILED, end, 2.5, PLAIN) == (
        "00:02.500  ✗ runtime failed  The program ended with exit code 3.\n"
        + " " * 19
        + "Look above."
    )


def test_a_place_is_not_said_twice() -> None:
    place = Location("main.py", 1, 7)
    said = "main.py, line 1: '(' was never closed."
    assert without_place(said, place) == "'(' was never closed."
    assert without_place("main.py: it is empty.", place) == "it is empty."
    assert without_place(said, Location("other.py", 1)) == said
    assert without_place(said, None) == said
