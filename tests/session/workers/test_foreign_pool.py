"""A pool that is not ours, over the public face of a worker alone: nothing of ours is needed."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import pytest

from session.workers.adapter import PythonAdapter
from session.workers.start import start_worker
from session.workers.worker import Worker
from session.workers.worker_errors import WorkerStartFailed
from session.workers.worker_settings import WorkerSettings

PLAIN = WorkerSettings(isolation="none")
SOURCE = """
from playhead import tool

@tool
def double(number: int) -> int:
    return 2 * number

@tool
def letters(text: str):
    yield from text
"""


class ForeignPool:
    """A queue of free workers. Each is awaited to be ready before its first call, in `admit`."""

    def __init__(self) -> None:
        self.free: asyncio.Queue[Worker] = asyncio.Queue()
        self.known: list[str] = []

    async def admit(self, worker: Worker) -> None:
        """Is called, and awaited, before whoever starts a worker gets it."""
        assert await worker.ping() >= 0
        self.known.append(worker.id)

    async def staff(self, adapter: PythonAdapter, size: int) -> Self:
        """Start the workers."""
        starts = (start_worker(adapter, settings=PLAIN, on_ready=self.admit) for _ in range(size))
        for worker in await asyncio.gather(*starts):
            assert worker.id in self.known, "its start was over before the pool had admitted it"
            self.free.put_nowait(worker)
        return self

    async def call(self, command: str, args: Mapping[str, Any]) -> Any:  # noqa: ANN401
        """Call a tool in a worker that is free."""
        worker = await self.free.get()
        try:
            return await worker.execute(command, args)
        finally:
            self.free.put_nowait(worker)

    async def close(self) -> None:
        """End all."""
        while not self.free.empty():
            await self.free.get_nowait().stop()


def adapter_in(folder: Path) -> PythonAdapter:
    script = folder / "foreign_tools.py"
    script.write_text(SOURCE)
    return PythonAdapter(script=script)


async def test_a_foreign_pool_drives_workers_by_their_public_face(tmp_path: Path) -> None:
    pool = await ForeignPool().staff(adapter_in(tmp_path), 2)
    try:
        calls = (pool.call("double", {"number": number}) for number in range(20))
        assert await asyncio.gather(*calls) == [2 * number for number in range(20)]
        assert len(set(pool.known)) == 2
        worker = await pool.free.get()
        assert [one async for one in worker.execute_stream("letters", {"text": "abc"})] == [*"abc"]
        assert (await worker.get_health())["results"] >= 1
        pool.free.put_nowait(worker)
    finally:
        await pool.close()


async def test_a_pool_that_refuses_a_worker_gets_none_and_nothing_is_left(tmp_path: Path) -> None:
    seen: list[Worker] = []

    async def refuse(worker: Worker) -> None:
        seen.append(worker)
        await worker.ping()
        message = "no room"
        raise LookupError(message)

    with pytest.raises(LookupError, match="no room"):
        await start_worker(adapter_in(tmp_path), settings=PLAIN, on_ready=refuse)
    assert seen[0].ended.done()


async def test_a_pool_is_told_of_a_script_that_cannot_be_loaded(tmp_path: Path) -> None:
    script = tmp_path / "broken_tools.py"
    script.write_text("import no_such_module\n")
    with pytest.raises(WorkerStartFailed, match="no_such_module"):
        await ForeignPool().staff(PythonAdapter(script=script), 1)
