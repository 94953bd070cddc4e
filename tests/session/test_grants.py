"""Answers that are remembered."""

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
