"""What is said about a limit that was reached: use and limit in words, and how to raise it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session.budget import DEFAULT_OUTPUT, Budget, Reached
from shipper.formats.units import parse_duration, parse_size

SAID = [
    (Reached("wall", 60, 60.02), "The program ran for 1 min; its budget is 1 min."),
    (Reached("wall", 1.5, 1.504), "The program ran for 1.504 s; its budget is 1.5 s."),
    (
        Reached("cpu", 0.5, 0.56),
        "The program used 560 ms of processor time, as far as samples tell; its budget is 500 ms.",
    ),
    (
        Reached("memory", 512_000_000, 530_000_000),
        "The program used 530 MB of memory; its budget is 512 MB.",
    ),
    (Reached("output", 1e6, 1e6), "The program printed more than 1 MB; its budget is 1 MB."),
    (Reached("processes", 64, 65), "The program had 65 processes; its budget is 64."),
    (
        Reached("disk", 100_000_000, 101_500_000),
        "The program wrote 101.5 MB to the disk; its budget is 100 MB.",
    ),
]


@pytest.mark.parametrize(("reached", "message"), SAID, ids=lambda one: getattr(one, "name", None))
def test_use_and_limit_are_said(reached: Reached, message: str) -> None:
    assert reached.message == message
    assert reached.code == f"budget-{reached.name}"
    assert f"[tool.playhead.budget] {reached.name} = " in reached.hint


def test_an_undeclared_budget_limits_output_only() -> None:
    assert Budget() == Budget(output=DEFAULT_OUTPUT)
    assert DEFAULT_OUTPUT == 1_000_000_000


@given(st.sampled_from(["memory", "output", "disk"]), st.integers(1, 10**13))
def test_the_size_that_is_suggested_is_more(name: str, limit: int) -> None:
    assert limit < parse_size(Reached(name, limit, limit).suggestion.strip('"')) <= limit * 4


@given(st.sampled_from(["wall", "cpu"]), st.integers(1, 10**9))
def test_the_time_that_is_suggested_is_more(name: str, limit_ms: int) -> None:
    reached = Reached(name, limit_ms / 1000, limit_ms / 1000)
    assert limit_ms < parse_duration(reached.suggestion.strip('"')) <= limit_ms * 4


@given(st.integers(1, 10**6))
def test_the_count_that_is_suggested_is_more(limit: int) -> None:
    assert int(Reached("processes", limit, limit + 1).suggestion) > limit
