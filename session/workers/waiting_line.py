"""The calls that wait for a worker, the oldest first: those for any, and those for a certain one.

Bounded. It knows no clock and no worker; whoever has a free place asks who is next.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from session.workers.pool_errors import PoolSaturated

T = TypeVar("T")


class Ticket(Generic[T]):
    """One that waits. `wanted` None: any will do. `place` is set once, or left by its owner."""

    __slots__ = ("number", "place", "wanted")

    def __init__(self, number: int, wanted: str | None, place: "asyncio.Future[T]") -> None:
        self.number, self.wanted, self.place = number, wanted, place


class WaitingLine(Generic[T]):
    """Keeps them in order. All calls on the event loop's thread."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lines: dict[str | None, deque[Ticket[T]]] = {}
        self._last = self._count = 0

    def __len__(self) -> int:
        return self._count

    def enter(self, wanted: str | None = None) -> Ticket[T]:
        """Come last; raises PoolSaturated."""
        if self._count >= self._limit:
            raise PoolSaturated(self._limit)
        self._last += 1
        self._count += 1
        ticket = Ticket[T](self._last, wanted, asyncio.get_running_loop().create_future())
        self._lines.setdefault(wanted, deque()).append(ticket)
        return ticket

    def leave(self, ticket: Ticket[T]) -> None:
        """Wait no longer; harmless for one whose turn has come."""
        line = self._lines.get(ticket.wanted)
        if line is not None and ticket in line:
            line.remove(ticket)
            self._count -= 1
            self._tidy(ticket.wanted)

    def next_for(self, name: str) -> Ticket[T] | None:
        """Take out whoever has waited longest for `name` or for any."""
        heads = [line[0] for key in (name, None) if (line := self._lines.get(key))]
        if not heads:
            return None
        first = min(heads, key=lambda one: one.number)
        self._lines[first.wanted].popleft()
        self._count -= 1
        self._tidy(first.wanted)
        return first

    def fail(self, error: Callable[[], Exception], wanted: str | None = None) -> None:
        """Answer those who wait for `wanted`, which will never come; None: everybody."""
        keys = list(self._lines) if wanted is None else [wanted]
        for ticket in [one for key in keys for one in self._lines.pop(key, ())]:
            self._count -= 1
            if not ticket.place.done():
                ticket.place.set_exception(error())
                ticket.place.exception()  # its owner may be cancelled before it looks

    def _tidy(self, key: str | None) -> None:
        if not self._lines[key]:
            del self._lines[key]
