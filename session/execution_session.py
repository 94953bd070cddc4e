"""An execution session: play/stop state and log of one open project, outside any widget."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from session.attempt import Attempt, AttemptPlan
from session.budget import Budget
from session.cell_port import CellPort
from session.errors import IllegalTransition, LogUnwritable
from session.events import (
    LogGrew,
    ProgressChanged,
    RunEnded,
    RunStarted,
    SessionEvent,
    StateChanged,
    StopRequested,
    TailChanged,
    TriggerDropped,
)
from session.exit_info import ExitInfo
from session.history import RunHistory
from session.home import Home
from session.log.store import LogStore
from session.play_request import PlayRequest
from session.ports import Consent, Prepared, Preparer, Runtime
from session.record import RunRecord
from session.recovery import Leftovers
from session.run_folder import RunFolder, written_files
from session.run_id import RunId, new_run_id
from session.settings import SessionSettings
from session.state import SessionState, Trigger, next_state
from session.usage import Usage

logger = logging.getLogger(__name__)

Listener = Callable[[SessionEvent], None]
Unsubscribe = Callable[[], None]


@dataclass(slots=True)
class Parts:
    """What every session of a service is made of; one object, shared by all of them."""

    preparer: Preparer
    runtime: Runtime
    history: RunHistory
    leftovers: Leftovers
    home: Home
    settings: SessionSettings
    environ: Mapping[str, str]


@dataclass(slots=True)
class _Run:
    """The run that a session has now, or had last."""

    folder: RunFolder
    record: RunRecord
    log: LogStore
    attempt: Attempt | None = None
    task: asyncio.Task[None] | None = None


class ExecutionSession:
    """One project's play/stop state and log. Used from the event loop's thread only.

    Every trigger carries the id of its run; one that belongs to an older run is dropped and
    announced, never applied.
    """

    def __init__(self, project: Path, parts: Parts) -> None:
        self.project = project
        self.state = SessionState.IDLE
        self.exit: ExitInfo | None = None
        self.closed = False
        #: Asks the user for what a project lacks; None: there is nobody to ask, and it is denied.
        self.consent: Consent | None = None
        self._parts = parts
        self._run: _Run | None = None
        self._next: _Run | None = None
        self._listeners: list[Listener] = []
        self._last_end: RunEnded | None = None

    @property
    def run_id(self) -> RunId | None:
        """The current run, or the last one."""
        return self._run.record.run_id if self._run else None

    @property
    def log(self) -> LogStore | None:
        """The log of the current run, or of the last one; readable in any state."""
        return self._run.log if self._run else None

    @property
    def record(self) -> RunRecord | None:
        """What the history keeps of the current run, or of the last one."""
        return self._run.record if self._run else None

    @property
    def content_id(self) -> str | None:
        """The identity of what is being played, once it is sealed."""
        return self._run.record.content_id if self._run else None

    @property
    def budget(self) -> Budget | None:
        """What the run may use at most, once it is prepared."""
        attempt = self._run.attempt if self._run else None
        prepared = attempt.prepared if attempt else None
        return prepared.budget if prepared else None

    @property
    def stop_requested(self) -> bool:
        """Whether the run under way has been asked to stop."""
        attempt = self._run.attempt if self._run else None
        return self.state.active and attempt is not None and attempt.stop_requested

    @property
    def health(self) -> str:
        """Whether the program's Python answers: "" for yes or not known, `silent`, `busy`."""
        attempt = self._run.attempt if self._run else None
        return attempt.health if attempt is not None and self.state.active else ""

    @property
    def under_way(self) -> bool:
        """Whether a run is active, or has ended and is still being filed; another may
        follow it."""
        return self._run is not None and self._run.task is not None and not self._run.task.done()

    def play(self, request: PlayRequest | None = None) -> RunId:
        """Play the project; return at once. In mid-run this means stop, then play.

        Raises `HomeUnusable` or `LogUnwritable` when the run cannot be recorded; the state is
        unchanged then.
        """
        run = self._new_run(request or PlayRequest())
        if self.under_way:
            self._drop_next()
            if self.state.active and not self.stop_requested:
                self.stop()
            self._next = run
        else:
            self._begin(run)
        return run.record.run_id

    def stop(self, *, force: bool = False) -> None:
        """Ask the run to end; return at once. A second call, or `force`, skips the grace.

        The state becomes `stopped` when every process is gone, not before. With nothing
        running this is an `IllegalTransition`.
        """
        self._drop_next()
        run = self._run
        if run is None or run.attempt is None or not self.state.active:
            raise IllegalTransition(self.state, Trigger.STOPPED)
        force = force or run.attempt.stop_requested
        run.attempt.stop(force=force)
        self._announce(StopRequested(run.record.run_id, force))

    async def wait(self) -> RunEnded:
        """Wait until nothing is under way and return how the last run ended."""
        while self._run and self._run.task and not self._run.task.done():
            await asyncio.shield(self._run.task)
        if self._last_end is None:
            raise IllegalTransition(self.state, "wait")
        return self._last_end

    def subscribe(self, listener: Listener) -> Unsubscribe:
        """Call `listener` with each event from now on; the result ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    @property
    def cells(self) -> CellPort | None:
        """The line to the kernel of a notebook that was played with `cells`, while it runs."""
        attempt = self._run.attempt if self._run else None
        return attempt.cells if attempt is not None and self.state.active else None

    def send_input(self, data: bytes) -> None:
        """Write to the program's standard input; kept until the program is there."""
        if self.state.active and self._run and self._run.attempt:
            self._run.attempt.send_input(data)

    @property
    def input_backlog(self) -> int:
        """How many bytes were sent that the program has not taken; whoever reads them from
        somewhere should pause while this is large.
        """
        attempt = self._run.attempt if self._run else None
        return attempt.input_backlog if self.state.active and attempt else 0

    async def usage(self) -> Usage | None:
        """Look at what the run's processes use now; None where none of them is alive."""
        run = self._run
        if run is None or run.attempt is None or not self.state.active:
            return None
        return await run.attempt.usage(run.log.last_seq)

    def close_input(self) -> None:
        """End the program's standard input."""
        if self.state.active and self._run and self._run.attempt:
            self._run.attempt.send_input(None)

    def apply(self, run_id: RunId, trigger: Trigger) -> None:
        """Apply a trigger of a run: move the state, log the change and announce it.

        One of an older run is dropped; an illegal one raises and changes nothing.
        """
        run = self._run
        if run is None or run.record.run_id != run_id:
            self._announce(TriggerDropped(run_id, trigger))
            return
        before, after = self.state, next_state(self.state, trigger)
        at = time.time()
        try:
            seq = run.log.append_state(before, after, trigger)
        except LogUnwritable:
            seq = run.log.last_seq  # the state is true all the same
        self.state = after
        self._announce(StateChanged(run_id, seq, at, before, after, trigger))

    async def close(self) -> None:
        """Stop what is under way, wait until it is gone, and let go of the log.

        A closed session stays readable and plays no more; `SessionService.open` makes a new one.
        """
        self.closed = True
        self._drop_next()
        if self.state.active:
            self.stop()
        if self._run and self._run.task:
            await self.wait()
        if self._run:
            self._run.log.close()
        self._listeners.clear()

    def _new_run(self, request: PlayRequest) -> _Run:
        run_id, now = new_run_id(), time.time()
        record = RunRecord.of_request(run_id, self.project, request, now)
        folder = self._parts.history.begin(record)
        try:
            return _Run(folder, record, LogStore.create(folder.path, record.run_id))
        except BaseException:
            self._parts.history.forget(folder, record)
            raise

    def _begin(self, run: _Run) -> None:
        if self._run:
            self._run.log.close()
        self._run = run
        self.exit = None
        run_id = run.record.run_id
        attempt = run.attempt = Attempt(
            self._plan(run),
            run.log,
            lambda trigger: self._progress(run, attempt, trigger),
            lambda stream: self._announce(TailChanged(run_id, stream)),
            lambda fraction, text: self._announce(ProgressChanged(run_id, fraction, text)),
        )
        run.log.subscribe(lambda: self._announce(LogGrew(run_id, run.log.last_seq)))
        self._announce(RunStarted(run_id))
        self.apply(run_id, Trigger.PLAY)
        run.task = asyncio.ensure_future(self._drive(run, attempt))

    def _plan(self, run: _Run) -> AttemptPlan:
        return AttemptPlan(
            run.record.run_id,
            self.project,
            run.record.request,
            run.folder.path,
            self._parts.home.data,
            self._parts.home.cache / "trees",
            self._parts.environ,
            self._parts.preparer,
            self._parts.runtime,
            self._parts.settings,
            self.consent,
        )

    def _progress(self, run: _Run, attempt: Attempt, trigger: Trigger) -> None:
        self.apply(run.record.run_id, trigger)
        prepared = attempt.prepared
        if prepared is None:
            return
        run.record = replace(
            run.record,
            state=self.state,
            title=prepared.title,
            kind=prepared.kind,
            content_id=prepared.content_id,
            interpreter=prepared.interpreter,
            processes=attempt.processes,
            played_args=prepared.args,
            isolation=_isolation(attempt, prepared),
            data_key=prepared.data_key,
        )
        try:
            run.folder.write(run.record)
        except OSError as error:
            logger.warning("the record of run %s is behind: %s", run.record.run_id, error)

    async def _drive(self, run: _Run, attempt: Attempt) -> None:
        trigger, exit_info = await attempt.play()
        run.record = replace(run.record, denied=attempt.denied, blocked_by=attempt.blocked_by)
        self.exit = exit_info
        self.apply(run.record.run_id, trigger)
        await self._finish(run, exit_info)
        following, self._next = self._next, None
        if following is not None:
            self._begin(following)

    async def _finish(self, run: _Run, exit_info: ExitInfo) -> None:
        """Complete the record and the folder, off the loop; then announce the end."""
        ended = time.time()
        run.record = run.record.with_end(self.state, exit_info, ended, ())
        try:
            run.record = await asyncio.to_thread(self._file, run)
        except Exception:  # whatever it is: the run is over, and whoever waits must be told
            run.folder.release()
            logger.exception("the record of run %s is incomplete", run.record.run_id)
        duration = ended - run.record.started
        self._last_end = RunEnded(run.record.run_id, self.state, exit_info, duration)
        self._announce(self._last_end)

    def _file(self, run: _Run) -> RunRecord:
        """Put the run into the history for good. Blocking: as long as the disk takes."""
        record = replace(run.record, written=written_files(run.folder.path))
        try:
            run.log.sync()
        finally:
            self._parts.history.end(run.folder, record)
        return record

    def _drop_next(self) -> None:
        following, self._next = self._next, None
        if following is not None:
            following.log.close()
            self._parts.history.forget(following.folder, following.record)

    def _announce(self, event: SessionEvent) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception:
                logger.exception("a listener failed on %s", type(event).__name__)


def _isolation(attempt: Attempt, prepared: Prepared) -> dict[str, Any] | None:
    """Return what the record says of isolation: what was put on, and what was granted beyond."""
    if attempt.isolation is None:
        return None
    return {**attempt.isolation, "granted": list(prepared.rights.granted)}
