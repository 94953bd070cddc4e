"""Who serves a call: a worker with a free place, the session's own, or a place in the line.

It owns no process; it is told who is there, and gives places out and takes them back.
"""

import asyncio
import time
from collections.abc import Callable

from session.errors import SessionError
from session.workers.affinity import (
    Affinity,
    Route,
    SessionWorkerUnavailable,
    WorkerState,
    route,
)
from session.workers.crash_barrier import TaintRegistry
from session.workers.pool_errors import PoolSaturated, QueueTimedOut
from session.workers.pool_member import Member
from session.workers.session_errors import WorkerSessionNotFound
from session.workers.sessions import SessionStore
from session.workers.telemetry import Emit, emit_nothing
from session.workers.waiting_line import Ticket, WaitingLine


class Seating:
    """Gives places out, the longest waiting first. All calls on the event loop's thread.

    `closed` makes the error that everybody gets who asks for a place, while it is set.
    """

    def __init__(
        self,
        sessions: SessionStore,
        taints: TaintRegistry,
        queue_limit: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        emit: Emit = emit_nothing,
    ) -> None:
        self.members: dict[str, Member] = {}
        self.closed: Callable[[], SessionError] | None = None
        self._sessions, self._taints = sessions, taints
        self._limit, self._clock, self._emit = queue_limit, clock, emit
        self._line = WaitingLine[Member](queue_limit)

    @property
    def waiting(self) -> int:
        """How many calls wait."""
        return len(self._line)

    def join(self, member: Member) -> None:
        """Let a worker serve from now on."""
        self.members[member.id] = member
        self.closed = None
        self._serve(member)

    def part(self, member: Member) -> None:
        """Let a worker serve no more; who waits for just this one is answered."""
        if self.members.pop(member.id, None) is not None:
            self._line.fail(lambda: SessionWorkerUnavailable(member.id), member.id)

    def close(self, error: Callable[[], SessionError]) -> None:
        """Answer everybody who waits, and who asks from now on, until a worker joins."""
        self.closed = error
        self._line.fail(error)

    async def take(self, session_id: str | None, affinity: Affinity, limit_s: float) -> Member:
        """Return a worker with a place taken in it, which has to be given back with `leave`.

        Raises PoolSaturated, QueueTimedOut, what `route` raises, and what the store of sessions
        does.
        """
        if self.closed is not None:
            raise self.closed()
        own = self._own(session_id)
        where = route(affinity, own, self._states(own))
        member = self._pick(own if where is Route.OWN else None, anybody=where is Route.ANY)
        if member is None:
            member = await self._wait(own if where is Route.QUEUE else None, limit_s)
        try:
            self._bind(session_id, own, member)
        except BaseException:
            self.leave(member)
            raise
        return member

    def leave(self, member: Member) -> None:
        """Give a place back."""
        member.leave_seat()
        self._serve(member)

    def _serve(self, member: Member) -> None:
        while member.has_room and (ticket := self._line.next_for(member.id)) is not None:
            if not ticket.place.done():
                member.take_seat()
                ticket.place.set_result(member)

    def _own(self, session_id: str | None) -> str | None:
        if session_id is None:
            return None
        try:
            return self._sessions.get(session_id).last_worker_id
        except WorkerSessionNotFound:
            return None

    def _states(self, own: str | None) -> dict[str, WorkerState]:
        member = self.members.get(own) if own else None
        if own is None:
            return {}
        if self._taints.is_tainted(own):
            return {own: WorkerState.TAINTED}
        if member is None or not member.is_fit:
            return {}
        return {own: WorkerState.FREE if member.has_room else WorkerState.BUSY}

    def _pick(self, own: str | None, *, anybody: bool) -> Member | None:
        found = [self.members[own]] if own else list(self.members.values()) if anybody else []
        free = [member for member in found if member.has_room]
        if not free:
            return None
        chosen = min(free, key=lambda one: (one.load / one.capacity, one.requests))
        chosen.take_seat()
        return chosen

    async def _wait(self, wanted: str | None, limit_s: float) -> Member:
        try:
            ticket = self._line.enter(wanted)
        except PoolSaturated:
            self._emit("pool.saturated", queued=self.waiting, limit=self._limit)
            raise
        began = self._clock()
        self._emit("pool.queue.enqueued", queued=self.waiting)
        try:
            await asyncio.wait({ticket.place}, timeout=limit_s)
        except asyncio.CancelledError:
            self._withdraw(ticket)
            raise
        waited = self._clock() - began
        if not ticket.place.done():
            self._line.leave(ticket)
            self._emit("pool.queue.timeout", queued=self.waiting, waited_s=waited)
            raise QueueTimedOut(round(limit_s, 3))
        self._emit("pool.queue.dequeued", queued=self.waiting, waited_s=waited)
        return ticket.place.result()

    def _withdraw(self, ticket: Ticket[Member]) -> None:
        """Wait no longer; a place that was given meanwhile goes to the next one."""
        self._line.leave(ticket)
        place = ticket.place
        if place.done() and not place.cancelled() and place.exception() is None:
            self.leave(place.result())

    def _bind(self, session_id: str | None, own: str | None, member: Member) -> None:
        if session_id is None or own == member.id:
            return
        self._sessions.store_worker_session(session_id, member.id)
        if own is not None:
            reason = "busy" if own in self.members else "gone"
            self._emit(
                "session.affinity_broken", session_id=session_id, worker_id=own, reason=reason
            )
