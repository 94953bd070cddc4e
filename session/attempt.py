"""One run, from Play to the last process gone: prepare, connect, run, and Stop in any of them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from session.cell_port import CellPort
from session.errors import ConnectFailed, LogUnwritable, PrepareFailed
from session.exit_info import Cause, ExitInfo, stopped_by_user
from session.log.entry import NewEntry, Severity, Source, Stream
from session.log.store import LogStore
from session.play_request import PlayRequest
from session.ports import (
    Consent,
    Execution,
    Launch,
    Prepared,
    Preparer,
    ProcessIdentity,
    Runtime,
    Stopped,
)
from session.preparation import prepare_project
from session.rights import Question
from session.run_id import RunId
from session.settings import SessionSettings
from session.state import Trigger
from session.usage import Usage

logger = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class AttemptPlan:
    """What one run is about, and the parts it is played with."""

    run_id: RunId
    project: Path
    play: PlayRequest
    folder: Path
    data: Path
    trees: Path
    environ: Mapping[str, str]
    preparer: Preparer
    runtime: Runtime
    settings: SessionSettings
    consent: Consent | None = None


class Attempt:
    """Drives one run and reports each step by a trigger; knows no session and no state.

    `apply` gets the triggers `prepared` and `connected` as they happen; the last one
    (`finished`, `failed` or `stopped`) is what `play` returns, when every process is gone.
    """

    def __init__(
        self,
        plan: AttemptPlan,
        log: LogStore,
        apply: Callable[[Trigger], None],
        tail_changed: Callable[[Stream], None],
        progress_changed: Callable[[float | None, str], None] = lambda _fraction, _text: None,
    ) -> None:
        self.prepared: Prepared | None = None
        self.stop_requested = False
        #: Whether the program's Python answers: "" for yes, `silent`, or `busy`.
        self.health = ""
        self._plan = plan
        self._log = log
        self._apply = apply
        self._tail_changed = tail_changed
        self._progress_changed = progress_changed
        self._progress_told = ""
        self._loop = asyncio.get_running_loop()
        self._force = asyncio.Event()
        self._stop = asyncio.Event()
        self._execution: Execution | None = None
        self._log_failure: LogUnwritable | None = None
        self._early_input: list[bytes | None] = []

    async def play(self) -> tuple[Trigger, ExitInfo]:
        """Play to the end; never raises but for cancellation."""
        try:
            trigger, exit_info = await self._play()
        except PrepareFailed as error:
            trigger = Trigger.FAILED
            exit_info = ExitInfo(Cause.PREPARE_FAILED, error.message, next_step=error.hint)
        except (Stopped, _StopAsked):
            trigger, exit_info = Trigger.STOPPED, stopped_by_user()
        except Exception as error:
            logger.exception("run %s failed inside Playhead", self._plan.run_id)
            trigger, exit_info = Trigger.FAILED, self._failed_inside(error)
        lost = self._log_failure
        if lost is not None:
            exit_info = ExitInfo(Cause.LOG_UNWRITABLE, lost.message, next_step=lost.hint)
            return Trigger.FAILED, exit_info
        return trigger, exit_info

    @property
    def processes(self) -> tuple[ProcessIdentity, ...]:
        """The processes of the run known by now."""
        return self._execution.identities if self._execution else ()

    @property
    def isolation(self) -> Mapping[str, Any] | None:
        """What keeps the program apart, once it is up."""
        return self._execution.isolation if self._execution else None

    @property
    def denied(self) -> tuple[str, ...]:
        """What the program tried and may not, as it could be granted."""
        return self._execution.denied if self._execution else ()

    @property
    def cells(self) -> CellPort | None:
        """The line to a notebook's kernel, once it is up."""
        return self._execution.cells if self._execution else None

    @property
    def blocked_by(self) -> str | None:
        """The other run that held a port which this one wanted."""
        return self._execution.blocked_by if self._execution else None

    def stop(self, *, force: bool = False) -> None:
        """Ask the run to end; a second call, or `force`, skips the grace."""
        if self.stop_requested or force:
            self._force.set()
        self.stop_requested = True
        self._stop.set()

    def send_input(self, data: bytes | None) -> None:
        """Pass `data` to the program, None ends its input; kept until there is a program."""
        if self._execution is None:
            self._early_input.append(data)
        elif data is None:
            self._execution.close_input()
        else:
            self._execution.send_input(data)

    @property
    def input_backlog(self) -> int:
        """How many bytes of input wait for the program."""
        if self._execution is not None:
            return self._execution.input_backlog
        return sum(len(data) for data in self._early_input if data)

    async def usage(self, rows: int) -> Usage | None:
        """Look at what the program's processes use; None before it is there."""
        return None if self._execution is None else await self._execution.usage(rows)

    def log(self, entry: NewEntry) -> None:
        """Take an entry for the run's log; a log that cannot be written ends the run."""
        try:
            self._log.append(entry)
        except LogUnwritable as error:
            self._lose_log(error)

    def output(self, stream: Stream, data: bytes, origin: str | None = None) -> None:
        """Take the program's output."""
        before = self._log.tail(stream)
        try:
            self._log.feed(stream, data, origin)
        except LogUnwritable as error:
            self._lose_log(error)
        if self._log.tail(stream) != before:
            self._tail_changed(stream)

    def output_ended(self, stream: Stream) -> None:
        """Close a stream's last line."""
        try:
            self._log.finish(stream)
        except LogUnwritable as error:
            self._lose_log(error)

    def progressed(self, fraction: float | None, text: str) -> None:
        """Tell how far the program is, and log it where that reads differently than before."""
        share = "" if fraction is None else f"{fraction:.0%}"
        told = " ".join(part for part in (share, text) if part)
        if told and told != self._progress_told:
            self._progress_told = told
            self.log(NewEntry(Source.RUNTIME, Severity.DEBUG, f"Progress: {told}", code="progress"))
        self._progress_changed(fraction, text)

    def answering(self, health: str) -> None:
        """Note whether the program's Python answers."""
        self.health = health

    async def _play(self) -> tuple[Trigger, ExitInfo]:
        prepared = await self._prepare()
        self._check_stop()
        prepared = self.prepared = await self._ask(prepared)
        self._apply(Trigger.PREPARED)
        plan = self._plan
        data = plan.data / prepared.data_key
        trees = None if prepared.is_small else plan.trees
        launch = Launch(
            plan.run_id,
            prepared,
            plan.folder,
            data,
            plan.environ,
            trees,
            reduced=plan.play.reduced_isolation,
            cells=plan.play.cells and prepared.entry_form == "notebook",
        )
        execution = await plan.runtime.start(launch, self)
        try:
            return await self._run(execution)
        except BaseException:
            execution.kill()
            await asyncio.shield(execution.wait())
            raise

    async def _prepare(self) -> Prepared:
        """Prepare; when Stop comes first, end the preparation and raise."""
        plan = self._plan
        return await self._unless_stopped(
            prepare_project(
                plan.preparer,
                plan.runtime,
                plan.run_id,
                plan.project,
                plan.play,
                self._log_from_any_thread,
            )
        )

    async def _ask(self, prepared: Prepared) -> Prepared:
        """Ask for what nobody has answered yet; where there is nobody to ask, it is denied."""
        if not prepared.questions:
            return prepared
        if self._plan.consent is None:
            allowed: Sequence[Question] | None = ()
        else:
            allowed = await self._unless_stopped(self._plan.consent(prepared))
        if allowed is None:
            raise _StopAsked
        for question in prepared.questions:
            if question not in allowed:
                self.log(not_granted(question, own=prepared.own))
        return prepared.with_grants(one.grant for one in allowed) if allowed else prepared

    async def _unless_stopped(self, asked: Awaitable[_T]) -> _T:
        """Wait for something; when Stop comes first, call it off and raise."""
        work = asyncio.ensure_future(asked)
        stop = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                return work.result()
            raise _StopAsked
        finally:
            stop.cancel()
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    async def _run(self, execution: Execution) -> tuple[Trigger, ExitInfo]:
        ladder = asyncio.ensure_future(self._stop_ladder(execution))
        try:
            await self._connect(execution)
            exit_info = await execution.wait()
        finally:
            ladder.cancel()
            await asyncio.gather(ladder, return_exceptions=True)
        return self._outcome(exit_info)

    async def _connect(self, execution: Execution) -> None:
        """Bring the program up; why that failed, `Execution.wait` tells as well."""
        try:
            await execution.connect()
        except ConnectFailed as error:
            self._tell_unconnected(error)
            return
        self._execution = execution
        if not self._stop.is_set():
            self._apply(Trigger.CONNECTED)
        self._pass_early_input()

    async def _stop_ladder(self, execution: Execution) -> None:
        """Ask, wait for the grace, kill. Before the worker is up there is no one to ask."""
        await self._stop.wait()
        if self._execution is not None:
            execution.interrupt()
            await _wait(self._force, self._plan.settings.grace_s)
        execution.kill()

    def _outcome(self, exit_info: ExitInfo) -> tuple[Trigger, ExitInfo]:
        if exit_info.cause is Cause.NOT_ENDED:
            return Trigger.FAILED, exit_info  # stopped means gone, and it is not
        if exit_info.cause is Cause.BUDGET:
            return Trigger.FAILED, exit_info  # it was used up before anybody pressed Stop
        if self.stop_requested or exit_info.cause is Cause.STOPPED_BY_USER:
            return Trigger.STOPPED, exit_info  # another Playhead may have been asked
        if exit_info.cause is Cause.FINISHED and self._execution is not None:
            return Trigger.FINISHED, exit_info
        return Trigger.FAILED, exit_info

    def _tell_unconnected(self, error: ConnectFailed) -> None:
        if not self._stop.is_set():
            self.log(
                NewEntry(
                    Source.RUNTIME,
                    Severity.ERROR,
                    error.message,
                    code=error.code,
                    hint=error.hint,
                )
            )

    def _failed_inside(self, error: Exception) -> ExitInfo:
        message = f"Playhead failed inside ({type(error).__name__}: {error})."
        hint = "This is a fault of Playhead, not of the project; please report it."
        source = Source.RUNTIME if self.prepared else Source.BUILD
        self.log(NewEntry(source, Severity.ERROR, message, code="internal-error", hint=hint))
        return ExitInfo(Cause.UNKNOWN, message, next_step=hint)

    def _check_stop(self) -> None:
        if self._stop.is_set():
            raise _StopAsked

    def _pass_early_input(self) -> None:
        for data in self._early_input:
            self.send_input(data)
        self._early_input.clear()

    def _log_from_any_thread(self, entry: NewEntry) -> None:
        self._loop.call_soon_threadsafe(self.log, entry)

    def _lose_log(self, error: LogUnwritable) -> None:
        """End the run: what it prints from now on could not be kept, and must not get lost."""
        self._log_failure = self._log_failure or error
        self._force.set()
        self._stop.set()


def not_granted(question: Question, *, own: bool) -> NewEntry:
    """Say that a permission is lacking that a project asks for, or that its imports call for."""
    imports = f"It imports {', '.join(question.modules)}. " if question.modules else ""
    return NewEntry(
        Source.RUNTIME,
        # What its imports may never do is no warning; the denied act itself is one.
        Severity.DEBUG if own else Severity.WARNING,
        f"Played without `{question.grant}`, which nobody has granted.",
        code="permission-lacking",
        hint=f"{imports}Grant it once with `--grant {question.grant}`, if it needs it.",
    )


class _StopAsked(Exception):
    pass


async def _wait(event: asyncio.Event, timeout_s: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), timeout_s)
    except TimeoutError:
        return
