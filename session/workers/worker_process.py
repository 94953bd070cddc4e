"""The process of one worker, with its launcher, its pipes and its folder, to the last of them gone.

The order of the end is the one of a run: its process ends, its output is drained, every other
process is swept, the launcher goes, the folder is removed; only then is `ended` set.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from session.log.entry import NewEntry, Stream
from session.ports import ProcessIdentity
from session.run_id import RunId
from session.runtime.channel import Channel
from session.runtime.launcher_process import LauncherProcess, ProgramExit, StartFailure
from session.runtime.output import OutputPump
from session.runtime.pipes import RunPipes
from session.runtime.platforms.seam import Platform
from session.runtime.program_input import InputWriter
from session.runtime.sweep import sweep
from session.worker.wire import encode
from session.workers.adapter import AdapterPlan
from session.workers.worker_space import WorkerSpace

#: How much of the standard error of a worker is kept for its last words, in bytes.
LAST_WORDS = 4096
_LAST_OUTPUT_S = 1.0

OnOutput = Callable[[Stream, bytes], None]


class Ending(NamedTuple):
    """How a worker ended. `exit` None: it was swept, or its launcher was lost."""

    exit: ProgramExit | None
    last_words: str


class WorkerProcess:
    """Starts one worker's process and sees to its end. All calls on the event loop's thread.

    Make it on the main thread: the parent-death signal follows the thread. Raises OSError.
    """

    def __init__(
        self,
        plan: AdapterPlan,
        run_id: RunId,
        platform: Platform,
        profile: str | None,
        on_output: OnOutput | None = None,
    ) -> None:
        self.run_id = run_id
        self._plan = plan
        self._platform = platform
        self._profile = profile if platform.isolates else None
        self._on_output = on_output
        self._words = b""
        self._identities: list[ProcessIdentity] = []
        self._over = asyncio.Event()
        loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[Ending] = loop.create_future()
        self._launcher = LauncherProcess(loop, platform)
        self._space = WorkerSpace(plan, run_id)
        try:
            self._begin(loop)
        except BaseException:
            self._space.remove()
            raise
        self._task = asyncio.create_task(self._live(), name=f"worker {run_id}")

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        pipes = RunPipes()
        isolates = self._profile is not None
        fds = list(pipes.for_program.values())
        try:
            self._launcher.start(self.run_id, fds, pipes.stderr_theirs, isolates=isolates)
        except OSError:
            pipes.abandon()
            raise
        self._launcher.remove(self._space.links)
        self._fds = pipes.for_program
        streams = {Stream.STDOUT: pipes.stdout, Stream.STDERR: pipes.stderr}
        self._pump = OutputPump(loop, self, streams)
        self._input = InputWriter(loop, pipes.stdin)
        self._input.end()  # nobody types to a worker: whoever reads finds the end
        self.control = Channel(loop, pipes.control)
        self.events = Channel(loop, pipes.events)
        pipes.hand_over()
        self._pump.start()
        self._remember(self._launcher.pid)

    def _remember(self, pid: int) -> None:
        identity = self._platform.identify(pid)
        if identity is not None:
            self._identities.append(identity)

    async def launch(self, environ: Mapping[str, str], config: Mapping[str, Any]) -> None:
        """Prepare the folder and ask for the worker; raises OSError or WireError."""
        ground = await asyncio.to_thread(self._space.prepare, environ, self._profile)
        told = {"type": "config", "run_id": self.run_id, "view": str(ground.cwd), "cwd": ""}
        self.control.send(encode({**told, "limits": ground.limits, **config}))
        self._launcher.started.add_done_callback(self._on_started)
        argv, fds = self._plan.argv, self._fds
        self._launcher.run(argv, ground.env, ground.cwd, fds, None, ground.isolation)

    def _on_started(self, started: "asyncio.Future[int | StartFailure | None]") -> None:
        result = started.result()
        if isinstance(result, int):
            self._remember(result)

    # The pump's sink

    def log(self, entry: NewEntry) -> None:
        """Nothing logs here."""

    def output(self, stream: Stream, data: bytes, _origin: str | None = None) -> None:
        """Keep the end of standard error, and hand everything on."""
        if stream is Stream.STDERR:
            self._words = (self._words + data)[-LAST_WORDS:]
        if self._on_output is not None:
            self._on_output(stream, data)

    def output_ended(self, stream: Stream) -> None:
        """Nothing to do: the end of the process says it."""

    def progressed(self, fraction: float | None, text: str) -> None:
        """Nothing tells of it here: the events channel does."""

    def answering(self, health: str) -> None:
        """Nobody asks whether it answers."""

    # What others ask

    @property
    def started(self) -> "asyncio.Future[int | StartFailure | None]":
        """The process number, or why there is none; None: the launcher was lost."""
        return self._launcher.started

    @property
    def exited(self) -> "asyncio.Future[ProgramExit | None]":
        """How the worker's own process ended; others may still have to be swept."""
        return self._launcher.exited

    @property
    def pid(self) -> int | None:
        """The worker's process number, once it is started."""
        started = self._launcher.started
        result = started.result() if started.done() else None
        return result if isinstance(result, int) else None

    @property
    def identities(self) -> tuple[ProcessIdentity, ...]:
        """The launcher and the worker, for a registry."""
        return tuple(self._identities)

    @property
    def isolation(self) -> Mapping[str, Any] | None:
        """What the launcher has put on: profile, layers, gaps; None: nothing."""
        return self._launcher.isolation

    def last_words(self) -> str:
        """Return the end of what it wrote to its standard error."""
        self._pump.catch_up()
        return self._words.decode("utf-8", "replace")

    def interrupt(self) -> None:
        """Send SIGINT to the worker's process group."""
        self._launcher.interrupt()

    def kill(self) -> None:
        """End every process of it now; `ended` tells when that is done."""
        self._over.set()

    async def _live(self) -> None:
        try:
            await self._until_over()
            await sweep(self._launcher, self._platform, {self.run_id}, self.identities)
            await asyncio.wait({self._pump.ended}, timeout=_LAST_OUTPUT_S)
            self._close()
            await asyncio.to_thread(self._space.remove)
        except BaseException:
            # A fault of ours, or a loop that is being torn down: still nothing may be left.
            self._launcher.let_go()
            self._close()
            self._space.remove()
            raise
        finally:
            self._tell_end()

    def _tell_end(self) -> None:
        if not self.ended.done():
            exited = self._launcher.exited
            ended = exited.result() if exited.done() else None
            self.ended.set_result(Ending(ended, self._words.decode("utf-8", "replace")))

    async def _until_over(self) -> None:
        over = asyncio.ensure_future(self._over.wait())
        try:
            ends: set[asyncio.Future[Any]] = {over, self._launcher.exited, self._launcher.gone}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()

    def _close(self) -> None:
        self._pump.close()
        self._input.close()
        self.control.close()
        self.events.close()
