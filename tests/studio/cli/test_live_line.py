"""The line at the bottom is drawn in place, however wide it is, and taken away without traces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.cli.cells import cut, cut_middle, width
from studio.cli.live_line import LiveLine
from tests.support.tiny_terminal import TinyTerminal

COLUMNS = 20
_TEXTS = st.lists(
    st.tuples(st.text(alphabet="abc ", max_size=70), st.booleans(), st.booleans()), max_size=12
)


def test_a_line_that_only_grows_is_continued_and_may_be_long() -> None:
    line, terminal = LiveLine(), TinyTerminal(COLUMNS)
    for end in range(1, 60):
        terminal.feed(line.show("." * end, COLUMNS))
    assert "".join(terminal.rows) == "." * 59


def test_a_line_that_changes_stays_within_one_row() -> None:
    line, terminal = LiveLine(), TinyTerminal(COLUMNS)
    for percent in range(0, 101, 10):
        terminal.feed(line.show(f"{percent:>3}% |" + "#" * 40, COLUMNS))
    assert len(terminal.rows) == 1
    assert terminal.rows[0].startswith("100% |##")


@given(_TEXTS)
def test_what_was_shown_leaves_no_trace(texts: list[tuple[str, bool, bool]]) -> None:
    line, terminal = LiveLine(), TinyTerminal(COLUMNS)
    terminal.feed("above\n")
    for text, whole, gone in texts:
        terminal.feed(line.show(text, COLUMNS, whole=whole))
        if gone:
            terminal.feed(line.clear())
            assert terminal.text == "above"
    terminal.feed(line.clear() + "below\n")
    assert terminal.text == "above\nbelow"


def test_a_committed_line_stays() -> None:
    line, terminal = LiveLine(), TinyTerminal(COLUMNS)
    terminal.feed(line.show("name? ", COLUMNS) + "Ada\n")
    assert line.commit()
    terminal.feed(line.show("age? ", COLUMNS))
    assert terminal.rows == ["name? Ada", "age?"]
    assert not LiveLine().commit()


@pytest.mark.parametrize(
    ("text", "columns"),
    [("abc", 3), ("漢字", 4), ("é", 1), ("\x1b[31mred\x1b[0m", 3), ("a\tb", 9), ("", 0)],
)
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns


def test_cutting_never_halves_a_wide_character() -> None:
    assert cut("漢字漢字", 5) == "漢字"
    assert cut("\x1b[31mred and more\x1b[0m", 3) == "red"
    assert cut("short", 10) == "short"


def test_long_paths_lose_their_middle() -> None:
    assert cut_middle("/home/ada/projects/breakout", 15) == "/home/a…reakout"
    assert cut_middle("short", 15) == "short"
