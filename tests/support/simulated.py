"""Simulated preparations and runtimes: they follow the ports, and do what a test tells them."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from session.errors import ConnectFailed, PrepareFailed
from session.execution_session import ExecutionSession, Parts
from session.exit_info import Cause, ExitInfo
from session.history import RunHistory
from session.home import Home
from session.log.entry import NewEntry, Severity, Source, Stream
from session.ports import (
    NO_TOOL_RIGHTS,
    Execution,
    Launch,
    LogSink,
    Prepared,
    Preparer,
    PrepareRequest,
    ProcessIdentity,
    Runtime,
    RuntimeSink,
    Spawn,
    Stopped,
    ToolRights,
)
from session.run_id import RunId
from session.runtime.leftovers import ProcessLeftovers
from session.service import SessionService
from session.settings import SessionSettings
from session.state import SessionState
from session.usage import Usage

FINISHED = ExitInfo(Cause.FINISHED, "Finished.", 0)
STOPPED = ExitInfo(Cause.STOPPED_BY_USER, "Stopped by the user.")


def prepared_image(root: Path) -> Prepared:
    """A sealed image of nothing."""
    return Prepared(
        content_id="sha256:" + "0" * 64,
        kind="cartridge",
        title="simulated",
        root=root,
        data_key="simulated",
        entry_form="file",
        entry="main.py",
        args=(),
        python=Path("python"),
        interpreter="python",
        sealed=True,
        files=(),
    )


@dataclass
class SimulatedPreparer:
    """Logs `entries`, waits `delay_s`, then succeeds, or fails with `failure`."""

    entries: Sequence[NewEntry] = ()
    delay_s: float = 0.0
    failure: Exception | None = None
    cancelled: int = 0

    async def prepare(self, request: PrepareRequest) -> Prepared:
        for entry in self.entries:
            request.log(entry)
        try:
            await asyncio.sleep(self.delay_s)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.failure is not None:
            raise self.failure
        return prepared_image(request.project)


@dataclass
class SimulatedExecution:
    """Prints `lines`, then ends with `end`, or waits to be interrupted or killed."""

    sink: RuntimeSink
    lines: Sequence[bytes] = ()
    end: ExitInfo | None = FINISHED
    deaf: bool = False
    connect_failure: ConnectFailed | None = None
    stop_end: ExitInfo = STOPPED
    received: list[bytes | None] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._gone: asyncio.Future[ExitInfo] = asyncio.get_running_loop().create_future()

    @property
    def identities(self) -> tuple[ProcessIdentity, ...]:
        return (ProcessIdentity(1, "simulated"),)

    @property
    def cells(self) -> None:
        """There is no kernel."""

    @property
    def isolation(self) -> None:
        """Nothing real is played, so nothing is kept apart."""

    @property
    def denied(self) -> tuple[str, ...]:
        """Nor is anything denied."""
        return ()

    @property
    def blocked_by(self) -> None:
        """Nor does anybody hold a port."""

    async def connect(self) -> None:
        await asyncio.sleep(0)
        if self.connect_failure is not None:
            cause, message = Cause.CONNECT_TIMEOUT, self.connect_failure.message
            self._end(ExitInfo(cause, message, next_step=self.connect_failure.hint))
            raise self.connect_failure

    async def wait(self) -> ExitInfo:
        for line in self.lines:
            self.sink.output(Stream.STDOUT, line)
            await asyncio.sleep(0)
        if self.end is not None:
            self._end(self.end)
        result = await asyncio.shield(self._gone)
        self.sink.output_ended(Stream.STDOUT)
        return result

    def interrupt(self) -> None:
        self.calls.append("interrupt")
        if not self.deaf:
            self._end(self.stop_end)

    def kill(self) -> None:
        self.calls.append("kill")
        self._end(self.stop_end)

    def send_input(self, data: bytes) -> None:
        self.received.append(data)

    @property
    def input_backlog(self) -> int:
        return sum(len(data) for data in self.received if data)

    def close_input(self) -> None:
        self.received.append(None)

    async def usage(self, rows: int) -> Usage | None:
        return Usage(0.0, 1, 10_000_000, 0.1, rows, awaits_input=False)

    def finish(self, end: ExitInfo = FINISHED) -> None:
        """End as if the program had."""
        self._end(end)

    def _end(self, end: ExitInfo) -> None:
        if not self._gone.done():
            self._gone.set_result(end)


class _NoTools:
    @property
    def spawn(self) -> Spawn:
        return self._spawn

    def _spawn(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        stdin: bytes = b"",
        rights: ToolRights = NO_TOOL_RIGHTS,
        on_output: Callable[[Stream, bytes], None],
    ) -> int:
        raise Stopped

    async def stop(self) -> None:
        return


@dataclass
class SimulatedRuntime:
    """Starts executions that `make` makes; keeps them for the test to look at."""

    make: Callable[[RuntimeSink], SimulatedExecution] = SimulatedExecution
    executions: list[SimulatedExecution] = field(default_factory=list)
    launches: list[Launch] = field(default_factory=list)

    async def start(self, launch: Launch, sink: RuntimeSink) -> Execution:
        self.launches.append(launch)
        self.executions.append(self.make(sink))
        return self.executions[-1]

    def tool_spawner(self, run_id: RunId, log: LogSink) -> _NoTools:
        return _NoTools()

    def keep_ready(self, *, on: bool) -> None:
        return

    async def close(self) -> None:
        return


def simulated_service(
    folder: Path,
    preparer: Preparer | None = None,
    runtime: Runtime | None = None,
    settings: SessionSettings | None = None,
) -> SessionService:
    """A service of simulated parts that keeps its files in `folder`."""
    home = Home.under(folder / "home")
    settings = settings or SessionSettings(grace_s=0.05)
    return SessionService(
        Parts(
            preparer or SimulatedPreparer(),
            runtime or SimulatedRuntime(),
            RunHistory(home, settings.history_runs),
            ProcessLeftovers(),
            home,
            settings,
            {},
        )
    )


def prepare_failure() -> PrepareFailed:
    """A preparation that found two errors."""
    return PrepareFailed("main.py has 2 errors.", code="syntax-error", hint="Mend them.")


def entry(source: Source, message: str, severity: Severity = Severity.INFO) -> NewEntry:
    """One entry of one source."""
    return NewEntry(source, severity, message)


PREPARATION = [
    entry(Source.BUILD, "scanned 3 files"),
    entry(Source.BUILD, "compiled 2 files"),
    entry(Source.PACK_VALIDATION, "1 warning", Severity.WARNING),
    entry(Source.PACK, "sealed"),
]


def open_ended() -> SimulatedRuntime:
    """A runtime whose programs run until they are stopped."""
    return SimulatedRuntime(lambda sink: SimulatedExecution(sink, end=None))


def now(session: ExecutionSession) -> SessionState:
    """The state at this moment: a checker cannot know that it moves behind our back."""
    return session.state


async def reach(session: ExecutionSession, state: SessionState) -> None:
    """Wait until the session is in a state."""
    async with asyncio.timeout(10):
        while session.state is not state:
            await asyncio.sleep(0)
