"""The bus for what workers announce: bounded, counting what it drops, off the hot path.

`emit` puts an event into a ring and returns; subscribers are called later, from the loop. What
comes before the first subscriber waits in the ring. A full ring drops what is new, and counts it.
"""

import asyncio
import contextlib
import fnmatch
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from session.workers.event_names import EVENTS, GUEST_EVENTS, Fields, Value

#: The most events that wait for their subscribers.
CAPACITY: Final = 1024
#: The most characters that a text of an event may have; more is cut.
LONGEST_TEXT: Final = 256


class Event(NamedTuple):
    """Something that happened. `at` is seconds since the epoch."""

    name: str
    at: float
    fields: Mapping[str, Value]


class UnknownEvent(ValueError):
    """A name or a field that is not on the list, or a value of another type: a mistake of ours."""


class Emit(Protocol):
    """Announces an event; may be called from any thread, and never waits."""

    def __call__(self, name: str, /, **fields: Value) -> None:
        """Announce `name`, which is one of `EVENTS`."""
        ...


def emit_nothing(_name: str, /, **_fields: Value) -> None:
    """Announce it to nobody."""


class TelemetryStats(NamedTuple):
    """What a bus has seen. `refused` came from workers and is on no list; `failed`: subscribers."""

    emitted: int
    delivered: int
    dropped: int
    refused: int
    failed: int
    waiting: int


class _Subscriber(NamedTuple):
    take: Callable[[Event], None]
    allow: Sequence[str]
    deny: Sequence[str]

    def wants(self, name: str) -> bool:
        allowed = any(fnmatch.fnmatchcase(name, pattern) for pattern in self.allow)
        return allowed and not any(fnmatch.fnmatchcase(name, pattern) for pattern in self.deny)


class Telemetry:
    """Takes events from any thread and hands them to its subscribers on the loop's."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop | None = None,
        *,
        capacity: int = CAPACITY,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Without a `loop` nothing is delivered but by `drain`."""
        self._loop, self._capacity, self._clock = loop, capacity, clock
        self._lock = threading.Lock()
        self._waiting: deque[Event] = deque()
        self._due = False
        self._subscribers: list[_Subscriber] = []
        self._emitted = self._delivered = self._dropped = self._refused = self._failed = 0

    def emit(self, name: str, /, **fields: Value) -> None:
        """Announce an event of ours. Any thread; UnknownEvent where it is on no list."""
        fault = _fault(EVENTS.get(name), fields)
        if fault is not None:
            message = f"{name}: {fault}"
            raise UnknownEvent(message)
        self._put(Event(name, self._clock(), fields), self._capacity)

    def accept(self, name: object, fields: object) -> bool:
        """Take an event that a worker sent, or count it as refused. Any thread; never raises."""
        known = GUEST_EVENTS.get(name) if isinstance(name, str) else None
        if not isinstance(fields, Mapping) or _fault(known, fields) is not None:
            with self._lock:
                self._refused += 1
            return False
        kept = {key: _cut(value) for key, value in fields.items()}
        # Half of the ring at most: a worker that floods it must not drown what is ours to say.
        self._put(Event(str(name), self._clock(), kept), self._capacity // 2)
        return True

    def subscribe(
        self,
        take: Callable[[Event], None],
        *,
        allow: Sequence[str] = ("*",),
        deny: Sequence[str] = (),
    ) -> Callable[[], None]:
        """Hand every event to `take` whose name matches; return what ends that.

        `take` runs on the loop's thread; what it raises is counted and harms no other. The first
        subscriber gets what happened before it came.
        """
        subscriber = _Subscriber(take, tuple(allow), tuple(deny))
        with self._lock:
            self._subscribers.append(subscriber)
        self._wake()

        def end() -> None:
            with self._lock, contextlib.suppress(ValueError):
                self._subscribers.remove(subscriber)

        return end

    def drain(self) -> int:
        """Deliver everything that waits, now; return how many events. For the loop's thread."""
        with self._lock:
            self._due = False
            if not self._subscribers:
                return 0
            events, subscribers = list(self._waiting), tuple(self._subscribers)
            self._waiting.clear()
        for event in events:
            self._deliver(event, subscribers)
        with self._lock:
            self._delivered += len(events)
        return len(events)

    def stats(self) -> TelemetryStats:
        """Count."""
        with self._lock:
            return TelemetryStats(
                self._emitted,
                self._delivered,
                self._dropped,
                self._refused,
                self._failed,
                len(self._waiting),
            )

    def _put(self, event: Event, capacity: int) -> None:
        with self._lock:
            if len(self._waiting) >= capacity:
                self._dropped += 1
                return
            self._waiting.append(event)
            self._emitted += 1
        self._wake()

    def _wake(self) -> None:
        with self._lock:
            if self._due or self._loop is None or not self._subscribers or not self._waiting:
                return
            self._due = True
        try:
            self._loop.call_soon_threadsafe(self.drain)
        except RuntimeError:  # the loop is closed: whoever wants the rest drains it
            with self._lock:
                self._due = False

    def _deliver(self, event: Event, subscribers: Sequence[_Subscriber]) -> None:
        for subscriber in subscribers:
            if subscriber.wants(event.name):
                try:
                    subscriber.take(event)
                except Exception:  # noqa: BLE001 - counted; the others get theirs
                    with self._lock:
                        self._failed += 1


def _fault(known: Fields | None, fields: Mapping[Any, object]) -> str | None:
    """Say what is wrong with the fields of an event; None where nothing is."""
    if known is None:
        return "there is no such event"
    for name, value in fields.items():
        kind = known.get(name) if isinstance(name, str) else None
        if kind is None:
            return f"it has no field {str(name)[:40]!r}"
        if value is not None and not _is_a(value, kind):
            return f"`{name}` is not {kind.__name__}"
    return None


def _is_a(value: object, kind: type) -> bool:
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, kind) or (kind is float and isinstance(value, int))


def _cut(value: Value) -> Value:
    return value[:LONGEST_TEXT] if isinstance(value, str) else value
