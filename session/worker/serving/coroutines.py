"""Runs async tools: one event loop for each thread that calls some, made when it is needed."""

from __future__ import annotations

import _thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from typing import Any


class EventLoops:
    """The event loops of a worker's threads, kept from call to call."""

    def __init__(self) -> None:
        self._loops: dict[int, Any] = {}

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run `work` to its end; an interrupt cancels it, so that its `finally` runs."""
        loop = self._loop()
        task = loop.create_task(work)
        try:
            return loop.run_until_complete(task)
        except BaseException:
            if not task.done():
                self._cancel(loop, task)
            raise

    @staticmethod
    def _cancel(loop: Any, task: Any) -> None:
        task.cancel()
        try:
            loop.run_until_complete(task)
        except BaseException:  # noqa: BLE001 - what ended it is told already
            pass

    def _loop(self) -> Any:
        import asyncio

        ident = _thread.get_ident()
        if ident not in self._loops:
            loop = self._loops[ident] = asyncio.new_event_loop()
            asyncio.set_event_loop(loop)
        return self._loops[ident]

    def iterate(self, items: Any) -> Iterator[Any]:
        """Go through an async iterator, and close it whatever happens."""
        step = items.__aiter__()
        try:
            while True:
                try:
                    item = self.run(_next(step))
                except _Ended:
                    return
                yield item
        finally:
            close = getattr(step, "aclose", None)
            if close is not None:
                self.run(close())


class _Ended(Exception):
    """There is no next item; StopAsyncIteration itself cannot leave a coroutine."""


async def _next(step: Any) -> Any:
    try:
        return await step.__anext__()
    except StopAsyncIteration:
        raise _Ended from None
