"""Every number and name that workers go by, with its unit and its default: the one place for them.

They are overridden by the `worker` table of the settings file, and by `[tool.playhead.worker]` of
a project; `session.workers.configuration` reads both. DEC-0014 says why some defaults differ from
those of the plan that Playhead was made after.
"""

from dataclasses import dataclass, field, replace
from typing import Final, Literal, Self

from session.settings import UNATTENDED_GRACE_S
from session.workers.recycling import RecyclingPolicy

#: The key of the table in the settings file, and under `[tool.playhead]`.
TABLE: Final = "worker"
LOOPBACK: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class HeartbeatSettings:
    """How a worker is asked whether it is there. Milliseconds.

    `enabled`: it is asked at all. `ping_interval_ms`: from an answer, or a miss, to the next
    question. `timeout_ms`: how long an answer may take. `max_missed_heartbeats`: this many
    misses in a row are a failure; errors are misses. `initial_delay_ms`: before the first.
    `dependent`: a failure ends the worker; else it is told and nothing more. None: where nobody
    is there to be told.
    """

    enabled: bool = True
    ping_interval_ms: int = 2_000
    timeout_ms: int = 10_000
    max_missed_heartbeats: int = 3
    initial_delay_ms: int = 0
    dependent: bool | None = None

    def resolved(self, *, unattended: bool) -> Self:
        """Return it with `dependent` decided, where nothing is said about it."""
        return self if self.dependent is not None else replace(self, dependent=unattended)


@dataclass(frozen=True, slots=True)
class GrpcListener:
    """Where gRPC is served, if it is.

    `internal`: on the loopback, at a port that the system chooses. `external`: at the `host` and
    `port` given, both of which have to be.
    """

    mode: Literal["internal", "external"] = "internal"
    host: str = LOOPBACK
    port: int = 0


@dataclass(frozen=True, slots=True)
class RecyclingSettings:
    """When a worker is replaced by a fresh one; None is never.

    `ttl_ms`: after this time. `max_requests`: after so many calls. `memory_mb`: when its process,
    with all that it started, uses so many megabytes. `check_interval_ms`: how often is looked.
    """

    ttl_ms: int | None = None
    max_requests: int | None = None
    memory_mb: int | None = None
    check_interval_ms: int = 60_000

    def policy(self) -> RecyclingPolicy:
        """Return the same in seconds and bytes."""
        return RecyclingPolicy(
            ttl_s=None if self.ttl_ms is None else self.ttl_ms / 1000,
            max_requests=self.max_requests,
            memory=None if self.memory_mb is None else self.memory_mb * 1_000_000,
            check_s=self.check_interval_ms / 1000,
        )


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """Everything that can be set about workers.

    `python_executable`: the interpreter; None is the one of the project's environment.
    `graceful_shutdown_timeout_ms`: from asking an unattended worker to end to killing it.
    `adapter`: the name of what starts workers; `adapter_args` are given to it.
    `worker_registry`: `file` remembers which processes were started, so that a later start finds
    what was left; `none` does not.
    """

    python_executable: str | None = None
    graceful_shutdown_timeout_ms: int = round(UNATTENDED_GRACE_S * 1000)
    grpc_listener: GrpcListener = field(default_factory=GrpcListener)
    heartbeat: HeartbeatSettings = field(default_factory=HeartbeatSettings)
    recycling: RecyclingSettings = field(default_factory=RecyclingSettings)
    adapter: str = "python"
    adapter_args: tuple[str, ...] = ()
    worker_registry: Literal["file", "none"] = "file"


#: What a project of somebody else's may say about workers; the rest is its player's to decide.
FOREIGN_KEYS: Final = frozenset({"graceful_shutdown_timeout_ms", "heartbeat", "recycling"})
