"""Sessions over gRPC: made, looked at, kept alive and forgotten, in the store of the server."""

import secrets
import time
from collections.abc import Callable, Mapping
from typing import Final

from session.api.grpc.playhead_pb2 import CreateSessionRequest, Session, SessionList
from session.workers.session_errors import WorkerSessionInvalid, WorkerSessionNotFound
from session.workers.session_state import WorkerSession
from session.workers.sessions import SessionStore

_MOST_ENTRIES: Final = 32
_MOST_BYTES: Final = 4096
#: What `WorkerSessionInvalid` calls it.
_METADATA: Final = "invalid_metadata"


class SessionDesk:
    """Serves one store, whose clock is `clock`."""

    def __init__(self, store: SessionStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock

    def create(self, request: CreateSessionRequest) -> Session:
        """Make a session, or return the one that is there."""
        metadata = dict(request.metadata)
        _check(metadata)
        session_id = request.session_id or f"session-{secrets.token_hex(8)}"
        ttl_s = request.ttl_s or None
        return self._shown(self._store.create(session_id, metadata=metadata, ttl_s=ttl_s))

    def get(self, session_id: str) -> Session:
        """Return a session, and note that it was used."""
        return self._shown(self._store.get(session_id))

    def list(self) -> SessionList:
        """Return all; none counts as used."""
        return SessionList(sessions=[self._shown(one) for one in self._store.list()])

    def delete(self, session_id: str) -> bool:
        """Forget a session; whether there was one."""
        return self._store.delete(session_id)

    def touch(self, session_id: str) -> bool:
        """Keep a session alive; whether it is."""
        try:
            self._store.get(session_id)
        except WorkerSessionNotFound:
            return False
        return True

    def use(self, session_id: str, worker_id: str) -> None:
        """Note that a call belongs to a session, which is made where there is none."""
        self._store.store_worker_session(session_id, worker_id)

    def _shown(self, session: WorkerSession) -> Session:
        now = self._clock()
        return Session(
            session_id=session.id,
            metadata={key: str(value) for key, value in session.metadata.items()},
            ttl_s=session.ttl_s,
            age_s=max(now - session.created_at, 0.0),
            idle_s=max(now - session.last_accessed, 0.0),
            worker_id=session.last_worker_id or "",
        )


def _check(metadata: Mapping[str, str]) -> None:
    size = sum(len(key.encode()) + len(value.encode()) for key, value in metadata.items())
    if len(metadata) > _MOST_ENTRIES or size > _MOST_BYTES:
        reason = f"its metadata has over {_MOST_ENTRIES} entries or {_MOST_BYTES} bytes"
        raise WorkerSessionInvalid(_METADATA, reason)
