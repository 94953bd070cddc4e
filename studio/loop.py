"""The one file that knows qasync: asyncio on the Qt loop, and tasks that are not forgotten."""

import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:  # imported late: the first frame is painted without a loop
    import asyncio

logger = logging.getLogger(__name__)

#: What is told of a task that failed; the studio shows it, tests make it fail the test.
_on_failure: Callable[[BaseException], None] | None = None
_tasks: "Final[set[asyncio.Task[Any]]]" = set()


def new_loop(application: QApplication) -> "asyncio.AbstractEventLoop":
    """Return an asyncio loop that runs on Qt's; to be closed by the caller."""
    import qasync

    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(application)
    return loop


def report_failures_to(report: Callable[[BaseException], None] | None) -> None:
    """Have `report` called with what a started task could not handle."""
    global _on_failure
    _on_failure = report


def start(work: Coroutine[Any, Any, Any]) -> None:
    """Run `work` beside everything else; it is kept alive, and a failure of it is reported."""
    begin(work)  # type: ignore[unused-awaitable]  # that is the point


def begin(work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
    """Do the same for work that is to be waited for or cancelled."""
    import asyncio

    task = asyncio.ensure_future(work)
    _tasks.add(task)
    task.add_done_callback(_ended)
    return task


async def end_all(within_s: float) -> None:
    """Cancel what was started and wait until it has ended, or for so many seconds.

    A loop that ends under a task leaves threads behind that wait for it for ever.
    """
    import asyncio

    asked = asyncio.get_running_loop()
    deadline = asked.time() + within_s
    await asyncio.sleep(0)  # what was started a moment ago begins, to tidy up where it must
    while (left := _tasks - {asyncio.current_task()}) and asked.time() < deadline:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=deadline - asked.time())


def _ended(task: "asyncio.Task[Any]") -> None:
    _tasks.discard(task)
    if task.cancelled() or (error := task.exception()) is None:
        return
    logger.error("a task failed", exc_info=error)
    if _on_failure is not None:
        _on_failure(error)
