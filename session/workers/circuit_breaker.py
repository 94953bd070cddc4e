"""A circuit breaker: what failed again and again is left alone for a while, then tried once.

Its table is the whole of it; everything else counts and looks at a clock.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple, TypeVar

from session.errors import SessionError
from session.workers.telemetry import Emit, emit_nothing

_T = TypeVar("_T")


class CircuitState(StrEnum):
    """Closed lets everything through, open nothing, half open a few to see."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class _Trigger(StrEnum):
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    FAILED_TOO_OFTEN = "failed_too_often"
    WAITED = "waited"


_TABLE: Final[Mapping[tuple[CircuitState, _Trigger], CircuitState]] = {
    (CircuitState.CLOSED, _Trigger.SUCCEEDED): CircuitState.CLOSED,
    (CircuitState.CLOSED, _Trigger.FAILED): CircuitState.CLOSED,
    (CircuitState.CLOSED, _Trigger.FAILED_TOO_OFTEN): CircuitState.OPEN,
    (CircuitState.OPEN, _Trigger.WAITED): CircuitState.HALF_OPEN,
    (CircuitState.HALF_OPEN, _Trigger.SUCCEEDED): CircuitState.CLOSED,
    (CircuitState.HALF_OPEN, _Trigger.FAILED): CircuitState.OPEN,
    (CircuitState.HALF_OPEN, _Trigger.FAILED_TOO_OFTEN): CircuitState.OPEN,
}
_EVENTS: Final = {
    CircuitState.CLOSED: "circuit.closed",
    CircuitState.HALF_OPEN: "circuit.half_opened",
}


class CircuitOpen(SessionError):
    """It failed too often, so it was not even tried."""

    code = "circuit-open"

    def __init__(self, name: str, failures: int, wait_s: float) -> None:
        super().__init__(
            f"{name} failed {failures} times in a row and is left alone for now.",
            f"It is tried again in {wait_s:.0f} s."
            if wait_s >= 1
            else "It is being tried again now.",
        )
        self.wait_s = wait_s


class Permit(NamedTuple):
    """Leave to call once. What is reported under the permit of an older state changes nothing."""

    era: int


class CircuitBreaker:
    """Counts failures in a row of one thing. All of it on one thread."""

    def __init__(
        self,
        name: str,
        *,
        threshold: int = 5,
        reset_s: float = 30.0,
        half_open_calls: int = 1,
        clock: Callable[[], float] = time.monotonic,
        emit: Emit = emit_nothing,
    ) -> None:
        """Open after `threshold` failures; `reset_s` later let `half_open_calls` through."""
        self._name, self._threshold, self._reset_s = name, threshold, reset_s
        self._trials, self._clock, self._emit = half_open_calls, clock, emit
        self._state = CircuitState.CLOSED
        self._era = self._failures = self._on_trial = 0
        self._opened_at = 0.0

    @property
    def state(self) -> CircuitState:
        """The state now; an open one that has waited long enough is half open."""
        if self._state is CircuitState.OPEN and self._wait_s() <= 0:
            self._move(_Trigger.WAITED)
        return self._state

    @property
    def failures(self) -> int:
        """How often it failed in a row."""
        return self._failures

    def ask(self) -> Permit:
        """Return leave to call; raise CircuitOpen. Whoever got it reports how it went, once."""
        state = self.state
        full = state is CircuitState.HALF_OPEN and self._on_trial >= self._trials
        if state is CircuitState.OPEN or full:
            raise CircuitOpen(self._name, self._failures, self._wait_s())
        self._on_trial += state is CircuitState.HALF_OPEN
        return Permit(self._era)

    def report(self, permit: Permit, *, failed: bool) -> None:
        """Note how a call went."""
        if permit.era != self._era:
            return
        self._failures = self._failures + 1 if failed else 0
        if not failed:
            self._move(_Trigger.SUCCEEDED)
        elif self._failures >= self._threshold:
            self._move(_Trigger.FAILED_TOO_OFTEN)
        else:
            self._move(_Trigger.FAILED)

    def give_back(self, permit: Permit) -> None:
        """Note that nothing is known of a call: it was cancelled, or never made."""
        if permit.era == self._era and self._state is CircuitState.HALF_OPEN:
            self._on_trial -= 1

    async def call(
        self,
        work: Callable[[], Awaitable[_T]],
        is_failure: Callable[[Exception], bool] = lambda _: True,
    ) -> _T:
        """Call through the circuit. What is no failure of the thing itself counts as success."""
        permit = self.ask()
        try:
            result = await work()
        except Exception as error:
            self.report(permit, failed=is_failure(error))
            raise
        except BaseException:  # cancelled, or the program is ending
            self.give_back(permit)
            raise
        self.report(permit, failed=False)
        return result

    def reset(self) -> None:
        """Close it, whatever was before: somebody says that it works again."""
        self._failures = 0
        self._enter(CircuitState.CLOSED)

    def _wait_s(self) -> float:
        return max(self._opened_at + self._reset_s - self._clock(), 0.0)

    def _move(self, trigger: _Trigger) -> None:
        self._enter(_TABLE[self._state, trigger])

    def _enter(self, state: CircuitState) -> None:
        if state is self._state:
            return
        self._state, self._on_trial = state, 0
        self._era += 1
        if state is CircuitState.OPEN:
            self._opened_at = self._clock()
            self._emit("circuit.opened", circuit=self._name, failures=self._failures)
        else:
            self._emit(_EVENTS[state], circuit=self._name)
