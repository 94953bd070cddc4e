"""The circuit breaker, from closed to open and back."""

import asyncio

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from session.workers.circuit_breaker import CircuitBreaker, CircuitOpen, CircuitState, Permit
from session.workers.telemetry import Telemetry
from tests.support.virtual_time import HandClock

CLOSED, OPEN, HALF_OPEN = CircuitState.CLOSED, CircuitState.OPEN, CircuitState.HALF_OPEN


class Broken(Exception):
    """The thing does not work."""


async def work() -> int:
    """It works."""
    return 7


async def fail() -> int:
    """It does not."""
    raise Broken


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def circuit(clock: HandClock) -> CircuitBreaker:
    return CircuitBreaker("The worker pool", clock=clock)


async def open_it(circuit: CircuitBreaker, times: int = 5) -> None:
    """Let it fail so often."""
    for _ in range(times):
        with pytest.raises(Broken):
            await circuit.call(fail)


async def test_it_begins_closed_and_lets_through(circuit: CircuitBreaker) -> None:
    assert circuit.state is CLOSED
    assert await circuit.call(work) == 7


async def test_it_stays_closed_below_the_threshold(circuit: CircuitBreaker) -> None:
    await open_it(circuit, 4)
    assert (circuit.state, circuit.failures) == (CLOSED, 4)


async def test_it_opens_at_the_threshold(circuit: CircuitBreaker) -> None:
    await open_it(circuit)
    assert circuit.state is OPEN


async def test_a_success_in_between_begins_the_count_anew(circuit: CircuitBreaker) -> None:
    await open_it(circuit, 4)
    await circuit.call(work)
    await open_it(circuit, 4)
    assert circuit.state is CLOSED


async def test_open_it_does_not_even_try(circuit: CircuitBreaker) -> None:
    await open_it(circuit)
    tried = []

    async def note() -> None:
        tried.append(1)

    with pytest.raises(CircuitOpen) as caught:
        await circuit.call(note)
    assert tried == []
    assert caught.value.message == (
        "The worker pool failed 5 times in a row and is left alone for now."
    )
    assert caught.value.hint == "It is tried again in 30 s."


async def test_it_is_half_open_after_the_wait_and_not_before(
    circuit: CircuitBreaker, clock: HandClock
) -> None:
    await open_it(circuit)
    clock.advance(29.9)
    assert circuit.state is OPEN
    clock.advance(0.2)
    assert circuit.state is HALF_OPEN


async def test_a_success_closes_it(circuit: CircuitBreaker, clock: HandClock) -> None:
    await open_it(circuit)
    clock.advance(31)
    assert await circuit.call(work) == 7
    assert (circuit.state, circuit.failures) == (CLOSED, 0)


async def test_one_failure_opens_it_again_for_the_whole_wait(
    circuit: CircuitBreaker, clock: HandClock
) -> None:
    await open_it(circuit)
    clock.advance(31)
    await open_it(circuit, 1)
    assert circuit.state is OPEN
    clock.advance(29)
    assert circuit.state is OPEN
    clock.advance(2)
    assert circuit.state is HALF_OPEN


async def test_half_open_it_lets_one_through_at_a_time(
    circuit: CircuitBreaker, clock: HandClock
) -> None:
    await open_it(circuit)
    clock.advance(31)
    permit = circuit.ask()
    with pytest.raises(CircuitOpen) as caught:
        circuit.ask()
    assert caught.value.hint == "It is being tried again now."
    circuit.report(permit, failed=False)
    circuit.ask()
    circuit.ask()


async def test_half_open_it_lets_as_many_through_as_it_should(clock: HandClock) -> None:
    circuit = CircuitBreaker("It", half_open_calls=2, clock=clock)
    await open_it(circuit)
    clock.advance(31)
    circuit.ask()
    circuit.ask()
    with pytest.raises(CircuitOpen):
        circuit.ask()


async def test_a_cancelled_trial_makes_room_for_another(
    circuit: CircuitBreaker, clock: HandClock
) -> None:
    await open_it(circuit)
    clock.advance(31)

    async def cancelled() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await circuit.call(cancelled)
    assert circuit.state is HALF_OPEN
    assert await circuit.call(work) == 7


async def test_what_is_no_failure_of_the_thing_does_not_count(circuit: CircuitBreaker) -> None:
    for _ in range(10):
        with pytest.raises(Broken):
            await circuit.call(fail, is_failure=lambda error: not isinstance(error, Broken))
    assert circuit.state is CLOSED


async def test_results_of_an_older_state_change_nothing(
    circuit: CircuitBreaker, clock: HandClock
) -> None:
    early = circuit.ask()
    await open_it(circuit)
    circuit.report(early, failed=False)
    assert circuit.state is OPEN
    clock.advance(31)
    trial = circuit.ask()
    circuit.report(early, failed=True)
    circuit.give_back(early)
    assert circuit.state is HALF_OPEN
    circuit.report(trial, failed=False)
    assert circuit.state is CLOSED


async def test_it_can_be_closed_by_hand(circuit: CircuitBreaker) -> None:
    await open_it(circuit)
    circuit.reset()
    assert (circuit.state, circuit.failures) == (CLOSED, 0)
    assert await circuit.call(work) == 7


async def test_every_change_is_announced_once(clock: HandClock) -> None:
    bus, names = Telemetry(), list[str]()
    bus.subscribe(lambda event: names.append(event.name))
    circuit = CircuitBreaker("It", threshold=2, clock=clock, emit=bus.emit)
    await open_it(circuit, 2)
    clock.advance(31)
    assert circuit.state is circuit.state is HALF_OPEN
    await circuit.call(work)
    bus.drain()
    assert names == ["circuit.opened", "circuit.half_opened", "circuit.closed"]


class CircuitMachine(RuleBasedStateMachine):
    """Whatever comes in whatever order."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = HandClock()
        self.circuit = CircuitBreaker(
            "It", threshold=3, reset_s=10, half_open_calls=2, clock=self.clock
        )
        self.permits: list[Permit] = []
        self.row = 0

    @rule()
    def ask(self) -> None:
        state = self.circuit.state
        try:
            self.permits.append(self.circuit.ask())
        except CircuitOpen:
            assert state is not CLOSED
        else:
            assert state is not OPEN

    @rule(failed=st.booleans(), which=st.integers(0, 5))
    def report(self, failed: bool, which: int) -> None:
        if self.permits:
            permit = self.permits.pop(which % len(self.permits))
            self.circuit.report(permit, failed=failed)

    @rule(which=st.integers(0, 5))
    def give_back(self, which: int) -> None:
        if self.permits:
            self.circuit.give_back(self.permits.pop(which % len(self.permits)))

    @rule(seconds=st.integers(1, 11))
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @invariant()
    def closed_means_below_the_threshold(self) -> None:
        assert self.circuit.state is not CLOSED or self.circuit.failures < 3

    @invariant()
    def no_more_trials_than_may_be(self) -> None:
        assert 0 <= self.circuit._on_trial <= 2


TestCircuitMachine = CircuitMachine.TestCase
TestCircuitMachine.settings = settings(max_examples=30, stateful_step_count=40)
