"""Which worker serves a call of a session that another one has served before. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from session.errors import SessionError


class Affinity(StrEnum):
    """How much a session clings to its worker.

    `hint` takes another one where it is busy or gone; `strict_queue` waits for it;
    `strict_fail_fast` fails where it is busy. Both strict ones fail where it is gone.
    """

    HINT = "hint"
    STRICT_QUEUE = "strict_queue"
    STRICT_FAIL_FAST = "strict_fail_fast"


class WorkerState(StrEnum):
    """What a pool knows of a worker; one that it does not know is gone."""

    FREE = "free"
    BUSY = "busy"
    TAINTED = "tainted"


class Route(StrEnum):
    """Where a call goes: to the session's own worker, to wait for it, or to any."""

    OWN = "own"
    QUEUE = "queue"
    ANY = "any"


class WorkerBusy(SessionError):
    """The session's worker serves another call, and none is waited for."""

    code = "worker-busy"

    def __init__(self, worker_id: str) -> None:
        super().__init__(
            f"Worker {worker_id}, which holds the session, is busy.",
            "Try again when its call is over, or let calls wait for it (`strict_queue`).",
        )
        self.worker_id = worker_id


class SessionWorkerUnavailable(SessionError):
    """The session's worker is gone, or marked after a crash."""

    code = "session-worker-unavailable"

    def __init__(self, worker_id: str) -> None:
        super().__init__(
            f"Worker {worker_id}, which held the session, is gone.",
            "What it kept in memory is lost; begin a new session, or allow others (`hint`).",
        )
        self.worker_id = worker_id


def route(affinity: Affinity, worker_id: str | None, workers: Mapping[str, WorkerState]) -> Route:
    """Decide where a call goes whose session `worker_id` served last, None for nobody.

    Raises WorkerBusy and SessionWorkerUnavailable, in the strict kinds only.
    """
    if worker_id is None:
        return Route.ANY
    state = workers.get(worker_id)
    if state is WorkerState.FREE:
        return Route.OWN
    if affinity is Affinity.HINT:
        return Route.ANY
    if state is not WorkerState.BUSY:
        raise SessionWorkerUnavailable(worker_id)
    if affinity is Affinity.STRICT_QUEUE:
        return Route.QUEUE
    raise WorkerBusy(worker_id)
