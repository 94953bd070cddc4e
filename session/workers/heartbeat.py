"""Whether a worker still answers: asked at intervals, judged by what came back and what did not.

An error of the asking is a miss like any other; it takes several in a row. A worker that is
silent while its process works (a long call in C holds the interpreter, and with it the thread
that would answer) is busy, and its misses do not count. Being slow ourselves is no miss of theirs.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from session.workers.activity import Activity
from session.workers.defaults import HeartbeatSettings
from session.workers.telemetry import Emit, emit_nothing

#: Where an answer is noticed to be missing this much later than it was due, in seconds, it was
#: this process that stood still, and nothing is known of the worker.
OWN_DELAY_S: Final = 1.0


class Health(StrEnum):
    """What is known of a worker. `silent`: it misses, not yet often enough to be anything else.

    `late` and `dead` are the same thing, for independent and for dependent workers.
    """

    UNKNOWN = "unknown"
    ALIVE = "alive"
    SILENT = "silent"
    BUSY = "busy"
    LATE = "late"
    DEAD = "dead"


class HeartbeatStats(NamedTuple):
    """What a monitor saw. `missed` is in a row, as `Health` counts it; the others are totals.

    `unjudged`: pings of which nothing can be told, since this process stood still meanwhile.
    """

    health: Health
    pings_sent: int
    pongs_received: int
    missed: int
    misses: int
    busy: int
    unjudged: int
    last_latency_s: float | None


@dataclass(frozen=True, slots=True)
class HeartbeatCalls:
    """Whom a monitor tells; each is called on the loop's thread, once a change.

    `on_dead`: a dependent worker is to be ended; the monitor has stopped. `on_late`: an
    independent one does not answer. `on_busy`: it works and cannot answer. `on_recovered`: it
    answers again.
    """

    on_dead: Callable[[], None] = lambda: None
    on_late: Callable[[], None] = lambda: None
    on_busy: Callable[[Activity], None] = lambda _: None
    on_recovered: Callable[[], None] = lambda: None


class HeartbeatMonitor:
    """Pings one worker until it is stopped, or the worker is found dead."""

    def __init__(
        self,
        ping: Callable[[], Awaitable[object]],
        settings: HeartbeatSettings,
        calls: HeartbeatCalls,
        *,
        worker_id: str = "",
        activity: Callable[[], Activity] | None = None,
        clock: Callable[[], float] = time.monotonic,
        emit: Emit = emit_nothing,
    ) -> None:
        """`ping` returns when the worker has answered; `activity` tells what it did since asked."""
        self._ping, self._settings, self._calls = ping, settings, calls
        self._worker_id, self._activity, self._clock, self._emit = worker_id, activity, clock, emit
        self._task: asyncio.Task[None] | None = None
        self._health = Health.UNKNOWN
        self._sent = self._pongs = self._missed = self._misses = self._busy = self._unjudged = 0
        self._latency: float | None = None
        self._troubled = False  # somebody was told, and has to hear when it is over

    @property
    def health(self) -> Health:
        """What is known of the worker now."""
        return self._health

    def stats(self) -> HeartbeatStats:
        """Count."""
        return HeartbeatStats(
            self._health,
            self._sent,
            self._pongs,
            self._missed,
            self._misses,
            self._busy,
            self._unjudged,
            self._latency,
        )

    def start(self) -> None:
        """Begin to ping, unless the settings say not to; needs a running loop. Once is enough."""
        if self._task is None and self._settings.enabled:
            self._emit("heartbeat.started", worker_id=self._worker_id)
            self._task = asyncio.get_running_loop().create_task(
                self._watch(), name=f"heartbeat {self._worker_id}"
            )

    async def stop(self) -> None:
        """Stop pinging; nobody is told anything afterwards. Doing it twice is no fault."""
        task, self._task = self._task, None
        if task is None:
            return
        task.cancel()
        if task is not asyncio.current_task():  # `on_dead` may stop its own monitor
            await asyncio.wait([task])
        self._emit("heartbeat.stopped", worker_id=self._worker_id)

    async def _watch(self) -> None:
        await asyncio.sleep(self._settings.initial_delay_ms / 1000)
        while True:
            await self._ask()
            if self._health is Health.DEAD:
                return
            await asyncio.sleep(self._settings.ping_interval_ms / 1000)

    async def _ask(self) -> None:
        if self._activity is not None:
            self._activity()  # from here on
        self._sent += 1
        self._emit("heartbeat.ping_sent", worker_id=self._worker_id)
        asked, limit = self._clock(), self._settings.timeout_ms / 1000
        try:
            async with asyncio.timeout(limit):
                await self._ping()
        except TimeoutError:
            waited = self._clock() - asked
            if waited > limit + OWN_DELAY_S:
                self._unjudged += 1
            else:
                self._note_silence(waited, limit)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is no answer
            self._note_miss(type(error).__name__)
        else:
            self._note_pong(self._clock() - asked)

    def _note_pong(self, latency: float) -> None:
        self._pongs += 1
        self._missed, self._latency, self._health = 0, latency, Health.ALIVE
        self._emit("heartbeat.pong_received", worker_id=self._worker_id, latency_s=latency)
        if self._troubled:
            self._troubled = False
            self._emit("heartbeat.recovered", worker_id=self._worker_id)
            self._tell(self._calls.on_recovered)

    def _note_silence(self, waited: float, limit: float) -> None:
        if waited < limit:  # an early TimeoutError is the ping's own
            self._note_miss("TimeoutError")
            return
        activity = self._activity() if self._activity is not None else None
        if activity is not None and activity.is_busy:
            self._note_busy(activity)
        else:
            self._note_miss("no answer")

    def _note_busy(self, activity: Activity) -> None:
        was, self._health = self._health, Health.BUSY
        self._busy += 1
        self._missed = 0
        if was is not Health.BUSY:
            share = activity.cpu_share
            self._troubled = True
            self._emit("heartbeat.busy", worker_id=self._worker_id, cpu_share=share)
            self._tell(lambda: self._calls.on_busy(activity))

    def _note_miss(self, reason: str) -> None:
        self._misses += 1
        self._missed += 1
        missed = self._missed
        self._emit("heartbeat.missed", worker_id=self._worker_id, missed=missed, reason=reason)
        if missed < self._settings.max_missed_heartbeats:
            if self._health is not Health.LATE:
                self._health = Health.SILENT
            return
        self._fail()

    def _fail(self) -> None:
        dependent = bool(self._settings.dependent)
        was, self._health = self._health, Health.DEAD if dependent else Health.LATE
        if was is Health.LATE:
            return
        self._troubled = True
        self._emit(
            "heartbeat.failed",
            worker_id=self._worker_id,
            missed=self._missed,
            dependent=dependent,
        )
        self._tell(self._calls.on_dead if dependent else self._calls.on_late)

    def _tell(self, call: Callable[[], None]) -> None:
        """What a listener raises must not end the watch, nor be lost."""
        try:
            call()
        except Exception as error:  # noqa: BLE001 - handed on
            context = {"message": "a listener of a heartbeat failed", "exception": error}
            asyncio.get_running_loop().call_exception_handler(context)
