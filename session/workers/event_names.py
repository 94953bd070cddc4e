"""Every event that workers may announce, and the fields that each may have. Plain data.

The list is closed: a name or a field that is not here is refused, so that a hostile worker
cannot make up new ones, and so that whoever counts them knows all of them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

#: What a field may hold. Seconds and bytes are `float` and `int`; their names end in the unit.
Value = str | int | float | bool | None
Fields = Mapping[str, type]

_WORKER: Final[Fields] = {"worker_id": str}
_CALL: Final[Fields] = {
    **_WORKER,
    "call_id": str,
    "command": str,
    "session_id": str,
    "correlation_id": str,
}
_CIRCUIT: Final[Fields] = {"circuit": str}

_HOST: Final[Mapping[str, Fields]] = {
    # A worker, from the wish to its end.
    "worker.spawn_started": {**_WORKER, "warm": bool},
    "worker.spawned": {**_WORKER, "duration_s": float, "pid": int, "warm": bool},
    "worker.spawn_failed": {**_WORKER, "reason": str, "duration_s": float},
    "worker.ready": {**_WORKER, "duration_s": float},
    "worker.terminated": {
        **_WORKER,
        "lifetime_s": float,
        "calls": int,
        "reason": str,
        "planned": bool,
    },
    "worker.restarted": {**_WORKER, "reason": str, "attempt": int},
    "worker.recycled": {
        **_WORKER,
        "reason": str,
        "uptime_s": float,
        "requests": int,
        "memory_bytes": int,
        "memory_limit_bytes": int,
    },
    "worker.health_check_failed": {**_WORKER, "reason": str},
    "worker.crashed": {**_WORKER, "kind": str, "exit_code": int, "signal": int},
    "worker.tainted": {**_WORKER, "kind": str, "duration_s": float},
    # A pool and its queue.
    "pool.status": {"workers": int, "busy": int, "queued": int, "spares": int},
    "pool.saturated": {"queued": int, "limit": int},
    "pool.queue.enqueued": {"queued": int},
    "pool.queue.dequeued": {"queued": int, "waited_s": float},
    "pool.queue.timeout": {"queued": int, "waited_s": float},
    # Calls and streams.
    "call.started": _CALL,
    "call.finished": {**_CALL, "duration_s": float},
    "call.failed": {**_CALL, "duration_s": float, "kind": str},
    "call.retried": {**_CALL, "attempt": int, "delay_s": float, "kind": str},
    "stream.opened": _CALL,
    "stream.closed": {**_CALL, "duration_s": float, "chunks": int, "reason": str},
    # Heartbeats.
    "heartbeat.started": _WORKER,
    "heartbeat.stopped": _WORKER,
    "heartbeat.ping_sent": _WORKER,
    "heartbeat.pong_received": {**_WORKER, "latency_s": float},
    "heartbeat.missed": {**_WORKER, "missed": int, "reason": str},
    "heartbeat.busy": {**_WORKER, "cpu_share": float},
    "heartbeat.recovered": _WORKER,
    "heartbeat.failed": {**_WORKER, "missed": int, "dependent": bool},
    # Sessions and tools.
    "session.created": {"session_id": str, "ttl_s": float},
    "session.destroyed": {"session_id": str, "reason": str},
    "session.pruned": {"count": int, "remaining": int},
    "session.accumulation_warning": {"current": int, "limit": int},
    "session.affinity_broken": {"session_id": str, "worker_id": str, "reason": str},
    "tool.registered": {"session_id": str, "tool": str, "kind": str},
    # Limits and circuits.
    "limit.reached": {"limit": str, "worker_id": str},
    "circuit.opened": {**_CIRCUIT, "failures": int},
    "circuit.half_opened": _CIRCUIT,
    "circuit.closed": _CIRCUIT,
    # What is left of earlier runs.
    "cleanup.started": {"processes": int},
    "cleanup.finished": {"processes": int, "duration_s": float},
    "cleanup.timed_out": {"processes": int},
}

#: What may come from inside a worker, which is not believed in anything else.
_GUEST: Final[Mapping[str, Fields]] = {
    "python.memory_sampled": {"rss_bytes": int, "vms_bytes": int},
    "python.cpu_sampled": {"cpu_percent": float},
    "python.gc_completed": {"collected": int, "generation": int},
    "python.error_occurred": {"type": str},
    "tool.started": {"tool": str, "correlation_id": str},
    "tool.finished": {"tool": str, "correlation_id": str, "duration_s": float},
    "tool.failed": {"tool": str, "correlation_id": str, "duration_s": float, "type": str},
    "tool.result_sized": {"tool": str, "size_bytes": int},
}

GUEST_EVENTS: Final[Mapping[str, Fields]] = MappingProxyType(dict(_GUEST))
EVENTS: Final[Mapping[str, Fields]] = MappingProxyType({**_HOST, **_GUEST})
