"""From what stands in the filter bar to a query."""

import re

import pytest

from session.log.entry import LogQuery, Severity, Source
from studio.workspaces.debug.filter_choice import FilterChoice, from_json, query_of, to_json


def test_nothing_chosen_filters_nothing() -> None:
    assert query_of(FilterChoice()) == LogQuery()
    assert not FilterChoice(text="   ").filters


def test_lower_case_finds_both_cases() -> None:
    query = query_of(FilterChoice(text="player"))
    assert re.search(query.regex, "The Player left")
    assert query_of(FilterChoice(text="Player")) == LogQuery(text="Player")


def test_figures_are_looked_for_as_they_are() -> None:
    assert query_of(FilterChoice(text="404")) == LogQuery(text="404")


@pytest.mark.parametrize(
    ("text", "wanted", "left_out"),
    [
        ("-debug", "", ["debug here"]),
        ("player -debug", "player", ["DEBUG player"]),
        ('-"two words" x', "x", ["x two words"]),
        ("-a -b", "", ["a", "b"]),
    ],
)
def test_a_word_after_a_dash_is_left_out(text: str, wanted: str, left_out: list[str]) -> None:
    query = query_of(FilterChoice(text=text))
    assert re.search(query.regex, wanted)
    for message in left_out:
        assert re.search(query.exclude, message)
    assert not re.search(
        query.exclude, "something else altogether".replace("a", "").replace("b", "")
    )


def test_a_dash_inside_a_word_is_a_dash() -> None:
    assert query_of(FilterChoice(text="Wi-Fi")) == LogQuery(text="Wi-Fi")
    assert query_of(FilterChoice(text="\\-1")) == LogQuery(text="-1")


def test_patterns_stay_patterns() -> None:
    query = query_of(FilterChoice(text=r"E\d+ -W\d+", regex=True))
    assert query.regex == r"E\d+"
    assert query.exclude == r"W\d+"


def test_all_four_sources_are_the_same_as_none() -> None:
    choice = FilterChoice()
    for source in Source:
        choice = choice.toggled(source)
    assert choice.sources == frozenset()
    assert choice.toggled(Source.BUILD).sources == {Source.BUILD}


def test_a_choice_is_kept_as_plain_values() -> None:
    choice = FilterChoice(frozenset({Source.BUILD}), Severity.WARNING, "a -b", regex=True)
    assert from_json(to_json(choice)) == choice


@pytest.mark.parametrize("kept", [None, 3, {}, {"sources": "x", "severity": 4, "text": None}])
def test_what_cannot_be_understood_is_left_out(kept: object) -> None:
    assert from_json(kept) == FilterChoice()
