"""The newest events of a served worker: one sequence, bounded, read from a cursor on."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from session.api.grpc.event_desk import EventDesk
from session.api.grpc.event_ring import EventRing
from session.api.grpc.playhead_pb2 import Event, EventBatch, EventsRequest
from session.log.entry import LogEntry, NewEntry, Severity, Source, StateEntry, Stream
from session.log.store import LogStore


def entry(message: str) -> NewEntry:
    return NewEntry(Source.RUNTIME, Severity.INFO, message)


def test_everything_is_in_one_sequence() -> None:
    ring = EventRing()
    ring.append_state("idle", "connecting", "serve")
    ring.feed(Stream.STDOUT, b"one\ntw")
    ring.append(entry("said"))
    ring.feed(Stream.STDERR, b"ERROR: bad\xff\n")
    ring.feed(Stream.STDOUT, b"o\n")
    ring.feed(Stream.STDOUT, b"last")
    ring.finish()
    rows = ring.read()
    assert [row.seq for row in rows] == list(range(1, 7)) == list(range(1, ring.last_seq + 1))
    assert isinstance(rows[0], StateEntry)
    logged = [row for row in rows if isinstance(row, LogEntry)]
    assert [row.message for row in logged] == ["one", "said", "ERROR: bad\ufffd", "two", "last"]
    assert [row.severity for row in logged][2] is Severity.ERROR
    assert [row.stream for row in logged] == ["stdout", None, "stderr", "stdout", "stdout"]


def test_a_long_line_goes_on_in_the_next_row() -> None:
    ring = EventRing()
    ring.feed(Stream.STDOUT, b"x" * 100_000 + b"\n")
    first, second = ring.read()
    assert isinstance(first, LogEntry)
    assert isinstance(second, LogEntry)
    assert (first.continued, second.continued) == (True, False)
    assert len(first.message) + len(second.message) == 100_000


@given(st.integers(0, 60), st.integers(1, 20), st.integers(0, 80), st.integers(1, 30))
def test_it_keeps_the_newest(count: int, capacity: int, after: int, limit: int) -> None:
    ring = EventRing(capacity)
    for number in range(count):
        ring.append(entry(str(number + 1)))
    kept = range(max(count - capacity, 0) + 1, count + 1)
    wanted = [seq for seq in kept if seq > after][:limit]
    assert [row.seq for row in ring.read(after, limit)] == wanted


def test_it_is_bounded_in_size_as_well() -> None:
    ring = EventRing(largest=10_000)
    for _ in range(100):
        ring.append(entry("x" * 1000))
    assert 1 <= len(ring.read()) <= 10
    ring.append(entry("x" * 20_000))
    assert ring.read() == []
    assert ring.last_seq == 101


def test_listeners_are_told_until_they_leave() -> None:
    ring, told = EventRing(), []
    end = ring.subscribe(lambda: told.append(ring.last_seq))
    ring.append(entry("one"))
    ring.feed(Stream.STDOUT, b"two\nthree\n")
    end()
    end()
    ring.append(entry("four"))
    assert told == [1, 3]


class Reader:
    """Takes what a desk writes."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def write(self, batch: EventBatch) -> None:
        assert batch.log_id == "mine"
        self.events.extend(batch.events)


async def test_what_is_forgotten_is_said_to_be_left_out() -> None:
    ring, reader = EventRing(3), Reader()
    for number in range(10):
        ring.append(entry(str(number)))
    await EventDesk(ring, "mine").stream(EventsRequest(after=2, no_follow=True), reader)
    assert [event.seq for event in reader.events] == [7, 8, 9, 10]
    assert reader.events[0].left_out.count == 5


async def test_the_log_of_a_run_is_served_the_same_way(tmp_path: object) -> None:
    """A run's log is a journal, too; a reader who waits is told of what comes."""
    store = LogStore.create(tmp_path, "mine")  # type: ignore[arg-type]  # pytest's own path
    store.append(entry("one"))
    reader = Reader()
    task = asyncio.create_task(EventDesk(store, "mine").stream(EventsRequest(), reader))
    await asyncio.sleep(0.05)
    store.append(entry("two"))
    for _ in range(400):
        if len(reader.events) == 2:
            break
        await asyncio.sleep(0.01)
    assert [event.entry.message for event in reader.events] == ["one", "two"]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    store.close()
