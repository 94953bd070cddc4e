"""Answers that are remembered."""

import json
from pathlib import Path

import pytest

from session.grants import GrantStore
from session.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.under(tmp_path)


def test_a_grant_is_found_again_for_its_project_alone(home: Home) -> None:
    GrantStore(home).add("game", "net")
    GrantStore(home).add("game", "read=/a")
    GrantStore(home).add("game", "net")
    assert GrantStore(home).of("game") == ("net", "read=/a")
    assert GrantStore(home).of("other") == ()


def test_grants_are_withdrawn(home: Home) -> None:
    store = GrantStore(home)
    store.add("game", "net")
    store.add("tool", "net")
    store.withdraw("game")
    store.withdraw("game")
    assert (store.of("game"), store.of("tool")) == ((), ("net",))


@pytest.mark.parametrize("text", ["", "[", "[]", '{"game": 5}', "\0"])
def test_a_damaged_file_grants_nothing_and_is_replaced(home: Home, text: str) -> None:
    home.state.mkdir()
    (home.state / "grants.json").write_text(text)
    assert GrantStore(home).of("game") == ()
    GrantStore(home).add("game", "net")
    assert GrantStore(home).of("game") == ("net",)


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        ({"granted": "net"}, ()),
        ({"granted": ["nonsense", "read=/srv", 5, ["net"]]}, ("read=/srv",)),
        ([["net"], "gpu"], ("gpu",)),
        (None, ()),
        ({"granted": None, "refused": {"net": 1}}, ()),
    ],
)
def test_answers_that_make_no_sense_are_passed_over(
    tmp_path: Path, kept: object, expected: tuple[str, ...]
) -> None:
    home = Home.under(tmp_path)
    home.state.mkdir(parents=True)
    (home.state / "grants.json").write_text(json.dumps({"one": kept, "two": {"granted": ["net"]}}))
    store = GrantStore(home)
    assert store.of("one") == expected
    assert store.of("two") == ("net",)
