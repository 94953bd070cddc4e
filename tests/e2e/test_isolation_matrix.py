"""Hostile programs in every profile and as every user: stopped, or a gap with a name."""

import functools
import os
from collections.abc import Mapping

import pytest

from tests.e2e.isolation_gaps import BUDGETS, GAPS, UNPROVEN
from tests.e2e.isolation_matrix import (
    EFFECT,
    PAGE,
    PROFILES,
    USERS,
    Column,
    Measured,
    attacks,
    by_budget,
    columns,
    measure_all,
)
from tests.e2e.isolation_page import cells, gap_of, page

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

ISOLATED = [Column(profile, user) for user in USERS for profile in PROFILES if profile != "none"]


@functools.cache
def _measured() -> Mapping[Column, Measured]:
    try:
        return measure_all()
    except FileNotFoundError as error:
        pytest.skip(str(error))


def _column(column: Column) -> Mapping[str, str]:
    """Return one column's verdicts, or skip where this machine cannot show it."""
    if column not in columns():
        pytest.skip("only root can become somebody else, and only root is root")
    measured = _measured()[column]
    if measured.profile != column.profile:
        pytest.skip(f"this machine allows no more than the {measured.profile} profile")
    return measured.verdicts


@pytest.mark.parametrize("attack", attacks())
@pytest.mark.parametrize("column", ISOLATED, ids=str)
def test_an_attack_is_stopped_or_a_named_gap(column: Column, attack: str) -> None:
    verdict = _column(column).get(attack, "did not run")
    expected = "stopped" if gap_of(attack, column) is None else EFFECT
    expected = by_budget(attack) if attack in BUDGETS else expected
    assert verdict == expected, f"{attack} in {column}: {verdict}; listed as: {expected}"


def test_the_attacks_work_where_nothing_isolates_them() -> None:
    if os.geteuid() != 0:
        pytest.skip("some need root to show what they do")
    without = [_measured()[Column("none", user)].verdicts for user in USERS]
    idle = {name for name in attacks() if not any(one[name] == EFFECT for one in without)}
    assert idle <= set(UNPROVEN)
    every = [each for one in without for each in one.items()]
    assert [each for each in every if each[1] not in (EFFECT, "stopped")] == []


def test_the_page_says_what_was_measured() -> None:
    said = cells(PAGE.read_text(encoding="utf-8"))
    if os.geteuid() == 0:
        measured = _measured()
        now = cells(page(measured))
        for column in ISOLATED:
            if measured[column].profile == column.profile:
                there = {key: cell for key, cell in said.items() if key[1] == str(column)}
                assert there == {key: now[key] for key in now if key[1] == str(column)}
    listed = {name for name, _column in said if not name.startswith("**")}
    assert listed == set(attacks())


def test_every_gap_names_attacks_that_there_are() -> None:
    named = {name for _reason, where in GAPS.values() for name in where}
    assert named | set(UNPROVEN) | set(BUDGETS) <= set(attacks())
    assert not named & set(BUDGETS)
    assert len(attacks()) >= 40
