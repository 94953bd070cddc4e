"""The heartbeat of a program that is played: where somebody watches it is told, else it is ended.

A short program never meets it: nothing is read, imported or asked before the first interval is
over.
"""

import asyncio
from typing import TYPE_CHECKING, Final

from session.home import Home
from session.log.entry import NewEntry, Severity, Source
from session.runtime.liveness import ANSWERS, BUSY, SILENT, Watched

if TYPE_CHECKING:
    from session.workers.activity import Activity
    from session.workers.defaults import HeartbeatSettings
    from session.workers.heartbeat import HeartbeatMonitor

#: When a run is looked at first, in seconds.
FIRST_S: Final = 2.0


class RunHeartbeats:
    """Begins the heartbeat of each run. `unattended`: nobody is there to decide, so a failure ends
    the run, unless the settings say otherwise.
    """

    def __init__(self, home: Home, *, unattended: bool, first_s: float = FIRST_S) -> None:
        self._home, self._unattended, self._first_s = home, unattended, first_s

    def __call__(self, run: Watched) -> "RunHeartbeat":
        """Watch over a run."""
        return RunHeartbeat(run, self._home, unattended=self._unattended, first_s=self._first_s)


class RunHeartbeat:
    """Watches over one run. All calls on the event loop's thread."""

    def __init__(self, run: Watched, home: Home, *, unattended: bool, first_s: float) -> None:
        self._run, self._home, self._unattended = run, home, unattended
        self._monitor: HeartbeatMonitor | None = None
        self._end: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(first_s, self._begin)

    def stop(self) -> None:
        """Watch no more."""
        self._timer.cancel()
        if self._monitor is not None and self._end is None:
            self._end = asyncio.get_running_loop().create_task(self._monitor.stop())

    def _begin(self) -> None:
        settings = self._settings()
        if not settings.enabled:
            return
        # Late: a program that ends at once needs none of it.
        from session.workers.heartbeat import HeartbeatCalls, HeartbeatMonitor
        from session.workers.process_activity import ProcessActivity

        run, pid = self._run, self._run.pid
        calls = HeartbeatCalls(
            on_dead=lambda: self._on_dead(settings),
            on_late=lambda: run.tell(SILENT, _silent(settings)),
            on_busy=self._on_busy,
            on_recovered=lambda: run.tell(ANSWERS, _ANSWERS),
        )
        activity = None if pid is None else ProcessActivity(pid)
        self._monitor = HeartbeatMonitor(run.ping, settings, calls, activity=activity)
        self._monitor.start()

    def _settings(self) -> "HeartbeatSettings":
        from session.workers.configuration import worker_configuration

        prepared = self._run.launch.prepared
        found = worker_configuration(self._home, prepared.worker, own=prepared.own)
        for problem in found.problems:
            entry = NewEntry(Source.RUNTIME, Severity.WARNING, problem, code="worker-settings")
            self._run.tell(ANSWERS, entry)
        return found.settings.heartbeat.resolved(unattended=self._unattended)

    def _on_dead(self, settings: "HeartbeatSettings") -> None:
        self._run.tell(SILENT, _silent(settings))
        self._run.give_up()

    def _on_busy(self, _activity: "Activity") -> None:
        self._run.tell(BUSY, _BUSY)


_BUSY: Final = NewEntry(
    Source.RUNTIME,
    Severity.INFO,
    "The program works and does not answer meanwhile; a long call into C code holds its Python.",
    code="worker-busy",
    hint="Nothing has to be done. Stop may have to wait for the call; Force stop does not.",
)
_ANSWERS: Final = NewEntry(
    Source.RUNTIME, Severity.INFO, "The program answers again.", code="worker-answers"
)


def _silent(settings: "HeartbeatSettings") -> NewEntry:
    spent = settings.timeout_ms * settings.max_missed_heartbeats / 1000
    return NewEntry(
        Source.RUNTIME,
        Severity.WARNING,
        f"The program's Python has not answered for {spent:g} s, and does nothing.",
        code="worker-silent",
        hint="It was stopped from outside, or hangs in C code. Wait for it, or force it to stop."
        if not settings.dependent
        else "It was stopped from outside, or hangs in C code; nobody is there, so it is ended.",
    )
