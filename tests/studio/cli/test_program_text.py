"""What a program prints reaches the terminal with its colours, and without its tricks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.cli.program_text import Colours, is_plain, safe, visible
from tests.support.tiny_terminal import TinyTerminal

RED, RESET = "\x1b[31m", "\x1b[0m"


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("plain text\twith a tab", "plain text\twith a tab"),
        ("10%\r50%\r100%", "100%"),
        ("100%\r", "100%"),
        ("windows line\r", "windows line"),
        ("\x1b[2J\x1b[Hcleared", "cleared"),
        ("up\x1b[3Aand away", "upand away"),
        ("\x1b]0;a title\x07text", "text"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]0;never ended", ""),
        ("\x1bPq a picture\x1b\\text", "text"),
        ("bell\x07, back\x08space, null\x00", "bell, backspace, null"),
        ("\x9b2Jeight-bit", "eight-bit"),
        ("\x1bc full reset", " full reset"),
        ("cut \x1b[", "cut "),
        ("cut \x1b", "cut "),
        ("cut \x1b[31", "cut "),
        ("\x1b[?25lhidden cursor\x1b[?25h", "hidden cursor"),
        (f"{RED}red{RESET} and plain", f"{RED}red{RESET} and plain"),
        ("\x1b[38;2;1;2;3mtrue colour", "\x1b[38;2;1;2;3mtrue colour"),
        ("naïve 漢字 🎮", "naïve 漢字 🎮"),
    ],
)
def test_only_colours_survive(printed: str, shown: str) -> None:
    assert safe(printed) == shown


def test_colours_can_be_left_out() -> None:
    assert safe(f"{RED}red{RESET}", colour=False) == "red"


@given(st.text(alphabet=st.sampled_from("ab \t\r\x1b[]0;19mJHA\x07\x08\x9b\x9d\\\x00é漢")))
def test_whatever_is_printed_the_terminal_is_not_moved(printed: str) -> None:
    shown = safe(printed)

    TinyTerminal().feed(shown)  # fails on anything but text and colours
    assert is_plain(visible(shown))
    assert safe(shown) == shown


def test_a_colour_goes_on_in_the_next_line_and_never_leaks_beyond() -> None:
    colours = Colours()

    assert colours.dress(f"{RED}one") == f"{RED}one{RESET}"
    assert colours.dress("two") == f"{RED}two{RESET}"
    assert colours.dress(f"three{RESET}") == f"{RED}three{RESET}{RESET}"
    assert colours.dress("four") == "four"


def test_a_preview_leaves_the_colours_as_they_are() -> None:
    colours = Colours()

    assert colours.preview(f"{RED}? ") == f"{RED}? {RESET}"
    assert colours.dress("plain") == "plain"


def test_endless_colours_are_not_carried_endlessly() -> None:
    colours = Colours()
    lines = [colours.dress(f"{RED}x") for _ in range(1000)]
    assert max(map(len, lines)) < 1000
