"""The errors of a pool.

SessionError
└── PoolError            the root of these; never raised itself
    ├── PoolSaturated    as many calls wait as may
    ├── QueueTimedOut    a call waited for a worker for as long as it would
    ├── NoWorkers        there is none, and starting one has failed again and again
    └── PoolStopped      the pool was stopped
"""

from session.errors import SessionError


class PoolError(SessionError):
    """The root of what goes wrong with a pool, and not with a worker."""

    code = "session"


class PoolSaturated(PoolError):
    """As many calls wait as may; this one was not even begun."""

    code = "pool-saturated"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"{limit:,} calls are waiting for a worker, which is as many as may be.",
            "Call again later, or give the pool more workers.",
        )
        self.limit = limit


class QueueTimedOut(PoolError):
    """No worker was free in time; the call was not begun."""

    code = "queue-timeout"

    def __init__(self, waited_s: float) -> None:
        super().__init__(
            f"No worker was free within {waited_s:g} s.",
            "Give the pool more workers, or let calls wait longer.",
        )
        self.waited_s = waited_s


class NoWorkers(PoolError):
    """There is no worker, and none can be started; `reason` is why the last start failed."""

    code = "no-workers"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The pool has no worker, and none could be started. {reason}",
            "Correct that; the pool tries again by itself.",
        )
        self.reason = reason


class PoolStopped(PoolError):
    """The pool was stopped, or never started."""

    code = "pool-stopped"

    def __init__(self) -> None:
        super().__init__("The pool of workers is stopped.", "Start one that runs.")
