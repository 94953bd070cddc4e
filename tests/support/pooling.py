"""Workers for tests of pools: scripted ones without a process, and what starts real ones."""

import asyncio
import itertools
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from session.errors import ConnectFailed
from session.runtime.launcher_process import ProgramExit
from session.workers.adapter import PythonAdapter
from session.workers.pool import WorkerPool
from session.workers.pool_settings import PoolSettings
from session.workers.registry import ProcessRegistry
from session.workers.start import start_worker
from session.workers.telemetry import Emit
from session.workers.worker import Worker
from session.workers.worker_errors import WorkerGone
from session.workers.worker_process import Ending
from session.workers.worker_settings import WorkerSettings

#: What a worker does with a call; by default it answers at once.
Behaviour = Callable[["FakeWorker", str, Mapping[str, Any]], Awaitable[Any]]
KILLED: Final = ProgramExit(None, 9, 0, 0.0)

TOOLS: Final = """
import os, signal, time
from playhead import tool

@tool
def whoami(text: str = "") -> int:
    return os.getpid()

@tool
def nap(seconds: float) -> float:
    time.sleep(seconds)
    return seconds

@tool
def crash(number: int) -> None:
    os.kill(os.getpid(), number)

@tool
def hoard(megabytes: int) -> int:
    global kept
    kept = bytearray(os.urandom(1)) * (megabytes * 1_000_000)
    return len(kept)

@tool
def stand_still() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)

@tool
def count(to: int):
    for number in range(to):
        yield number
"""


async def answer(worker: "FakeWorker", _command: str, _args: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """Answer with the worker's own name."""
    return worker.id


class FakeWorker:
    """A worker without a process: it does as it is told, and ends when it is told to."""

    _numbers = itertools.count(1)

    def __init__(
        self,
        behaviour: Behaviour = answer,
        *,
        threads: int = 1,
        tools: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        self.id = f"fake-{next(self._numbers)}"
        self.threads, self.tools, self.pid = threads, tools, None
        self.alive = True
        self.answers_pings = True
        self.stops: list[float | None] = []
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self._behaviour = behaviour
        loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[Ending] = loop.create_future()

    async def execute(
        self,
        command: str,
        args: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - the face of a worker
        session_id: str | None = None,
        correlation_id: str | None = None,
        main_thread: bool = False,
    ) -> Any:  # noqa: ANN401
        """Do what the script says; fail with WorkerGone when the worker ends meanwhile."""
        self.calls.append((command, {**(args or {}), "timeout": timeout, "session": session_id}))
        work = asyncio.ensure_future(self._behaviour(self, command, args or {}))
        either: set[asyncio.Future[Any]] = {work, self.ended}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                raise WorkerGone(self.ended.result().exit)
            return await work
        finally:
            work.cancel()

    async def execute_stream(
        self,
        command: str,
        args: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,  # noqa: ASYNC109
        session_id: str | None = None,
        correlation_id: str | None = None,
        main_thread: bool = False,
    ) -> AsyncGenerator[Any]:
        """Yield what the script returns, one by one."""
        for item in await self.execute(command, args, timeout=timeout, session_id=session_id):
            yield item

    async def ping(self, timeout: float | None = None) -> float:  # noqa: ASYNC109
        """Answer, or never."""
        if not self.answers_pings:
            await asyncio.get_running_loop().create_future()
        return 0.0

    async def stop(self, grace: float | None = None) -> object:
        """End."""
        self.stops.append(grace)
        self.end(ProgramExit(0, None, 0, 0.0))
        return self.ended.result()

    def kill(self) -> None:
        """End at once."""
        self.end(KILLED)

    def end(self, how: ProgramExit | None = KILLED) -> None:
        """End by itself."""
        self.alive = False
        if not self.ended.done():
            self.ended.set_result(Ending(how, ""))


class FakeStaff:
    """Starts fake workers; `failures` starts fail first, `delay_s` is what each start takes."""

    def __init__(
        self,
        behaviour: Behaviour = answer,
        *,
        threads: int = 1,
        failures: int = 0,
        delay_s: float = 0.0,
        tools: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        self.workers: list[FakeWorker] = []
        self.failures, self.delay_s = failures, delay_s
        self.starting = self.most_starting = 0
        self._new = partial(FakeWorker, behaviour, threads=threads, tools=tools)

    async def hire(self) -> FakeWorker:
        """Start one."""
        self.starting += 1
        self.most_starting = max(self.most_starting, self.starting)
        try:
            await asyncio.sleep(self.delay_s)
        finally:
            self.starting -= 1
        if self.failures:
            self.failures -= 1
            message = "It would not start."
            raise ConnectFailed(message, code="interpreter-broken")
        worker = self._new()
        self.workers.append(worker)
        return worker


class Heard:
    """Events that were announced, in order."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []

    def emit(self, name: str, /, **fields: Any) -> None:  # noqa: ANN401
        """Note one."""
        self.events.append((name, fields))

    def of(self, name: str) -> list[dict[str, Any]]:
        """Return the fields of all events of that name."""
        return [fields for found, fields in self.events if found == name]


def real_pool(
    folder: Path,
    settings: PoolSettings,
    *,
    threads: int = 1,
    isolation: str = "none",
    registry: ProcessRegistry | None = None,
    emit: Emit | None = None,
) -> WorkerPool:
    """Return a pool of real workers with `TOOLS`; without isolation pids are the machine's."""
    script = folder / "pooled_tools.py"
    script.write_text(TOOLS)
    adapter = PythonAdapter(script=script, threads=threads)
    worker = WorkerSettings(isolation=isolation)

    async def hire() -> Worker:
        return await start_worker(adapter, settings=worker, registry=registry)

    return WorkerPool(hire, settings, emit=emit or Heard().emit, registry=registry)


async def until(condition: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    """Wait until something is so; fail with `what` where it does not become so."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, what
        await asyncio.sleep(0.01)


async def full(pool: WorkerPool, seconds: float = 60.0) -> None:
    """Wait until a pool has all of its workers."""
    size = pool.settings.size
    await until(lambda: len(pool.status().workers) == size, "the pool is not full", seconds)
