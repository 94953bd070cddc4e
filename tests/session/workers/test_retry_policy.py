"""When a call is tried again, and when it is not."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session.workers.deadline import Deadline
from session.workers.retry import RetryPolicy
from tests.support.virtual_time import HandClock


class Down(Exception):
    """A failure that may pass."""


class Calls:
    """Something that fails some times and then works; nobody really waits."""

    def __init__(self, failures: int) -> None:
        self.failures, self.attempts, self.waits = failures, list[int](), list[float]()

    async def call(self, attempt: int) -> str:
        self.attempts.append(attempt)
        if len(self.attempts) <= self.failures:
            raise Down
        return "done"

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    async def run(self, policy: RetryPolicy, kind: str | None = "timeout", **more: Any) -> str:  # noqa: ANN401 - passed on
        return await policy.run(self.call, lambda _: kind, sleep=self.sleep, **more)


def test_the_waits_are_those_listed_then_doubled_then_capped() -> None:
    policy = RetryPolicy()
    waits = [policy.delay_s(attempt) for attempt in (1, 2, 5, 6, 9, 10, 11, 10**9)]
    assert waits == pytest.approx([0.1, 0.2, 1.6, 3.2, 25.6, 30, 30, 30])


def test_a_list_of_one_wait_grows_from_there() -> None:
    policy = RetryPolicy(backoff_s=(1.0,), factor=3)
    assert [policy.delay_s(n) for n in (1, 2, 3, 4)] == [1, 3, 9, 27]
    assert RetryPolicy(backoff_s=(2.0,), factor=1).delay_s(10**9) == 2
    assert RetryPolicy(backoff_s=(0.0,)).delay_s(10**9) == 0


def test_chance_makes_a_wait_a_quarter_longer_or_shorter_and_never_above_the_cap() -> None:
    policy = RetryPolicy(backoff_s=(10.0,), jitter=0.25, cap_s=12)
    assert policy.delay_s(1, lambda: 0.0) == 7.5
    assert policy.delay_s(1, lambda: 0.5) == 10
    assert policy.delay_s(1, lambda: 0.99999) == 12


@given(
    st.integers(1, 10**6),
    st.lists(st.floats(0, 1e3), min_size=1, max_size=5),
    st.floats(1, 10),
    st.floats(0, 100),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_no_wait_is_negative_or_above_the_cap(
    attempt: int, listed: list[float], factor: float, cap: float, jitter: float, chance: float
) -> None:
    policy = RetryPolicy(backoff_s=tuple(listed), factor=factor, cap_s=cap, jitter=jitter)
    assert 0 <= policy.delay_s(attempt, lambda: chance) <= cap


def test_only_what_may_pass_is_tried_again_and_only_so_often() -> None:
    policy = RetryPolicy()
    assert [policy.may_retry(n, "timeout") for n in (1, 2, 3, 4)] == [True, True, False, False]
    assert policy.may_retry(1, "worker_crash")
    assert not policy.may_retry(1, "validation")
    assert RetryPolicy(retriable="all").may_retry(1, "validation")


async def test_it_is_tried_until_it_works() -> None:
    calls, retries = Calls(2), list[tuple[int, float, str]]()
    found = await calls.run(RetryPolicy(), on_retry=lambda *one: retries.append(one))
    assert (found, calls.attempts, calls.waits) == ("done", [1, 2, 3], [0.1, 0.2])
    assert retries == [(1, 0.1, "timeout"), (2, 0.2, "timeout")]


@pytest.mark.parametrize(
    ("kind", "attempts"), [("timeout", [1, 2, 3]), ("validation", [1]), (None, [1])]
)
async def test_the_last_failure_is_what_comes(kind: str | None, attempts: list[int]) -> None:
    calls = Calls(9)
    with pytest.raises(Down):
        await calls.run(RetryPolicy(), kind)
    assert calls.attempts == attempts


async def test_nothing_is_waited_for_beyond_the_deadline() -> None:
    clock = HandClock()
    calls = Calls(9)
    policy = RetryPolicy(max_attempts=9, backoff_s=(1.0,))
    with pytest.raises(Down):
        await calls.run(policy, deadline=Deadline.after(4, clock))
    assert calls.waits == [1, 2]


async def test_being_cancelled_is_no_failure() -> None:
    calls = Calls(0)

    async def call(attempt: int) -> None:
        calls.attempts.append(attempt)
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await RetryPolicy(retriable="all").run(call, lambda _: "timeout", sleep=calls.sleep)
    assert calls.attempts == [1]


@pytest.mark.parametrize(
    "numbers",
    [
        {"max_attempts": 0},
        {"backoff_s": ()},
        {"backoff_s": (-1.0,)},
        {"cap_s": -1.0},
        {"jitter": 1.5},
        {"factor": 0.5},
    ],
)
def test_numbers_that_mean_nothing_are_refused(numbers: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"attempt|waits"):
        RetryPolicy(**numbers)
