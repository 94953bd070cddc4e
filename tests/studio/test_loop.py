"""Asyncio on the Qt loop: tasks are kept, and what they could not handle is reported."""

import asyncio
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


def test_processes_run_on_this_loop(qt: QtRunner) -> None:
    async def scenario() -> bytes:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "print('from a child')", stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
        return output

    assert qt.run(scenario()) == b"from a child\n"
