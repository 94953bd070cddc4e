"""What workers do, as metrics for Prometheus, counted from the events of a `Telemetry`.

Importing this brings `prometheus_client`, so only what serves metrics does. Labels are few and
closed on purpose: no worker, session, call or tool ever becomes one.
"""

from collections.abc import Callable, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from session.workers.event_names import Value
from session.workers.telemetry import Event, Telemetry

#: What `WorkerMetrics.text` is, for the header of an answer.
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS: Final = (0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0, 300.0)
#: The values that a label may have; anything else is counted as `other`.
_KNOWN: Final[Mapping[str, frozenset[str]]] = {
    "result": frozenset({"started", "failed"}),
    "recycle": frozenset({"ttl", "requests", "memory", "manual", "worker_died"}),
    "crash": frozenset({"segfault", "oom", "abort", "gpu", "unknown"}),
    "limit": frozenset({"wall", "cpu", "memory", "output", "processes", "disk", "queue"}),
}

Fields = Mapping[str, Value]


class WorkerMetrics:
    """Counts the events of one bus, in a registry of its own."""

    def __init__(self, telemetry: Telemetry) -> None:
        self.registry = CollectorRegistry()
        self._make()
        self._take: dict[str, Callable[[Fields], None]] = {
            "worker.spawned": self._spawned,
            "worker.spawn_failed": lambda _: self._starts.labels("failed").inc(),
            "worker.recycled": lambda f: self._recycles.labels(_label("recycle", f)).inc(),
            "worker.crashed": lambda f: self._crashes.labels(_label("crash", f, "kind")).inc(),
            "call.finished": lambda f: self._called("finished", f),
            "call.failed": lambda f: self._called("failed", f),
            "call.retried": lambda _: self._retries.inc(),
            "heartbeat.ping_sent": lambda _: self._heartbeats.labels("sent").inc(),
            "heartbeat.pong_received": self._ponged,
            "heartbeat.missed": lambda _: self._heartbeats.labels("missed").inc(),
            "limit.reached": lambda f: self._limits.labels(_label("limit", f, "limit")).inc(),
            "pool.status": self._pooled,
            "pool.queue.enqueued": lambda f: self._queue.set(_number(f, "queued")),
            "pool.queue.dequeued": lambda f: self._queue.set(_number(f, "queued")),
            "pool.queue.timeout": lambda f: self._queue.set(_number(f, "queued")),
        }
        self.registry.register(_Drops(telemetry))
        self.close = telemetry.subscribe(self.take)

    def take(self, event: Event) -> None:
        """Count one event; those that nobody counts are passed over."""
        count = self._take.get(event.name)
        if count is not None:
            count(event.fields)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format, as `CONTENT_TYPE` says."""
        return generate_latest(self.registry)

    def _make(self) -> None:
        own = self.registry
        self._starts = Counter(
            "playhead_worker_starts", "Workers started.", ["result"], registry=own
        )
        self._spawn_time = Histogram(
            "playhead_worker_spawn_seconds",
            "From the wish to the handshake.",
            ["warm"],
            buckets=_SECONDS,
            registry=own,
        )
        self._calls = Counter("playhead_worker_calls", "Calls ended.", ["result"], registry=own)
        self._latency = Histogram(
            "playhead_worker_call_seconds", "How long calls took.", buckets=_SECONDS, registry=own
        )
        self._retries = Counter("playhead_worker_retries", "Calls tried again.", registry=own)
        self._heartbeats = Counter(
            "playhead_worker_heartbeats", "Heartbeats.", ["result"], registry=own
        )
        self._pong_time = Histogram(
            "playhead_worker_heartbeat_seconds",
            "From ping to pong.",
            buckets=_SECONDS,
            registry=own,
        )
        self._recycles = Counter(
            "playhead_worker_recycles", "Workers replaced.", ["reason"], registry=own
        )
        self._crashes = Counter("playhead_worker_crashes", "Workers lost.", ["kind"], registry=own)
        self._limits = Counter(
            "playhead_worker_limits_reached", "Limits reached.", ["limit"], registry=own
        )
        self._queue = Gauge("playhead_worker_queue_depth", "Calls that wait.", registry=own)
        self._workers = Gauge("playhead_workers", "Workers that are up.", ["state"], registry=own)

    def _spawned(self, fields: Fields) -> None:
        self._starts.labels("started").inc()
        warm = "yes" if fields.get("warm") else "no"
        self._spawn_time.labels(warm).observe(_number(fields, "duration_s"))

    def _called(self, result: str, fields: Fields) -> None:
        self._calls.labels(result).inc()
        self._latency.observe(_number(fields, "duration_s"))

    def _ponged(self, fields: Fields) -> None:
        self._heartbeats.labels("answered").inc()
        self._pong_time.observe(_number(fields, "latency_s"))

    def _pooled(self, fields: Fields) -> None:
        self._queue.set(_number(fields, "queued"))
        for state in ("workers", "busy", "spares"):
            self._workers.labels("all" if state == "workers" else state).set(_number(fields, state))


class _Drops(Collector):
    """Asks the bus what it lost, at the moment somebody looks."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry

    def collect(self) -> list[CounterMetricFamily]:
        stats = self._telemetry.stats()
        found = CounterMetricFamily(
            "playhead_worker_events_lost", "Events that reached nobody.", labels=["reason"]
        )
        for reason in ("dropped", "refused", "failed"):
            found.add_metric([reason], getattr(stats, reason))
        return [found]


def _number(fields: Fields, name: str) -> float:
    value = fields.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def _label(known: str, fields: Fields, name: str = "reason") -> str:
    value = fields.get(name)
    return value if isinstance(value, str) and value in _KNOWN[known] else "other"
