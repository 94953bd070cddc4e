"""Runs coroutines on the Qt loop, as the studio does: widgets and sessions live together."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from PySide6.QtWidgets import QApplication

from studio import loop

Result = TypeVar("Result")


class QtRunner:
    """One asyncio loop on the Qt application; what a started task could not handle is raised."""

    def __init__(self, application: QApplication) -> None:
        application.setQuitOnLastWindowClosed(False)  # as in the studio
        self._loop = loop.new_loop(application)
        _run_as_in_the_studio(self._loop)
        asyncio.set_event_loop(self._loop)
        self._failures: list[BaseException] = []
        loop.report_failures_to(self._failures.append)

    def run(self, work: Coroutine[Any, Any, Result], timeout_s: float = 30) -> Result:
        """Run `work` to its end, timers and events with it."""
        result = self._loop.run_until_complete(asyncio.wait_for(work, timeout_s))
        if self._failures:
            raise self._failures[0]
        return result

    def close(self) -> None:
        """End the loop, and with it what is still under way: the next test starts with nothing."""
        loop.report_failures_to(None)
        self._loop.run_until_complete(loop.end_all(within_s=10))
        self._loop.close()
        asyncio.set_event_loop(None)


def _run_as_in_the_studio(made: asyncio.AbstractEventLoop) -> None:
    """Let every callback see its loop running, also between two calls of `run`.

    The studio's loop never rests, but that of a test does, while Qt's events, and so the loop's
    own timers, are processed by whoever waits for a signal.
    """
    add = made._add_callback  # type: ignore[attr-defined]  # qasync's own door for callbacks

    def add_wrapped(handle: asyncio.Handle, delay: float = 0) -> object:
        handle._callback = _seeing(made, handle._callback)  # type: ignore[attr-defined]  # as above
        return add(handle, delay)

    made._add_callback = add_wrapped  # type: ignore[attr-defined]  # as above


def _seeing(
    made: asyncio.AbstractEventLoop, callback: Callable[..., object]
) -> Callable[..., object]:
    def run(*arguments: object) -> object:
        before = asyncio._get_running_loop()
        asyncio._set_running_loop(made)
        try:
            return callback(*arguments)
        finally:
            asyncio._set_running_loop(before)

    return run


async def until(condition: Callable[[], bool], timeout_s: float = 20) -> None:
    """Wait, events being processed, until `condition()` holds; AssertionError after a time."""
    deadline = asyncio.get_running_loop().time() + timeout_s
    while not condition():
        if asyncio.get_running_loop().time() > deadline:
            message = "what was waited for did not come about"
            raise AssertionError(message)
        await asyncio.sleep(0.01)
