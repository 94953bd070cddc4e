"""Runs the tools of a preparation through the same launcher as programs, so Stop reaches them."""

import asyncio
import os
import queue
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from session.log.entry import NewEntry, Stream
from session.ports import NO_TOOL_RIGHTS, LogSink, Spawn, Stopped, ToolRights
from session.runtime import notices
from session.runtime.launcher_process import LauncherProcess, StartFailure
from session.runtime.output import OutputPump
from session.runtime.platforms.seam import Platform
from session.runtime.program_input import InputWriter
from session.runtime.shown import encodable, shown
from session.runtime.sweep import sweep
from session.runtime.tool_isolation import tool_policy
from session.settings import SessionSettings
from session.worker.launch_protocol import RUN_ID_VARIABLE

Output = Callable[[Stream, bytes], None]
_Chunk = tuple[Stream, bytes] | None
#: What a shell answers for a command that it cannot start.
_NOT_FOUND = 127


class ProcessToolSpawner:
    """The tools of one preparation. Make it on the event loop's thread."""

    def __init__(
        self, run_id: str, settings: SessionSettings, platform: Platform, log: LogSink
    ) -> None:
        self._run_id = run_id
        self._told = False
        self._log = log
        self._settings = settings
        self._platform = platform
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        self._running: set[asyncio.Task[int]] = set()

    @property
    def spawn(self) -> Spawn:
        """The blocking call for preparation threads."""
        return self._spawn

    async def stop(self) -> None:
        """End every tool, and refuse to start another."""
        self._stopped.set()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _spawn(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        stdin: bytes = b"",
        rights: ToolRights = NO_TOOL_RIGHTS,
        on_output: Output,
    ) -> int:
        chunks: queue.SimpleQueue[_Chunk] = queue.SimpleQueue()
        env = {**env, RUN_ID_VARIABLE: self._run_id}
        tool = _Tool(tuple(argv), cwd, env, stdin, rights if self._isolates else None, chunks)
        future = asyncio.run_coroutine_threadsafe(self._supervise(tool), self._loop)
        future.add_done_callback(lambda _future: chunks.put(None))
        try:
            while (chunk := chunks.get()) is not None:
                on_output(*chunk)
            return future.result()
        finally:
            future.cancel()  # the caller's own listener failed: the tool is of no use any more

    async def _supervise(self, tool: "_Tool") -> int:
        if self._stopped.is_set():
            raise Stopped
        task = asyncio.create_task(
            tool.run(self._run_id, self._settings, self._platform, self._stopped)
        )
        self._running.add(task)
        try:
            return await task
        finally:
            self._running.discard(task)
            self._tell(tool.isolation)

    @property
    def _isolates(self) -> bool:
        return self._platform.isolates and self._settings.isolation != "none"

    def _tell(self, report: Mapping[str, Any] | None) -> None:
        """Say once how tools are kept apart."""
        if report is not None and not self._told:
            self._told = True
            for entry in notices.tool_isolation(report):
                self._log(entry)


class _Tool:
    """One tool's life."""

    def __init__(
        self,
        argv: tuple[str, ...],
        cwd: Path,
        env: Mapping[str, str],
        stdin: bytes,
        rights: ToolRights | None,
        chunks: "queue.SimpleQueue[_Chunk]",
    ) -> None:
        self._argv = argv
        self._cwd = cwd
        self._env = env
        self._stdin = stdin
        #: None: nothing is put on.
        self._rights = rights
        #: What was put on.
        self.isolation: Mapping[str, Any] | None = None
        self._chunks = chunks

    # The pump's sink

    def log(self, entry: NewEntry) -> None:
        """Nothing logs here: a tool has no worker."""

    def output(self, stream: Stream, data: bytes, _origin: str | None = None) -> None:
        """Hand output to the thread that waits for it."""
        self._chunks.put((stream, data))

    def output_ended(self, stream: Stream) -> None:
        """Nothing to do: the end of the tool says it."""

    def progressed(self, fraction: float | None, text: str) -> None:
        """Nothing tells of it here: a tool has no worker."""

    def answering(self, health: str) -> None:
        """Nobody asks whether it answers."""

    async def run(
        self, run_id: str, settings: SessionSettings, platform: Platform, stopped: asyncio.Event
    ) -> int:
        """Run to the end, or until stopped; in either case nothing of it is left."""
        if self._rights is None:
            return await self._run(run_id, settings, platform, stopped, None)
        scratch = Path(tempfile.mkdtemp(prefix="playhead-tool-"))
        try:
            self._argv = self._found()
            policy = tool_policy(self._argv, self._rights, scratch)
            self._env = {**self._env, "TMPDIR": str(scratch)}
            return await self._run(run_id, settings, platform, stopped, policy)
        finally:
            await asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True)

    async def _run(
        self,
        run_id: str,
        settings: SessionSettings,
        platform: Platform,
        stopped: asyncio.Event,
        policy: dict[str, Any] | None,
    ) -> int:
        loop = asyncio.get_running_loop()
        launcher = LauncherProcess(loop, platform)
        pump, writer = self._start(launcher, loop, run_id, policy)
        writer.send(self._stdin)
        writer.end()
        pump.start()
        try:
            await _ended(launcher, stopped)
            if not stopped.is_set():
                await asyncio.wait({pump.ended}, timeout=settings.drain_s)
        finally:
            await sweep(launcher, platform, {run_id}, ())
            pump.close()
            writer.close()
            self.isolation = launcher.isolation
        if stopped.is_set():
            raise Stopped
        return self._code(launcher)

    def _start(
        self,
        launcher: LauncherProcess,
        loop: asyncio.AbstractEventLoop,
        run_id: str,
        policy: dict[str, Any] | None,
    ) -> tuple[OutputPump, InputWriter]:
        pipes = [os.pipe() for _stream in range(3)]
        (stdin_theirs, stdin), (stdout, stdout_theirs), (stderr, stderr_theirs) = pipes
        theirs = [stdin_theirs, stdout_theirs, stderr_theirs]
        try:
            launcher.start(run_id, theirs, stderr_theirs, isolates=policy is not None)
        except OSError:
            for fd in (stdin, stdout, stderr, *theirs):
                os.close(fd)
            raise
        fds = dict(enumerate(theirs))
        launcher.run(self._found(), self._env, self._cwd, fds, isolation=policy)
        for fd in theirs:
            os.close(fd)
        streams = {Stream.STDOUT: stdout, Stream.STDERR: stderr}
        return OutputPump(loop, self, streams, 0), InputWriter(loop, stdin)

    def _found(self) -> tuple[str, ...]:
        """Look a bare name up in the tool's own PATH, as a shell would."""
        name, *rest = self._argv
        path = shutil.which(name, path=self._env.get("PATH")) if os.sep not in name else name
        return (path or name, *rest)

    def _code(self, launcher: LauncherProcess) -> int:
        started, ended = launcher.started.result(), launcher.exited.result()
        if isinstance(started, StartFailure):
            self._chunks.put(
                (Stream.STDERR, f"{shown(self._argv[0])}: {encodable(started.message)}\n".encode())
            )
            return _NOT_FOUND
        if ended is None:
            return -9  # the launcher was killed, and the tool with it
        return ended.code if ended.code is not None else -(ended.signal or 0)


async def _ended(launcher: LauncherProcess, stopped: asyncio.Event) -> None:
    """Wait for the tool's end, for its failure to start, or for Stop."""
    waiter = asyncio.ensure_future(stopped.wait())
    try:
        await _either(launcher.started, waiter)
        if launcher.started.done() and isinstance(launcher.started.result(), int):
            await _either(launcher.exited, waiter)
    finally:
        waiter.cancel()


async def _either(one: "asyncio.Future[Any]", other: "asyncio.Future[Any]") -> None:
    await asyncio.wait({one, other}, return_when="FIRST_COMPLETED")
