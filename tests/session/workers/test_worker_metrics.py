"""What is counted, as Prometheus reads it."""

import subprocess
import sys

from prometheus_client.parser import text_string_to_metric_families

from session.workers.metrics import WorkerMetrics
from session.workers.telemetry import Telemetry


def counted(metrics: WorkerMetrics) -> dict[tuple[str, ...], float]:
    """Every sample that is not nothing: its name and the values of its labels."""
    families = text_string_to_metric_families(metrics.text().decode())
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
        if sample.value and not sample.name.endswith(("_created", "_bucket"))
    }


def test_events_become_figures() -> None:
    bus = Telemetry()
    metrics = WorkerMetrics(bus)
    bus.emit("worker.spawned", worker_id="w1", duration_s=0.25, warm=True)
    bus.emit("worker.spawned", worker_id="w2", duration_s=0.5, warm=False)
    bus.emit("worker.spawn_failed", worker_id="w3", reason="no interpreter")
    bus.emit("call.finished", worker_id="w1", duration_s=2.0)
    bus.emit("call.failed", worker_id="w1", duration_s=1.0, kind="timeout")
    bus.emit("call.retried", worker_id="w1", attempt=1, delay_s=0.1)
    for _ in range(3):
        bus.emit("heartbeat.ping_sent", worker_id="w1")
    bus.emit("heartbeat.pong_received", worker_id="w1", latency_s=0.001)
    bus.emit("heartbeat.missed", worker_id="w1", missed=1)
    bus.emit("worker.recycled", worker_id="w1", reason="ttl")
    bus.emit("worker.crashed", worker_id="w1", kind="segfault")
    bus.emit("worker.crashed", worker_id="w1", kind="something new")
    bus.emit("limit.reached", limit="memory", worker_id="w1")
    bus.emit("pool.status", workers=3, busy=2, queued=5, spares=1)
    bus.emit("pool.queue.dequeued", queued=4, waited_s=0.1)
    bus.emit("session.created", session_id="s1")  # nobody counts it
    bus.drain()
    prefix = "playhead_worker_"
    assert counted(metrics) == {
        (prefix + "starts_total", "started"): 2,
        (prefix + "starts_total", "failed"): 1,
        (prefix + "spawn_seconds_count", "yes"): 1,
        (prefix + "spawn_seconds_sum", "yes"): 0.25,
        (prefix + "spawn_seconds_count", "no"): 1,
        (prefix + "spawn_seconds_sum", "no"): 0.5,
        (prefix + "calls_total", "finished"): 1,
        (prefix + "calls_total", "failed"): 1,
        (prefix + "call_seconds_count",): 2,
        (prefix + "call_seconds_sum",): 3,
        (prefix + "retries_total",): 1,
        (prefix + "heartbeats_total", "sent"): 3,
        (prefix + "heartbeats_total", "answered"): 1,
        (prefix + "heartbeats_total", "missed"): 1,
        (prefix + "heartbeat_seconds_count",): 1,
        (prefix + "heartbeat_seconds_sum",): 0.001,
        (prefix + "recycles_total", "ttl"): 1,
        (prefix + "crashes_total", "segfault"): 1,
        (prefix + "crashes_total", "other"): 1,
        (prefix + "limits_reached_total", "memory"): 1,
        (prefix + "queue_depth",): 4,
        ("playhead_workers", "all"): 3,
        ("playhead_workers", "busy"): 2,
        ("playhead_workers", "spares"): 1,
    }


def test_what_was_lost_is_told() -> None:
    bus = Telemetry(capacity=1)
    metrics = WorkerMetrics(bus)
    bus.emit("worker.spawn_started", worker_id="w1")
    bus.emit("worker.spawn_started", worker_id="w2")
    bus.accept("made.up", {})
    bus.accept("made.up", {})
    assert counted(metrics) == {
        ("playhead_worker_events_lost_total", "dropped"): 1,
        ("playhead_worker_events_lost_total", "refused"): 2,
    }


def test_two_registries_know_nothing_of_each_other_and_one_can_be_closed() -> None:
    bus = Telemetry()
    first, second = WorkerMetrics(bus), WorkerMetrics(Telemetry())
    bus.emit("call.retried")
    bus.drain()
    first.close()
    bus.emit("call.retried")
    bus.drain()
    assert counted(first) == {("playhead_worker_retries_total",): 1}
    assert counted(second) == {}


def test_what_plays_does_not_import_it() -> None:
    code = (
        "import sys\n"
        "import session.compose, studio.cli.play, session.workers.telemetry, "
        "session.workers.sessions, session.workers.heartbeat, session.workers.configuration\n"
        "print([name for name in ('prometheus_client', 'pydantic') if name in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
