"""The store of worker sessions: in memory, of one loop, with a limit and an end to everything.

A session that lives is never thrown out to make room: a full store refuses. One that has expired
is gone at the next look, whether it was cleaned up by then or not.
"""

import asyncio
import math
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from session.workers.session_errors import (
    WorkerProgramNotFound,
    WorkerSessionInvalid,
    WorkerSessionNotFound,
    WorkerSessionQuota,
    WorkerSessionUpdateFailed,
)
from session.workers.session_state import DEFAULT_TTL_S, WorkerSession, check_changed, check_id
from session.workers.telemetry import Emit, emit_nothing

MAX_SESSIONS: Final = 10_000
#: The share of the most sessions from which on it is said that they pile up.
WARN_AT: Final = 0.8
CLEANUP_S: Final = 60.0

#: Changes a session: takes it and returns it as it should be.
Change = Callable[[WorkerSession], WorkerSession]


class SessionStats(NamedTuple):
    """What a store has done by now. `memory_bytes` is a rough figure of what it holds."""

    current: int
    created: int
    deleted: int
    expired: int
    refused: int
    cleanup_runs: int
    memory_bytes: int


class SessionStore:
    """Keeps worker sessions by id. All of it on one thread; nothing waits, but `keep_clean`."""

    def __init__(
        self,
        *,
        max_sessions: int | None = MAX_SESSIONS,
        warn_at: float = WARN_AT,
        ttl_s: float = DEFAULT_TTL_S,
        clock: Callable[[], float] = time.monotonic,
        emit: Emit = emit_nothing,
    ) -> None:
        """`max_sessions` None is no limit; `ttl_s` is for sessions made without one."""
        self._limit, self._warn_at, self._ttl_s = max_sessions, warn_at, ttl_s
        self._clock, self._emit = clock, emit
        self._sessions: dict[str, WorkerSession] = {}
        #: No session expires before; looked at so that a full store does not walk all of them.
        self._none_before = math.inf
        self._warned = False
        self._created = self._deleted = self._expired = self._refused = self._cleanups = 0

    def create(
        self,
        session_id: str,
        *,
        metadata: Mapping[str, Any] | None = None,
        programs: Mapping[str, Any] | None = None,
        ttl_s: float | None = None,
    ) -> WorkerSession:
        """Make a session and return it; one that is there already is returned as it is, touched.

        Raises WorkerSessionInvalid, and WorkerSessionQuota where there is no room.
        """
        check_id(session_id)
        if self.exists(session_id):
            return self.get(session_id)
        now = self._clock()
        session = WorkerSession(
            session_id,
            created_at=now,
            last_accessed=now,
            ttl_s=self._ttl_s if ttl_s is None else ttl_s,
            metadata=metadata or {},
            programs=programs or {},
        )
        return self._add(session.checked())

    def get(self, session_id: str) -> WorkerSession:
        """Return a session, used now; raise WorkerSessionNotFound."""
        session = self._living(session_id).touched(self._clock())
        self._sessions[session_id] = session
        return session

    def update(self, session_id: str, change: Change) -> WorkerSession:
        """Change a session, note that it was used, and return it.

        Whatever `change` raises comes as WorkerSessionUpdateFailed, and a result that cannot be
        kept as WorkerSessionInvalid; in both cases the session is as before.
        """
        before = self._living(session_id)
        try:
            after = change(before)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            raise WorkerSessionUpdateFailed(session_id, reason) from error
        after = check_changed(before, after)
        if self._sessions.get(session_id) is not before:  # `change` used the store itself
            reason = "it was changed from elsewhere meanwhile"
            raise WorkerSessionUpdateFailed(session_id, reason)
        return self._keep(after.checked().touched(self._clock()))

    def store_worker_session(self, session_id: str, worker_id: str) -> WorkerSession:
        """Note which worker serves a session, which is made where there is none."""
        made = not self.exists(session_id)
        if made:
            self.create(session_id)

        def change(session: WorkerSession) -> WorkerSession:
            return replace(session, last_worker_id=worker_id)

        try:
            return self.update(session_id, change)
        except WorkerSessionInvalid:
            if made:
                self.delete(session_id)
            raise

    def put_program(self, session_id: str, name: str, value: object) -> None:
        """Put a named value into a session, or put it anew."""
        self.update(session_id, lambda session: session.with_program(name, value))

    def get_program(self, session_id: str, name: str) -> Any:  # noqa: ANN401 - whatever was put
        """Return a named value of a session; raise WorkerProgramNotFound."""
        programs = self.get(session_id).programs
        if name not in programs:
            raise WorkerProgramNotFound(session_id, name)
        return programs[name]

    def delete_program(self, session_id: str, name: str) -> None:
        """Take a named value out of a session; there need be none."""
        self.update(session_id, lambda session: session.without_program(name))

    def delete(self, session_id: str) -> bool:
        """Forget a session; whether there was one. Doing it twice is no fault."""
        session = self._sessions.pop(session_id, None)
        if session is None:
            return False
        self._deleted += 1
        self._note_room()
        self._emit("session.destroyed", session_id=session_id, reason="deleted")
        return True

    def exists(self, session_id: str) -> bool:
        """Whether there is such a session; it does not count as used."""
        session = self._sessions.get(session_id)
        return session is not None and not session.has_expired(self._clock())

    def list(self) -> tuple[WorkerSession, ...]:
        """Return every session that lives, the oldest first; none counts as used."""
        now = self._clock()
        return tuple(one for one in self._sessions.values() if not one.has_expired(now))

    def cleanup_expired(self) -> int:
        """Forget what has expired and return how many that were."""
        now = self._clock()
        gone = [one.id for one in self._sessions.values() if one.has_expired(now)]
        for session_id in gone:
            del self._sessions[session_id]
        self._none_before = min((s.expires_at for s in self._sessions.values()), default=math.inf)
        self._cleanups += 1
        self._note_expired(len(gone))
        return len(gone)

    async def keep_clean(self, every_s: float = CLEANUP_S) -> None:
        """Clean up again and again, until cancelled."""
        while True:
            await asyncio.sleep(every_s)
            self.cleanup_expired()

    def stats(self) -> SessionStats:
        """Count. It walks everything that is held, so it is for a page and not for a call."""
        living = self.list()
        return SessionStats(
            len(living),
            self._created,
            self._deleted,
            self._expired,
            self._refused,
            self._cleanups,
            sum(_size(session) for session in living),
        )

    def _living(self, session_id: str) -> WorkerSession:
        session = self._sessions.get(session_id)
        if session is None:
            raise WorkerSessionNotFound(session_id)
        if session.has_expired(self._clock()):
            del self._sessions[session_id]
            self._note_expired(1)
            raise WorkerSessionNotFound(session_id)
        return session

    def _add(self, session: WorkerSession) -> WorkerSession:
        if session.id in self._sessions:  # the one that has expired under this id
            del self._sessions[session.id]
            self._note_expired(1)
        if self._is_full():
            self._refused += 1
            raise WorkerSessionQuota(self._limit or 0)
        self._created += 1
        self._emit("session.created", session_id=session.id, ttl_s=session.ttl_s)
        kept = self._keep(session)
        self._warn()
        return kept

    def _is_full(self) -> bool:
        if self._limit is None or len(self._sessions) < self._limit:
            return False
        if self._none_before < self._clock():
            self.cleanup_expired()
        return len(self._sessions) >= self._limit

    def _keep(self, session: WorkerSession) -> WorkerSession:
        self._sessions[session.id] = session
        self._none_before = min(self._none_before, session.expires_at)
        return session

    def _warn(self) -> None:
        """Say once that sessions pile up; again only after there was room in between."""
        if self._limit is None or self._warned or len(self._sessions) < self._mark():
            return
        self._warned = True
        current = len(self._sessions)
        self._emit("session.accumulation_warning", current=current, limit=self._limit)

    def _note_room(self) -> None:
        self._warned = self._warned and len(self._sessions) >= self._mark()

    def _mark(self) -> float:
        return self._warn_at * (self._limit or math.inf)

    def _note_expired(self, count: int) -> None:
        self._expired += count
        self._note_room()
        if count:
            self._emit("session.pruned", count=count, remaining=len(self._sessions))


def _size(session: WorkerSession) -> int:
    """A rough figure: the tables, and each value without what it holds in turn."""
    tables = (session.metadata, session.programs)
    parts = [part for table in tables for item in table.items() for part in item]
    return sys.getsizeof(session) + sum(sys.getsizeof(part) for part in (session.id, *parts))
