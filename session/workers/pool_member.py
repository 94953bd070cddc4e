"""One worker of a pool, with what the pool knows of it: its load, its age, its heartbeat."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import NamedTuple

from session.runtime.memory_evidence import oom_kills
from session.workers.activity import Activity
from session.workers.crash_barrier import CrashFacts
from session.workers.defaults import HeartbeatSettings
from session.workers.heartbeat import HeartbeatCalls, HeartbeatMonitor, HeartbeatStats
from session.workers.pool_port import PooledWorker
from session.workers.process_activity import ProcessActivity
from session.workers.recycling import RecycleReason
from session.workers.telemetry import Emit, emit_nothing

#: How much longer than its heartbeat a ping may take: the heartbeat is to give up first.
_PING_MARGIN_S = 5.0


class MemberStatus(NamedTuple):
    """One worker, for a page. `memory` in bytes, None where it was not read."""

    id: str
    pid: int | None
    load: int
    capacity: int
    requests: int
    age_s: float
    memory: int | None
    draining: bool
    heartbeat: HeartbeatStats


class Member:
    """A worker that is up. All calls on the event loop's thread.

    `leaving` is set, once, when it is to be replaced though it lives. `ending` says why it was
    ended by us, None where it was not.
    """

    def __init__(
        self,
        worker: PooledWorker,
        heartbeat: HeartbeatSettings,
        *,
        clock: Callable[[], float] = time.monotonic,
        emit: Emit = emit_nothing,
    ) -> None:
        self.worker = worker
        self.capacity = max(worker.threads, 1)
        self.load = self.requests = 0
        self.memory: int | None = None
        self.draining = False
        self.ending: str | None = None
        loop = asyncio.get_running_loop()
        self.leaving: asyncio.Future[RecycleReason] = loop.create_future()
        self._clock, self._began = clock, clock()
        self._kills_before = oom_kills()
        self._idle = asyncio.Event()
        self._idle.set()
        self._dependent = bool(heartbeat.dependent)
        self.monitor = HeartbeatMonitor(
            lambda: worker.ping(heartbeat.timeout_ms / 1000 + _PING_MARGIN_S),
            heartbeat,
            HeartbeatCalls(on_dead=self._on_dead),
            worker_id=worker.id,
            activity=_activity_of(worker),
            emit=emit,
        )

    @property
    def id(self) -> str:
        """The worker's name."""
        return self.worker.id

    @property
    def age_s(self) -> float:
        """How long it has been up."""
        return self._clock() - self._began

    @property
    def has_room(self) -> bool:
        """Whether it can take a call now."""
        return self.is_fit and self.load < self.capacity

    @property
    def is_fit(self) -> bool:
        """Whether it takes calls at all."""
        return self.worker.alive and not self.draining

    def take_seat(self) -> None:
        """Take a place for a call."""
        self.load += 1
        self._idle.clear()

    def leave_seat(self) -> None:
        """Give the place of a call back."""
        self.load -= 1
        if self.load == 0:
            self._idle.set()

    def replace(self, reason: RecycleReason) -> bool:
        """Let it be replaced; whether that was news."""
        if self.leaving.done():
            return False
        self.draining = True
        self.leaving.set_result(reason)
        return True

    async def drained(self, limit_s: float) -> None:
        """Take no new calls, and wait for those that it has."""
        self.draining = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                await self._idle.wait()

    def hurry(self) -> None:
        """Wait no longer for calls to end: its pool is being stopped."""
        self.draining = True
        self._idle.set()

    def crash_facts(self, ended: object) -> CrashFacts:
        """Read how it ended from its `Ending`, or from the error that a call got."""
        found = getattr(ended, "exit", None) or getattr(ended, "ended", None)
        kills, before = oom_kills(), self._kills_before
        return CrashFacts(
            code=getattr(found, "code", None),
            signal=getattr(found, "signal", None),
            reason=str(getattr(ended, "last_words", "")).strip().rpartition("\n")[2],
            out_of_memory=None if kills is None or before is None else kills > before,
        )

    def _on_dead(self) -> None:
        self.ending = "heartbeat"
        self.worker.kill()

    def status(self) -> MemberStatus:
        """Say how it is."""
        return MemberStatus(
            self.id,
            self.worker.pid,
            self.load,
            self.capacity,
            self.requests,
            self.age_s,
            self.memory,
            self.draining,
            self.monitor.stats(),
        )


def _activity_of(worker: PooledWorker) -> Callable[[], Activity] | None:
    return None if worker.pid is None else ProcessActivity(worker.pid)
