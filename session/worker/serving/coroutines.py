"""Runs async tools: one event loop for each thread that calls some, made when it is needed."""

from __future__ import annotations

import _thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from typing import Any

#: How long a task that was torn from its loop may take to end, in seconds.
_LAST_S = 1.0


class EventLoops:
    """The event loops of a worker's threads, kept from call to call.

    A task is ended by cancelling it. An exception that is thrown into the loop's own code may
    lose what the loop was about to do, and a task may then never end.
    """

    def __init__(self) -> None:
        self._loops: dict[int, Any] = {}
        #: The tasks that run now, by thread; None while one is being made.
        self._tasks: dict[int, Any] = {}
        self._wake: Callable[[], Any] | None = None

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run `work` to its end."""
        ident = _thread.get_ident()
        self._tasks[ident] = None
        try:
            loop = self._loop(ident)
            task = self._tasks[ident] = loop.create_task(work)
            try:
                return loop.run_until_complete(task)
            except BaseException:
                if not task.done():
                    self._tear_off(ident, task)
                raise
        finally:
            self._tasks.pop(ident, None)

    def runs_in(self, ident: int) -> bool:
        """Whether a thread is inside an event loop of ours."""
        return ident in self._tasks

    def cancel_in(self, ident: int) -> None:
        """Cancel what a thread runs; from any thread, and from a signal handler."""
        task = self._tasks.get(ident)
        if task is not None:
            self._loops[ident].call_soon_threadsafe(task.cancel)

    def _tear_off(self, ident: int, task: Any) -> None:
        """Let a task that was interrupted clean up, but not for ever; its loop is given up."""
        import asyncio

        loop = self._loops.pop(ident)
        task.cancel()
        try:
            loop.run_until_complete(asyncio.wait({task}, timeout=_LAST_S))
        except BaseException:  # noqa: BLE001 - what ended it is told already
            pass

    def _loop(self, ident: int) -> Any:
        import asyncio

        if ident not in self._loops:
            loop = self._loops[ident] = asyncio.new_event_loop()
            asyncio.set_event_loop(loop)
        return self._loops[ident]

    def rest(self, has_news: Callable[[], bool]) -> None:
        """Let this thread's tasks go on until `wake`; return at once where there are none.

        `has_news` is asked once it can be woken: what came before that must not be slept over.
        """
        loop = self._loops.get(_thread.get_ident())
        if loop is None or not _tasks_of(loop):
            return
        woken = loop.create_future()
        self._wake = lambda: loop.call_soon_threadsafe(_set, woken)
        if not has_news():
            loop.run_until_complete(woken)
        self._wake = None

    def wake(self) -> None:
        """End a rest; from any thread."""
        wake = self._wake
        if wake is not None:
            wake()

    def close(self) -> None:
        """End what is left in the loops, and close them."""
        for loop in self._loops.values():
            close_loop(loop)
        self._loops.clear()

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


def _tasks_of(loop: Any) -> Any:
    import asyncio

    return asyncio.all_tasks(loop)


def _set(woken: Any) -> None:
    if not woken.done():
        woken.set_result(None)


def close_loop(loop: Any) -> None:
    """End what is left in an event loop, and close it."""
    import asyncio

    tasks = _tasks_of(loop)
    for task in tasks:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


class _Ended(Exception):
    """There is no next item; StopAsyncIteration itself cannot leave a coroutine."""


async def _next(step: Any) -> Any:
    try:
        return await step.__anext__()
    except StopAsyncIteration:
        raise _Ended from None
