"""The workers of a pool: started side by side, watched, replaced, and ended to the last.

Every place has a task that keeps it filled. What leaves a place while it lives is ended by a task
of its own, so that its successor does not wait for it.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from session.errors import SessionError
from session.workers.circuit_breaker import CircuitBreaker
from session.workers.crash_barrier import TaintRegistry, after_crash
from session.workers.pool_errors import NoWorkers
from session.workers.pool_member import Member
from session.workers.pool_port import Hire
from session.workers.pool_settings import PoolSettings
from session.workers.pool_slot import Slot, SlotParts
from session.workers.recycling import RecycleReason
from session.workers.seating import Seating
from session.workers.telemetry import Emit, emit_nothing

#: Looks at a worker that has come up, before it serves; raises SessionError to refuse it.
OnUp = Callable[[Member], None]


class Crew:
    """Keeps `settings.size` workers seated. All of it on the event loop's thread."""

    def __init__(
        self,
        name: str,
        settings: PoolSettings,
        seating: Seating,
        taints: TaintRegistry,
        on_up: OnUp,
        *,
        clock: Callable[[], float] = time.monotonic,
        emit: Emit = emit_nothing,
    ) -> None:
        self.crashes = self.recycled = 0
        self.stopping = False
        self.circuit = CircuitBreaker(
            f"Starting workers of {name}",
            threshold=settings.circuit_failures,
            reset_s=settings.circuit_reset_s,
            emit=emit,
        )
        self._name, self._settings, self._seating = name, settings, seating
        self._taints, self._on_up, self._clock, self._emit = taints, on_up, clock, emit
        self._tasks: set[asyncio.Task[object]] = set()
        self._retiring: dict[asyncio.Task[None], Member] = {}

    async def come_up(self, hire: Hire) -> None:
        """Start all; done when the first start of each is decided.

        Raises what kept the first of them from coming up when none did.
        """
        settings = self._settings
        turns = asyncio.Semaphore(settings.starts_at_once)
        parts = SlotParts(hire, turns, self.circuit, settings.restart, self._emit, self._on_failed)
        slots = [Slot(f"{self._name}-{number}", parts) for number in range(1, settings.size + 1)]
        for slot in slots:
            self.begin(self._keep(slot), slot.name)
        firsts = await asyncio.gather(*(slot.first for slot in slots))
        failures = [error for error in firsts if error is not None]
        if len(failures) == len(firsts):
            raise failures[0]

    def begin(self, work: Coroutine[Any, Any, object], name: str) -> None:
        """Do something for as long as there is a crew."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """End all; done when nothing of them is left."""
        self.stopping = True
        for task in list(self._tasks):
            task.cancel()
        for member in self._retiring.values():
            member.hurry()
        await asyncio.gather(*self._tasks, *self._retiring, return_exceptions=True)
        members = list(self._seating.members.values())
        for member in members:
            self._seating.part(member)
        await asyncio.gather(*(self._end(member, "stopped") for member in members))

    async def _keep(self, slot: Slot) -> None:
        while True:
            worker = await slot.fill()
            heartbeat = self._settings.heartbeat.resolved(unattended=True)
            member = Member(worker, heartbeat, clock=self._clock, emit=self._emit)
            try:
                self._on_up(member)
            except SessionError as error:  # what it declares cannot be kept
                await worker.stop(0)
                slot.note_refused(error)
                continue
            self._join(member)
            slot.note_up()
            over: set[asyncio.Future[Any]] = {member.leaving, worker.ended}
            await asyncio.wait(over, return_when=asyncio.FIRST_COMPLETED)
            self._seating.part(member)
            if worker.ended.done():
                await self._note_death(slot, member)
            else:
                self._retire(slot, member)

    def _join(self, member: Member) -> None:
        member.monitor.start()
        self._emit("worker.ready", worker_id=member.id)
        self._seating.join(member)
        self.tell_status()

    async def _note_death(self, slot: Slot, member: Member) -> None:
        await member.monitor.stop()
        self.crashes += 1
        early = member.requests == 0 and member.age_s < self._settings.settled_s
        attempt = slot.note_end(early=early)
        self._note_crash(member)
        reason = member.ending or RecycleReason.WORKER_DIED.value
        self._tell_end(member, reason, planned=False)
        self._emit("worker.restarted", worker_id=member.id, reason=reason, attempt=attempt)

    def _note_crash(self, member: Member) -> None:
        policy, facts = self._settings.crash, member.crash_facts(member.worker.ended.result())
        decision = after_crash(policy, facts, attempt=0, idempotent=False)
        numbers = {"exit_code": facts.code, "signal": facts.signal}
        known = {name: value for name, value in numbers.items() if value is not None}
        self._emit("worker.crashed", worker_id=member.id, kind=decision.kind.value, **known)
        if decision.taint:
            self._taints.taint(member.id, decision.kind, policy.taint_s, facts)

    def _retire(self, slot: Slot, member: Member) -> None:
        """Let its calls end, then end it; its place is filled at once."""
        reason = member.leaving.result()
        self.recycled += 1
        numbers = {
            "memory_bytes": member.memory,
            "memory_limit_bytes": self._settings.recycling.memory,
        }
        self._emit(
            "worker.recycled",
            worker_id=member.id,
            reason=reason.value,
            uptime_s=member.age_s,
            requests=member.requests,
            **{name: value for name, value in numbers.items() if value is not None},
        )
        slot.note_end(early=False)
        work = self._let_go(member, reason.value)
        task = asyncio.get_running_loop().create_task(work, name=f"end of worker {member.id}")
        self._retiring[task] = member
        task.add_done_callback(self._retiring.pop)

    async def _let_go(self, member: Member, reason: str) -> None:
        await member.drained(self._settings.drain_s)
        await self._end(member, reason)

    async def _end(self, member: Member, reason: str) -> None:
        await member.monitor.stop()
        await member.worker.stop(self._settings.grace_s)
        self._tell_end(member, reason, planned=True)

    def _on_failed(self, error: SessionError) -> None:
        """Nobody waits for workers of which none is there and none can be started."""
        if not self._seating.members and not self.stopping:
            self._seating.close(lambda: NoWorkers(error.message))

    def tell_status(self) -> None:
        """Announce how many there are, and what they do."""
        members = self._seating.members.values()
        busy = sum(member.load > 0 for member in members)
        queued = self._seating.waiting
        self._emit("pool.status", workers=len(members), busy=busy, queued=queued, spares=0)

    def _tell_end(self, member: Member, reason: str, *, planned: bool) -> None:
        self._emit(
            "worker.terminated",
            worker_id=member.id,
            lifetime_s=member.age_s,
            calls=member.requests,
            reason=reason,
            planned=planned,
        )
        self.tell_status()
