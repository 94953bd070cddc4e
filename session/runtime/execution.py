"""One playing of an image: brings the worker up, listens, and makes sure nothing is left.

The order of the end is the point: the program's own process ends, its output is drained, every
other process is swept, the launcher goes, the view is harvested; only then is the run over.
"""

import asyncio
import os
import time
from typing import TYPE_CHECKING, Any

from session.errors import ConnectFailed
from session.exit_info import EndFacts, ExceptionFacts, ExitInfo, classify
from session.log.entry import NewEntry, Stream
from session.ports import Launch, ProcessIdentity, RuntimeSink
from session.run_folder import STOP_ASKED
from session.runtime import handshake as reasons
from session.runtime import notices
from session.runtime.cell_line import CellLine
from session.runtime.diagnostics import Places
from session.runtime.end_facts import end_facts
from session.runtime.first_of import first_of
from session.runtime.handshake import Handshake
from session.runtime.hints import hint_in
from session.runtime.launcher_process import ProgramExit, StartFailure
from session.runtime.liveness import WatchRun
from session.runtime.memory_evidence import oom_kills
from session.runtime.platforms.seam import Platform
from session.runtime.play_plan import PlayPlan
from session.runtime.port_conflict import PortConflict
from session.runtime.program_events import ProgramEvents, Progress
from session.runtime.program_lines import ProgramLines
from session.runtime.run_budget import RunBudget
from session.runtime.run_folder import RunFolder
from session.runtime.seat import Seat
from session.runtime.spare import Spare
from session.runtime.sweep import PATIENCE_S, Remains, sweep
from session.runtime.use import look_at
from session.settings import SessionSettings
from session.usage import Usage
from session.worker.wire import WireError, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from session.budget import Reached

#: How long the last output is awaited when nobody is left who could write it.
_LAST_OUTPUT_S = 1.0
#: How long after the end of the program's process the launcher may take to tell of it.
_REPORT_S = 1.0


class ProcessExecution:
    """An `Execution` made of processes. All calls on the event loop's thread."""

    def __init__(
        self,
        launch: Launch,
        sink: RuntimeSink,
        settings: SessionSettings,
        platform: Platform,
        spare: Spare | None = None,
        watch: WatchRun | None = None,
    ) -> None:
        self.written: tuple[str, ...] = ()
        self.deleted: tuple[str, ...] = ()
        self.ended: ProgramExit | None = None
        self._launch = launch
        self._sink = sink
        self._settings = settings
        self._platform = platform
        self._loop = asyncio.get_running_loop()
        self._spare = spare
        self._watch_run = watch
        self._ours = dict(launch.environ or os.environ)
        self._passed: Mapping[str, str] = {}
        self._conflict = PortConflict(
            launch.run_id, launch.folder.parent, platform, sink.log, self._networks
        )
        self._program_events = ProgramEvents(
            sink.log, self._places, self._is_asked, self._conflict.hear, self._on_progress
        )
        self._stop = asyncio.Event()
        self._force = asyncio.Event()
        self._watched = asyncio.Event()
        #: Set when the launcher keeps the end of the program to itself: it is stopped, or stuck.
        self._untold = asyncio.Event()
        self._budget = RunBudget(launch.prepared.budget, self.is_stopping)
        self._unwatch: Callable[[], None] = lambda: None
        self._identities: list[ProcessIdentity] = []
        #: Set once: None for up, else what to tell the user.
        self._connected: asyncio.Future[ConnectFailed | None] = self._loop.create_future()
        self._began = time.monotonic()
        self._kills_before = oom_kills()
        self._begin()
        self._task = asyncio.create_task(self._live(), name=f"run {launch.run_id}")

    @property
    def identities(self) -> tuple[ProcessIdentity, ...]:
        """The launcher and the program's own process, for the run's record."""
        return tuple(self._identities)

    @property
    def isolation(self) -> "Mapping[str, Any] | None":
        """What the launcher has put on."""
        return self._launcher.isolation

    @property
    def denied(self) -> tuple[str, ...]:
        """What the program tried and may not, as it could be granted."""
        return self._program_events.denied

    @property
    def blocked_by(self) -> str | None:
        """The other run that held the port which this one wanted."""
        return self._conflict.found.run_id if self._conflict.found else None

    @property
    def cells(self) -> CellLine | None:
        """The line to a notebook's kernel, where the launch asked for one."""
        return self._lines.cells

    def _begin(self) -> None:
        """Start the launcher, if none is in waiting; its boot overlaps with laying the view."""
        launch = self._launch
        self._folder = RunFolder(launch, self._spare.place if self._spare else None)
        profile = self._settings.isolation if self._isolates else None
        self._plan = PlayPlan(launch, self._folder, profile)
        self._handshake = Handshake(self._loop, launch.prepared.python)
        self._seat = self._spare.take_seat() if self._spare else self._new_seat()
        self._launcher = self._seat.launcher
        self._lines = ProgramLines(
            launch,
            self._sink,
            self._seat.pipes,
            self._program_events,
            self._handshake,
            self._budget,
            share_s=self._settings.output_budget_s,
            view=str(self._folder.view),
            silent=self._untold.set,
        )
        self._remember(self._launcher.pid)

    def _new_seat(self) -> Seat:
        seat = Seat(self._loop, self._platform, self._launch.run_id, isolates=self._isolates)
        seat.remove(self._folder.links)
        return seat

    def _remember(self, pid: int) -> None:
        identity = self._platform.identify(pid)
        if identity is not None:
            self._identities.append(identity)

    # What the session asks

    async def connect(self) -> None:
        """Wait for the handshake; when it fails, everything is cleaned up before this raises."""
        done = self._connected
        either: list[asyncio.Future[Any]] = [done, self._task]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        failure = done.result() if done.done() else None
        if failure is not None or not done.done():
            await asyncio.shield(self._task)
        if failure is not None:
            raise failure

    async def wait(self) -> ExitInfo:
        """Let output flow from here on, and wait for the end of everything."""
        self._watched.set()
        return await asyncio.shield(self._task)

    def interrupt(self) -> None:
        """Ask the program to end; before it is up there is nobody to ask, so it is ended."""
        if not self._is_up():
            self.kill()
            return
        self._stop.set()
        self._lines.interrupt()
        self._launcher.interrupt()

    def _is_up(self) -> bool:
        return self._connected.done() and self._connected.result() is None

    def kill(self) -> None:
        """End everything now."""
        self._stop.set()
        self._force.set()
        self._watched.set()
        self._handshake.fail(reasons.stopped())

    def send_input(self, data: bytes) -> None:
        """Write to the program's standard input."""
        self._lines.input.send(data)

    @property
    def input_backlog(self) -> int:
        """How many bytes of input the program has not taken yet."""
        return self._lines.input.backlog

    def close_input(self) -> None:
        """End the program's standard input."""
        self._lines.input.end()

    async def usage(self, rows: int) -> Usage | None:
        """Look at what the run's processes use now; None where none is left."""
        launcher = self._launcher
        since, first = launcher.started_at, launcher.first
        return await look_at(
            self._platform, self.identities, self._lines.input.pipe, rows, since, first
        )

    def is_stopping(self) -> bool:
        """Whether someone has asked for the end."""
        return self._stop.is_set()

    def _is_asked(self) -> bool:
        """Whether someone has asked for the end, here or from another Playhead."""
        return self._stop.is_set() or (self._launch.folder / STOP_ASKED).exists()

    # The life of the run

    async def _live(self) -> ExitInfo:
        try:
            return await self._play_out()
        except BaseException:
            # A fault of ours, or a loop that is being torn down: still nothing may be left.
            self._launcher.let_go()
            self._close()
            raise

    async def _play_out(self) -> ExitInfo:
        failure = await self._come_up()
        if failure is None:
            await self._run()
            await self._conflict.settled()
        remains = await self._sweep()
        await self._last_output(failure)
        if failure is None:
            self._say(notices.reached(self._budget.reached))
            stopping, worker = self._is_cut_short(), self._worker_pid()
            self._say(notices.remains(remains, worker, stopping=stopping))
        await self._tidy()
        return classify(self._facts(failure, remains))

    async def _come_up(self) -> ConnectFailed | None:
        failure = await self._shake_hands()
        if failure is not None and self._spare is not None and not self._stop.is_set():
            await self._start_afresh()
            failure = await self._shake_hands()
        self._tell_connected(failure)
        self._connected.set_result(failure)
        return failure

    async def _start_afresh(self) -> None:
        """Do without the worker in waiting: something has happened to it meanwhile."""
        spare, self._spare = self._spare, None
        await self._sweep()
        self._close()
        await asyncio.to_thread(self._folder.remove)
        if spare is not None:
            await asyncio.to_thread(spare.release)
        self._identities.clear()
        self.ended = None
        self._begin()

    async def _shake_hands(self) -> ConnectFailed | None:
        timeout = self._settings.connect_timeout_s
        timer = self._loop.call_later(
            timeout, lambda: self._handshake.fail(reasons.timed_out(timeout))
        )
        try:
            self._demand_isolation()
            if self._spare is None:
                await self._prepare()
            else:
                await self._hand_over(self._spare)
        except OSError as error:
            self._handshake.fail(reasons.unlaid(error))
        except WireError as error:
            self._handshake.fail(reasons.too_much(error))
        except ConnectFailed as error:
            self._handshake.fail(error)
        failure = await self._handshake.done
        timer.cancel()
        return failure

    def _demand_isolation(self) -> None:
        if not (self._isolates or self._launch.prepared.own or self._launch.reduced):
            raise reasons.isolation_missing(reasons.NOTHING_PUT_ON)

    async def _prepare(self) -> None:
        """Lay the view and start the worker in it; where that cannot be an overlay, in a copy."""
        folder, stopped = self._folder, self._stop.is_set
        overlay = self._isolates and self._settings.isolation == "strict"
        self._passed = await asyncio.to_thread(folder.prepare, self._ours, stopped, overlay=overlay)
        if self._handshake.done.done():
            return  # stopped meanwhile
        self._tell_what_to_play(self._plan.isolation())
        self._follow()
        self._ask_for_worker()
        refused: asyncio.Future[str | None] = self._launcher.view_refused
        either: list[asyncio.Future[Any]] = [refused, self._handshake.done]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        reason = refused.result() if refused.done() else None
        if reason is not None:
            await asyncio.to_thread(folder.copy_instead, reason, stopped)
            if not self._handshake.done.done():
                self._ask_for_worker()

    def _ask_for_worker(self) -> None:
        python = self._launch.prepared.python
        watch = self._budget.watch(self._folder.growing)
        self._seat.run(python, self._passed, self._folder.cwd, self._plan.isolation(), watch)

    async def _hand_over(self, spare: Spare) -> None:
        """Have the worker in waiting play this; its folders and its isolation are there."""
        self._passed = spare.env
        take_over, stopped = self._folder.take_over, self._stop.is_set
        await asyncio.to_thread(take_over, spare.folder, stopped)
        watch = self._budget.watch(self._folder.growing)
        if watch:
            self._launcher.watch(watch)
            await self._launcher.watching
        self._launcher.started_at = time.monotonic()
        if not self._handshake.done.done():
            self._follow()
            self._tell_what_to_play(spare.isolation)

    def _tell_what_to_play(self, isolation: "Mapping[str, Any] | None") -> None:
        self._lines.control.send(encode(self._plan.config(isolation)))

    def _follow(self) -> None:
        self._launcher.reached.add_done_callback(self._on_reached)
        started = self._launcher.started
        if started.done():  # a worker in waiting: once it plays, it may be gone in a moment
            self._on_started(started)
        else:
            started.add_done_callback(self._on_started)
        self._launcher.exited.add_done_callback(self._on_exited)

    @property
    def _isolates(self) -> bool:
        return self._platform.isolates and self._settings.isolation != "none"

    def _on_started(self, started: "asyncio.Future[int | StartFailure | None]") -> None:
        result = started.result()
        python = self._launch.prepared.python
        if isinstance(result, StartFailure):
            self._handshake.fail(reasons.not_started(python, result))
        elif result is None:
            self._handshake.fail(reasons.launcher_lost())
        else:
            self._remember(result)
            self._unwatch = self._platform.watch_gone(self._loop, result, self._on_gone)

    def _on_reached(self, reached: "asyncio.Future[Reached | None]") -> None:
        self._budget.note(reached.result())
        if self._budget.reached is not None:
            self._handshake.fail(reasons.over_budget(self._budget.reached))

    def _on_gone(self) -> None:
        self._loop.call_later(_REPORT_S, self._untold.set)

    def _on_exited(self, exited: "asyncio.Future[ProgramExit | None]") -> None:
        self.ended = exited.result()
        self._lines.control.drain()
        if self._handshake.done.done():
            return
        if self.ended is None:
            self._handshake.fail(reasons.launcher_lost())
            return
        words = self._lines.pump.last_words(Stream.STDERR).decode("utf-8", "replace")
        python = self._launch.prepared.python
        self._handshake.fail(reasons.ended_early(python, self.ended, words))
        self._say(notices.last_words(words))

    async def _run(self) -> None:
        """Let the program run to its end, then let its output come out."""
        await self._watched.wait()
        self._lines.flow(self._watch_run, self._worker_pid())
        over = self._budget.over
        await first_of(self._launcher.exited, self._force, self._untold, over)
        if self._is_cut_short() or self.ended is None:
            return
        await first_of(self._lines.pump.ended, self._stop, over, within_s=self._settings.drain_s)
        if not self._lines.pump.ended.done() and not self._is_cut_short():
            await self._tell_holders()

    def _is_cut_short(self) -> bool:
        """Whether it ends because someone asked for it, or a budget was used up."""
        return self._stop.is_set() or self._budget.over.is_set()

    def _on_progress(self, progress: Progress) -> None:
        self._sink.progressed(progress.fraction, progress.text)

    async def _sweep(self) -> Remains:
        """End every process; after a natural end, those that are leaving may leave."""
        natural = self._lines.pump.ended.done() and not self._is_cut_short()
        identities = tuple(self._identities)
        marks = {self._launch.run_id, self._seat.mark}
        patience_s = PATIENCE_S if natural else 0.0
        return await sweep(self._launcher, self._platform, marks, identities, patience_s)

    async def _last_output(self, failure: ConnectFailed | None) -> None:
        """Take what is still in the pipes: nobody is left to write more."""
        if failure is None:
            await asyncio.wait({self._lines.pump.ended}, timeout=_LAST_OUTPUT_S)
            self._lines.events.drain()
            await self._conflict.settled()
        self._close()

    def _close(self) -> None:
        self._unwatch()
        self._lines.close()

    async def _tidy(self) -> None:
        found = await asyncio.to_thread(self._folder.tidy)
        self.written, self.deleted = found.written, found.deleted
        if self._spare is not None:
            await asyncio.to_thread(self._spare.release)
        if self.ended is not None:
            self._say(notices.harvested(found))

    # What is said

    def _say(self, entries: "Iterable[NewEntry]") -> None:
        for entry in entries:
            self._sink.log(entry)

    def _places(self) -> Places:
        root = self._launch.prepared.root
        return Places(self._folder.view, root, frozenset(self._ours), frozenset(self._passed))

    def _tell_connected(self, failure: ConnectFailed | None) -> None:
        launched = self._launcher.launched
        self._say(notices.layers(launched.result() if launched.done() else None))
        if failure is None:
            took = time.monotonic() - self._began
            entry = self._launch.prepared.entry
            self._say(notices.isolation(self._launcher.isolation, self._launch.prepared.rights))
            self._say([notices.started(entry, self._handshake.hello, self._worker_pid(), took)])
            self._say(notices.unwatched(self._launcher.unwatched))

    async def _tell_holders(self) -> None:
        streams = self._lines.pump.open_streams
        look, run_id, pid = self._platform.holders, self._launch.run_id, self._launcher.pid
        found = [await asyncio.to_thread(look, fd, run_id, pid) for fd in streams.values()]
        holders = dict.fromkeys(one for held in found for one in held)
        self._say(notices.output_held([*holders], streams))

    def _worker_pid(self) -> int | None:
        started = self._launcher.started
        result = started.result() if started.done() else None
        return result if isinstance(result, int) else None

    def _networks(self) -> tuple[int, ...]:
        """Processes of the program's own network, and ourselves where it has ours."""
        shared = not self._isolates or self._launch.prepared.rights.net is not False
        ours = os.getpid() if shared else None
        inside = (self._worker_pid(), self._launcher.first, ours)
        return tuple(pid for pid in inside if pid is not None)

    # Why it ended

    def _facts(self, failure: ConnectFailed | None, remains: Remains) -> EndFacts:
        kills, timeout_s = self._kills_before, self._settings.connect_timeout_s
        found = end_facts(self.ended, failure, remains, kills, timeout_s)
        return found._replace(
            stop_requested=self._is_asked(),
            exception=self._exception(),
            budget=self._budget.cause,
            advice=self._advice(),
            silent=self._lines.liveness.lost,
        )

    def _exception(self) -> ExceptionFacts | None:
        error, held = self._program_events.exception, self._conflict.found
        return error._replace(hint=held.step) if error and held else error

    def _advice(self) -> str | None:
        """What to do, by who held a port, the error that it left by, or its last words."""
        if self._conflict.found is not None:
            return self._conflict.found.step
        words = self._lines.pump.words.decode("utf-8", "replace")
        return self._program_events.advice or hint_in(words, self._ours, self._passed)
