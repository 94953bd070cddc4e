"""One deadline, and what follows from it."""

import asyncio
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session.workers.deadline import LEAST_S, PROFILES, Deadline, DeadlineExceeded, Timeouts
from tests.support.virtual_time import HandClock, VirtualLoop, run_virtually


def test_what_is_left_gets_less_and_never_less_than_nothing() -> None:
    clock = HandClock()
    deadline = Deadline.after(300, clock)
    assert deadline.remaining() == 300
    assert deadline.inner() == pytest.approx(298.8)
    clock.advance(299)
    assert deadline.inner() == pytest.approx(0.5)  # of a short time half is left
    assert not deadline.has_passed
    clock.advance(2)
    assert (deadline.remaining(), deadline.inner(), deadline.has_passed) == (0, LEAST_S, True)


def test_never_is_never() -> None:
    deadline = Deadline.after(None, HandClock())
    assert deadline.remaining() == deadline.inner() == math.inf
    assert deadline.within(5).remaining() == 5


@given(st.floats(0, 1e6), st.lists(st.floats(0, 1e4), max_size=5), st.floats(0, 10))
def test_nothing_within_outlives_what_is_around_it(
    seconds: float, parts: list[float], margin: float
) -> None:
    clock = HandClock(0)
    outer = deadline = Deadline.after(seconds, clock)
    for part in parts:
        deadline = deadline.within(part)
        assert deadline.at <= outer.at
        assert 0 < deadline.inner(margin) <= max(deadline.remaining(), LEAST_S)


def test_a_call_that_takes_longer_is_cancelled_and_said() -> None:
    loop = VirtualLoop()
    ended: list[float] = []

    async def work() -> None:
        try:
            await asyncio.sleep(100)
        finally:
            ended.append(loop.clock.now)

    async def call() -> None:
        deadline = Deadline.after(30, loop.clock)
        await asyncio.sleep(10)
        await deadline.wait_for(work(), "The call `add`")

    began = loop.clock.now
    with pytest.raises(DeadlineExceeded, match=r"The call `add` took longer than 30 s\."):
        run_virtually(call(), loop)
    assert ended == [pytest.approx(began + 30)]


def test_what_is_in_time_is_passed_on_and_so_is_a_timeout_of_its_own() -> None:
    async def answer() -> int:
        await asyncio.sleep(1)
        return 7

    async def fail() -> None:
        raise TimeoutError

    async def call() -> None:
        assert await Deadline.after(2, loop.clock).wait_for(answer(), "it") == 7
        assert await Deadline.after(None, loop.clock).wait_for(answer(), "it") == 7
        with pytest.raises(TimeoutError):
            await Deadline.after(2, loop.clock).wait_for(fail(), "it")

    loop = VirtualLoop()
    run_virtually(call(), loop)


def test_the_profiles_are_those_of_the_reference() -> None:
    assert PROFILES["balanced"] == PROFILES["production"] == Timeouts(300, 900, 10)
    assert PROFILES["production_strict"] == Timeouts(60, 300, 5)
    assert PROFILES["development"] == PROFILES["ml_inference"] == Timeouts(900, 3600, 60)
    assert PROFILES["batch"] == Timeouts(3600, math.inf, 300)
