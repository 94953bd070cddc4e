"""The bus: bounded, from any thread, off the hot path, and deaf to what is on no list."""

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from session.workers.event_names import EVENTS, GUEST_EVENTS
from session.workers.telemetry import Event, Telemetry, UnknownEvent
from tests.support.virtual_time import HandClock


def gathering(bus: Telemetry, **patterns: Sequence[str]) -> list[Event]:
    """The events that a subscriber gets, as they come."""
    events: list[Event] = []
    bus.subscribe(events.append, **patterns)
    return events


async def test_what_is_announced_comes_later_on_the_loop_and_in_order() -> None:
    bus = Telemetry(asyncio.get_running_loop(), clock=HandClock(5))
    events = gathering(bus)
    bus.emit("worker.ready", worker_id="w1", duration_s=1)
    bus.emit("worker.terminated", worker_id="w1", planned=True)
    assert events == []
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert events == [
        Event("worker.ready", 5, {"worker_id": "w1", "duration_s": 1}),
        Event("worker.terminated", 5, {"worker_id": "w1", "planned": True}),
    ]


async def test_what_happens_before_the_first_subscriber_waits_for_it() -> None:
    bus = Telemetry(asyncio.get_running_loop())
    bus.emit("worker.spawn_started", worker_id="w1")
    await asyncio.sleep(0)
    events = gathering(bus)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert [event.name for event in events] == ["worker.spawn_started"]
    assert bus.stats().waiting == 0


def test_a_full_bus_drops_what_is_new_and_counts_it() -> None:
    bus = Telemetry(capacity=3)
    for number in range(10):
        bus.emit("pool.queue.enqueued", queued=number)
    events = gathering(bus)
    assert bus.drain() == 3
    assert [event.fields["queued"] for event in events] == [0, 1, 2]
    bus.emit("pool.queue.enqueued", queued=10)
    assert bus.drain() == 1
    assert bus.stats()[:3] == (4, 4, 7)


async def test_threads_lose_nothing() -> None:
    bus = Telemetry(asyncio.get_running_loop(), capacity=10_000)
    events = gathering(bus)

    def announce() -> None:
        for number in range(500):
            bus.emit("pool.queue.enqueued", queued=number)

    threads = [threading.Thread(target=announce) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        await asyncio.to_thread(thread.join)
    async with asyncio.timeout(20):
        while len(events) < 4000:
            await asyncio.sleep(0.01)
    assert bus.stats()[:3] == (4000, 4000, 0)


def test_a_closed_loop_is_no_fault_of_who_announces() -> None:
    loop = asyncio.new_event_loop()
    bus = Telemetry(loop)
    events = gathering(bus)
    loop.close()
    bus.emit("worker.spawn_started", worker_id="w1")
    bus.emit("worker.spawn_started", worker_id="w2")
    assert bus.drain() == 2
    assert len(events) == 2


def test_a_subscriber_that_raises_harms_no_other() -> None:
    bus = Telemetry()

    def fail(_: Event) -> None:
        message = "no"
        raise RuntimeError(message)

    bus.subscribe(fail)
    events = gathering(bus)
    bus.emit("worker.spawn_started", worker_id="w1")
    bus.drain()
    assert len(events) == 1
    assert bus.stats().failed == 1


def test_subscribers_choose_and_leave() -> None:
    bus = Telemetry()
    chosen = gathering(bus, allow=("worker.*", "call.*"), deny=("*.failed",))
    events: list[Event] = []
    leave = bus.subscribe(events.append)
    bus.emit("worker.spawned", worker_id="w1")
    bus.emit("call.failed", worker_id="w1")
    bus.emit("pool.saturated", queued=1)
    bus.drain()
    leave()
    leave()
    bus.emit("worker.ready", worker_id="w1")
    bus.drain()
    assert [event.name for event in chosen] == ["worker.spawned", "worker.ready"]
    assert len(events) == 3


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("worker.exploded", {}),
        ("worker.ready", {"colour": "red"}),
        ("worker.ready", {"duration_s": "1"}),
        ("worker.ready", {"duration_s": True}),
        ("worker.spawned", {"pid": 1.5}),
        ("worker.spawned", {"warm": 1}),
    ],
)
def test_a_mistake_of_ours_is_loud(name: str, fields: dict[str, Any]) -> None:
    with pytest.raises(UnknownEvent):
        Telemetry().emit(name, **fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("worker.crashed", {"worker_id": "w1"}),  # ours alone to say
        ("python.anything", {}),
        (7, {}),
        (None, None),
        ("tool.started", []),
        ("tool.started", {7: "a"}),
        ("tool.started", {"tool": 7}),
        ("tool.started", {"tool": {"a": 1}}),
        ("tool.started", {"x" * 10_000: "a"}),
        ("python.memory_sampled", {"rss_bytes": "many"}),
    ],
)
def test_what_a_worker_makes_up_is_counted_and_goes_no_further(
    name: object, fields: object
) -> None:
    bus = Telemetry()
    events = gathering(bus)
    assert bus.accept(name, fields) is False
    assert bus.drain() == 0
    assert events == []
    assert bus.stats().refused == 1


def test_what_a_worker_may_say_is_taken_and_cut() -> None:
    bus = Telemetry()
    events = gathering(bus)
    assert bus.accept("python.error_occurred", {"type": "x" * 10_000}) is True
    assert bus.accept("python.cpu_sampled", {"cpu_percent": 7})
    bus.drain()
    assert events[0].fields == {"type": "x" * 256}


def test_a_worker_that_floods_the_bus_leaves_room_for_what_is_ours() -> None:
    bus = Telemetry(capacity=10)
    for _ in range(100):
        bus.accept("python.gc_completed", {"generation": 0})
    bus.emit("worker.crashed", worker_id="w1", kind="oom")
    events = gathering(bus)
    bus.drain()
    assert [event.name for event in events] == [*["python.gc_completed"] * 5, "worker.crashed"]
    assert bus.stats().dropped == 95


def test_every_event_has_a_name_of_one_form_and_fields_of_a_kind() -> None:
    assert GUEST_EVENTS.items() <= EVENTS.items()
    for name, fields in EVENTS.items():
        assert all(part.isidentifier() for part in name.split("."))
        assert set(fields.values()) <= {str, int, float, bool}
        assert all(kind is float for key, kind in fields.items() if key.endswith("_s"))
        assert all(kind is int for key, kind in fields.items() if key.endswith("_bytes"))
