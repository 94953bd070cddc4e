"""Time that passes only when everything waits: an event loop for tests about long waits."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class HandClock:
    """A clock that is set by hand. Seconds."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


class _Selector(selectors.DefaultSelector):
    """Does not wait: it moves the clock to where something is due."""

    clock: HandClock

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(0)
        if not events and timeout is None:
            message = "nothing is due any more, and something still waits"
            raise AssertionError(message)
        if not events and timeout:
            self.clock.advance(timeout)
        return events


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose waits take no time. `clock` is its time, for whoever takes a clock."""

    def __init__(self) -> None:
        selector = _Selector()
        selector.clock = self.clock = HandClock()
        super().__init__(selector)

    def time(self) -> float:
        return self.clock.now


def run_virtually(work: Coroutine[Any, Any, T], loop: VirtualLoop) -> T:
    """Run a coroutine to its end, and close the loop."""
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(work)
