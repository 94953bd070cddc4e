"""The numbers that a pool of workers goes by."""

from dataclasses import dataclass, field
from typing import Self

from session.settings import UNATTENDED_GRACE_S
from session.workers.affinity import Affinity
from session.workers.crash_barrier import CrashPolicy
from session.workers.defaults import HeartbeatSettings, WorkerSettings
from session.workers.recycling import RecyclingPolicy
from session.workers.retry import RetryPolicy


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """How a pool is kept. All times in seconds; None is no limit.

    `size`: how many workers there are. `starts_at_once`: how many are started side by side.
    `affinity`: how much a session clings to its worker, where a call does not say.
    `queue_limit`: how many calls may wait for a worker; `queue_timeout_s`: for how long.
    `grace_s`: between asking a worker to end and ending it; `drain_s`: how long one that is
    replaced may still answer the calls that it has. `restart`: what is waited between starts
    that failed; after `circuit_failures` of them in a row nothing is tried for
    `circuit_reset_s`. `settled_s`: a worker that ends sooner, without having answered a call,
    counts as a failed start.
    """

    size: int = 2
    starts_at_once: int = 8
    affinity: Affinity = Affinity.HINT
    queue_limit: int = 1000
    queue_timeout_s: float = 10.0
    call_timeout_s: float | None = 300.0
    stream_timeout_s: float | None = 900.0
    grace_s: float = UNATTENDED_GRACE_S
    drain_s: float = 300.0
    heartbeat: HeartbeatSettings = field(default_factory=HeartbeatSettings)
    recycling: RecyclingPolicy = field(default_factory=RecyclingPolicy)
    crash: CrashPolicy = field(default_factory=lambda: CrashPolicy(enabled=True))
    restart: RetryPolicy = field(default_factory=RetryPolicy)
    circuit_failures: int = 5
    circuit_reset_s: float = 30.0
    settled_s: float = 1.0

    def __post_init__(self) -> None:
        """Refuse numbers that mean nothing: ValueError."""
        if self.size < 1 or self.starts_at_once < 1 or self.queue_limit < 0:
            message = "a pool has a worker at least, and starts one at a time at least"
            raise ValueError(message)

    @classmethod
    def of(cls, workers: WorkerSettings, size: int = 2) -> Self:
        """Return what the settings in force say about a pool of workers."""
        return cls(
            size=size,
            grace_s=workers.graceful_shutdown_timeout_ms / 1000,
            heartbeat=workers.heartbeat,
            recycling=workers.recycling.policy(),
        )
