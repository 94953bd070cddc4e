"""Workers for tests: real ones with a script of their own, and a peer that follows a script."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from session.log.entry import NewEntry
from session.runtime.channel import Channel
from session.runtime.host_tools import HostTools
from session.runtime.launcher_process import ProgramExit
from session.runtime.program_events import Progress
from session.worker.wire import Frame, FrameReader, encode
from session.workers.adapter import PythonAdapter
from session.workers.control_channel import ControlChannel
from session.workers.registry import ProcessRegistry
from session.workers.start import start_worker
from session.workers.worker import Worker
from session.workers.worker_process import Ending, OnOutput
from session.workers.worker_settings import WorkerSettings

#: Without isolation the numbers that a tool tells of its processes are the machine's.
PLAIN = WorkerSettings(isolation="none")


def script(folder: Path, source: str, name: str = "tools.py") -> Path:
    """Write a script with tools."""
    path = folder / name
    path.write_text(source)
    return path


@asynccontextmanager
async def serving(
    folder: Path,
    source: str = "",
    *,
    settings: WorkerSettings = PLAIN,
    threads: int = 1,
    registry: ProcessRegistry | None = None,
    session_id: str | None = None,
    host_tools: HostTools | None = None,
    on_output: OnOutput | None = None,
    on_log: Callable[[NewEntry], None] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> AsyncIterator[Worker]:
    """Start a worker that serves `source`; it is stopped at the end, whatever happens."""
    adapter = PythonAdapter(script=script(folder, source), threads=threads)
    worker = await start_worker(
        adapter,
        settings=settings,
        registry=registry,
        session_id=session_id,
        host_tools=host_tools,
        on_output=on_output,
        on_log=on_log,
        on_progress=on_progress,
    )
    try:
        yield worker
    finally:
        await worker.stop()


class FakeProcess:
    """Stands for the process of a worker: it ends when it is told to, or killed."""

    pid = 4711
    isolation = None

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.exited: asyncio.Future[ProgramExit | None] = loop.create_future()
        self.ended: asyncio.Future[Ending] = loop.create_future()
        self.killed = False

    def last_words(self) -> str:
        return "so long\n"

    def end(self, ended: ProgramExit | None) -> None:
        """End by itself."""
        if not self.exited.done():
            self.exited.set_result(ended)
        if not self.ended.done():
            self.ended.set_result(Ending(ended, self.last_words()))

    def kill(self) -> None:
        self.killed = True
        self.end(ProgramExit(None, 9, 0, 0.0))


class FakePeer:
    """The worker's end of the control socket, spoken by the test itself."""

    def __init__(self, settings: WorkerSettings | None = None) -> None:
        ours, self._theirs = socket.socketpair()
        self._theirs.setblocking(False)
        self._reader = FrameReader()
        self._frames: list[Frame] = []
        self.process = FakeProcess()
        control = ControlChannel(Channel(asyncio.get_running_loop(), ours))
        adapter = PythonAdapter(script="none.py")
        self.worker = Worker("fake", adapter, control, self.process, settings=settings)
        control.listen()
        self.worker.begin()

    async def next(self) -> Frame:
        """Return the next frame that the host has sent."""
        loop = asyncio.get_running_loop()
        while not self._frames:
            data = await asyncio.wait_for(loop.sock_recv(self._theirs, 65536), 20)
            assert data, "the host has closed"
            self._frames += self._reader.feed(data)
        return self._frames.pop(0)

    async def header(self) -> dict[str, Any]:
        """Return the next frame's header."""
        return (await self.next()).header

    def say(self, header: dict[str, Any], payload: bytes = b"") -> None:
        """Send one frame."""
        self._theirs.sendall(encode(header, payload))

    def say_raw(self, data: bytes) -> None:
        """Send bytes that need not be a frame."""
        self._theirs.sendall(data)

    def hang_up(self) -> None:
        """Close the worker's end."""
        self._theirs.close()

    async def close(self) -> None:
        """End everything."""
        self.process.kill()
        await self.worker.stop(0)
        self._theirs.close()


@asynccontextmanager
async def fake_peer(settings: WorkerSettings | None = None) -> AsyncIterator[FakePeer]:
    """A worker whose other side the test speaks."""
    peer = FakePeer(settings)
    try:
        yield peer
    finally:
        await peer.close()
