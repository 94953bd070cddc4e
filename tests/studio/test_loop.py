"""Asyncio on the Qt loop: tasks are kept, and what they could not handle is reported."""

import asyncio
import contextlib
import gc
import sys

import pytest

from studio import loop
from tests.support.qt_loop import QtRunner, until


def test_a_started_task_survives_collection(qt: QtRunner) -> None:
    done: list[int] = []

    async def work() -> None:
        await asyncio.sleep(0.05)
        done.append(1)

    async def scenario() -> None:
        loop.start(work())
        gc.collect()
        await until(lambda: bool(done))

    qt.run(scenario())


def test_a_failure_is_reported_and_a_cancelled_task_is_none(
    qt: QtRunner, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> None:
        message = "on purpose"
        raise LookupError(message)

    async def scenario() -> None:
        task = loop.begin(asyncio.sleep(60))
        task.cancel()
        loop.start(fail())
        await asyncio.sleep(0.05)

    with pytest.raises(LookupError, match="on purpose"):
        qt.run(scenario())
    assert "a task failed" in caplog.text


def test_what_was_started_is_ended_also_what_that_starts_on_its_way(qt: QtRunner) -> None:
    ended: list[str] = []

    async def wait_for_ever(name: str) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(name)
            if name == "first":
                loop.start(wait_for_ever("second"))
                await asyncio.sleep(0.05)

    async def scenario() -> None:
        loop.start(wait_for_ever("first"))
        await asyncio.sleep(0.01)
        await loop.end_all(within_s=20)
        assert not loop._tasks

    qt.run(scenario())
    assert ended == ["first", "second"]


def test_a_task_that_does_not_end_is_not_waited_for_longer(qt: QtRunner) -> None:
    release = asyncio.Event()

    async def hold_on() -> None:
        while not release.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await release.wait()

    async def scenario() -> None:
        task = loop.begin(hold_on())
        await asyncio.sleep(0.01)
        await loop.end_all(within_s=0.1)
        assert not task.done()
        release.set()
        await task

    qt.run(scenario())


def test_processes_run_on_this_loop(qt: QtRunner) -> None:
    async def scenario() -> bytes:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "print('from a child')", stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
        return output

    assert qt.run(scenario()) == b"from a child\n"
