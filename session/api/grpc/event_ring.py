"""What a served worker prints, says and becomes: the newest of it, in one sequence, in memory.

It reads like the log of a run, so that a reader with a cursor finds its place in both. What does
not fit any more is forgotten; the numbers of the others tell how much.
"""

import time
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from session.log.entry import LogEntry, NewEntry, Row, Severity, Source, StateEntry, Stream
from session.log.severity import StderrSeverity
from session.log.splitter import Batch, LineSplitter

#: The most rows, and about the most characters, that are kept.
CAPACITY: Final = 10_000
LARGEST: Final = 8 << 20


class Journal(Protocol):
    """Rows in one sequence, to be read from a cursor on; `LogStore` is one."""

    @property
    def last_seq(self) -> int:
        """The number of the newest row."""
        ...

    def read(self, after: int = 0, limit: int = 1000) -> list[Row]:
        """Return rows after a number; the first may be a later one, when others are forgotten."""
        ...

    def subscribe(self, on_grew: Callable[[], None]) -> Callable[[], None]:
        """Have `on_grew` called when there are more; return what ends that."""
        ...


class EventRing:
    """Keeps the newest rows. All calls on the event loop's thread."""

    def __init__(self, capacity: int = CAPACITY, largest: int = LARGEST) -> None:
        self._capacity, self._largest = capacity, largest
        self._rows: deque[Row] = deque()
        self._size = 0
        self._last = 0
        self._splitters = {stream: LineSplitter() for stream in Stream}
        self._judge = StderrSeverity()
        self._listeners: list[Callable[[], None]] = []

    @property
    def last_seq(self) -> int:
        """The number of the newest row; 0: there was none."""
        return self._last

    def append(self, entry: NewEntry) -> None:
        """Take what the worker says."""
        source, severity, message, origin, location, code, hint, fix = entry
        row = LogEntry(
            self._last + 1,
            time.time(),
            source,
            severity,
            message,
            origin=origin,
            location=location,
            code=code,
            hint=hint,
            fix=fix,
        )
        self._add([row])

    def append_state(self, before: str, after: str, cause: str) -> None:
        """Take what became of it."""
        self._add([StateEntry(self._last + 1, time.time(), before, after, cause)])

    def feed(self, stream: Stream, data: bytes) -> None:
        """Take what it prints."""
        self._take(stream, self._splitters[stream].push(data, 0))

    def finish(self) -> None:
        """It prints no more: unfinished lines are whole."""
        for stream, splitter in self._splitters.items():
            self._take(stream, splitter.finish(0))

    def _take(self, stream: Stream, batch: Batch | None) -> None:
        if batch is None:
            return
        marks = self._judge.classify(batch) if stream is Stream.STDERR else None
        block, start, now = batch.block, 0, time.time()
        wrapped, rows = set(batch.continued), []
        for at, end in enumerate(batch.ends):
            row = LogEntry(
                self._last + 1 + at,
                now,
                Source.RUNTIME,
                Severity.INFO if marks is None else Severity(marks[at]),
                block[start : end - 1].decode("utf-8", "replace"),
                stream,
                continued=at in wrapped,
            )
            rows.append(row)
            start = end
        self._add(rows)

    def _add(self, rows: list[LogEntry] | list[StateEntry]) -> None:
        self._rows.extend(rows)
        self._last += len(rows)
        self._size += sum(map(_weight, rows))
        while len(self._rows) > self._capacity or (self._size > self._largest and self._rows):
            self._size -= _weight(self._rows.popleft())
        for listener in tuple(self._listeners):
            listener()

    def read(self, after: int = 0, limit: int = 1000) -> list[Row]:
        """Return at most `limit` of the rows that are kept and follow row `after`."""
        first = self._last - len(self._rows)
        skipped = max(after - first, 0)
        stop = min(skipped + limit, len(self._rows))
        return [self._rows[at] for at in range(skipped, stop)]

    def subscribe(self, on_grew: Callable[[], None]) -> Callable[[], None]:
        """Have `on_grew` called once for whatever adds rows; return what ends that."""
        self._listeners.append(on_grew)

        def unsubscribe() -> None:
            if on_grew in self._listeners:
                self._listeners.remove(on_grew)

        return unsubscribe


def _weight(row: Row) -> int:
    return len(row.message) + 100 if isinstance(row, LogEntry) else 100
