"""Fixes: made for a text, applied to that very text, and void for another."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session.log.entry import Fix as LoggedFix
from shipper.formats.fix import Edit, Fix, apply_fix, fix_of

TEXT = "one\ntwo words\n\nfour"
_LINES = st.text(alphabet="ab \u00e9\n", max_size=30)


@given(_LINES, st.data())
def test_a_fix_does_to_its_text_what_the_edit_does(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    edit = Edit(start, end, data.draw(_LINES))
    fix = fix_of("Change it", "a.py", text, edit)
    assert apply_fix(text, fix) == edit.of(text)
    assert fix.expects == text[start:end]


def test_places_count_from_one() -> None:
    fix = fix_of("Change it", "a.py", TEXT, Edit(8, 13, "things"))
    assert fix == Fix("Change it", "a.py", 2, 5, 2, 10, "words", "things")
    assert apply_fix(TEXT, fix) == "one\ntwo things\n\nfour"


@pytest.mark.parametrize(
    "changed", ["", "one\n", "one\ntwo Words\n\nfour", "\n" + TEXT, "one\ntwo wor"]
)
def test_a_fix_is_void_where_the_text_has_changed(changed: str) -> None:
    assert apply_fix(changed, Fix("Change it", "a.py", 2, 5, 2, 10, "words", "x")) is None


@pytest.mark.parametrize("place", [(0, 1, 1, 1), (1, 0, 1, 1), (9, 1, 9, 1), (2, 9, 2, 1)])
def test_a_place_that_is_not_there_is_void(place: tuple[int, int, int, int]) -> None:
    assert apply_fix(TEXT, Fix("Change it", "a.py", *place, "x", "y")) is None


def test_line_endings_stay() -> None:
    fix = fix_of("Add", "a.py", "a\nb\n", Edit(1, 1, "\nnew"))
    assert apply_fix("a\r\nb\r\n", fix) == "a\r\nnew\r\nb\r\n"


def test_an_insertion_that_was_made_does_not_break_a_manifest() -> None:
    text = "[tool.x]\n"
    fix = fix_of("Add", "pyproject.toml", text, Edit(8, 8, "\nkey = 1"))
    once = apply_fix(text, fix)
    assert once == "[tool.x]\nkey = 1\n"
    assert apply_fix(once, fix) is None
    assert apply_fix("[tool.x]\nbroken\n", fix) == "[tool.x]\nkey = 1\nbroken\n"


def test_a_file_that_is_not_there_counts_as_empty() -> None:
    fix = fix_of("Make", "pyproject.toml", "", Edit(0, 0, "[tool.x]\n"))
    assert apply_fix("", fix) == "[tool.x]\n"
    assert tomllib.loads("[tool.x]\n") == {"tool": {"x": {}}}


def test_a_logged_fix_is_applied_like_any_other() -> None:
    fix = fix_of("Change it", "a.py", TEXT, Edit(0, 3, "1"))
    assert LoggedFix._fields == Fix._fields
    assert apply_fix(TEXT, LoggedFix(*fix)) == apply_fix(TEXT, fix)
