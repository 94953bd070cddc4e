"""What is marked as found, and which patterns are not tried where the window runs."""

import time

import pytest

from studio.widgets.log_view.highlight import Highlighter, is_quick


def test_literal_text_is_no_pattern() -> None:
    assert Highlighter("a.c", regex=False, case=True).matches("abc a.c") == [(4, 7)]


def test_case() -> None:
    assert Highlighter("Error", regex=False, case=False).matches("error ERROR") == [(0, 5), (6, 11)]
    assert Highlighter("Error", regex=False, case=True).matches("error ERROR") == []


def test_patterns() -> None:
    assert Highlighter(r"\d+", regex=True, case=False).matches("a 12 b 3") == [(2, 4), (7, 8)]
    assert Highlighter("x*", regex=True, case=False).matches("axxa") == [(1, 3)]


@pytest.mark.parametrize(
    "pattern", ["error", r"\w+ing", "a.*b", "(foo|bar) x", r"^\s*\d+ ", "a{1,3}"]
)
def test_quick_patterns(pattern: str) -> None:
    assert is_quick(pattern)


@pytest.mark.parametrize(
    "pattern", ["(a+)+b", "(a|a)*b", "(x*)*", ".*.*.*x", r"(\w+\s?)+$", r"(a)\1", "(?=a+)b", "("]
)
def test_patterns_that_could_take_their_time(pattern: str) -> None:
    started = time.perf_counter()
    highlighter = Highlighter(pattern, regex=True, case=True)
    assert highlighter.whole
    assert highlighter.matches("a" * 5000) == []
    assert time.perf_counter() - started < 1


def test_only_so_much_of_a_row_is_marked() -> None:
    assert len(Highlighter("x", regex=False, case=True).matches("x" * 100_000)) == 200
