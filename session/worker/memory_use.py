"""How much memory a tree of processes holds: anonymous and shared pages, each counted once.

Three counts, each dearer and closer than the one before it. What is resident is read with
everything else, and is never too little. What is anonymous or shared counts a page that two
processes share twice. The exact sum walks all page tables, about 30 ms a gigabyte, and is asked
for only where the cheap ones say that the limit is near.
"""

from __future__ import annotations

import os
import time

from .native import same_memory
from .process_table import read_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .process_tree import Member

    _Identity = tuple[int, int]

#: From this share of the limit on, the exact sum is known in advance.
_NEAR = 0.5
#: Doubt, and growth, as a share of the limit, that are not worth another exact sum.
_LITTLE = 0.05
#: An exact sum is taken again after so many times its own length, and sooner in need.
_PAUSE = 15
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Held:
    """What one process holds at a look: anonymous and shared bytes, and its page faults so far."""

    __slots__ = ("anonymous", "faults", "resident", "shared")

    def __init__(self, member: Member) -> None:
        self.anonymous, self.shared = held_by(member.place)
        self.faults, self.resident = member.faults, member.resident

    def is_of(self, member: Member) -> bool:
        """Whether nothing can have changed since: no page has come, and none has gone."""
        return self.faults == member.faults and self.resident == member.resident

    @property
    def bytes(self) -> int:
        """All that it holds, whoever shares it."""
        return self.anonymous + self.shared

    def grown(self, before: Held | None) -> int:
        """Return how many bytes more it holds."""
        return self.bytes if before is None else max(self.bytes - before.bytes, 0)

    def copied(self, before: Held | None) -> int:
        """Return how many bytes it has taken at most; copying on write shows as faults only."""
        faults = 0 if before is None else (self.faults - before.faults) * _PAGE
        return max(self.grown(before), faults)


class MemoryGauge:
    """Tells when a tree holds more than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._cost_s = 0.0
        #: Processor time that exact sums have taken so far.
        self.exact_s = 0.0
        self._measured = float("-inf")
        self._now: dict[_Identity, Held] = {}
        self._exact: dict[_Identity, int] = {}
        self._before: dict[_Identity, Held] = {}
        self._after: dict[_Identity, Held] = {}
        #: An upper bound, as close as the last look needed it.
        self.used = 0

    def over(self, members: list[Member]) -> int | None:
        """Return what the tree holds where that is too much, else None."""
        near = self.limit * _NEAR
        self.used = sum(member.resident for member in members)
        if self.used <= near:
            return None
        held = self._now = {one.identity: self._look_at(one) for one in members}
        cheap = sum(one.bytes for one in held.values())
        copied = sum(one.copied(self._before.get(pid)) for pid, one in held.items())
        self.used = min(cheap, sum(self._exact.values()) + copied)
        floor = self._floor(held)
        if floor <= self.limit and self.used > max(near, floor) and self._is_due(held, floor):
            self._measure(members, held)
            self.used = floor = sum(self._exact.values())
        return floor if floor > self.limit else None

    def _look_at(self, member: Member) -> Held:
        before = self._now.get(member.identity)
        return before if before is not None and before.is_of(member) else Held(member)

    def _floor(self, held: dict[_Identity, Held]) -> int:
        """Return what they hold at least: the last exact sum, and what each has taken since.

        An anonymous page taken since is nobody else's; a shared one is perhaps the same for all.
        So this needs no look at page tables. Nor do all hold less than one of them does.
        """
        known = [(pid, one, self._after[pid]) for pid, one in held.items() if pid in self._exact]
        own = sum(
            max(self._exact[pid] + one.anonymous - then.anonymous, 0) for pid, one, then in known
        )
        shared = max((one.shared - then.shared for _pid, one, then in known), default=0)
        return max(own + max(shared, 0), max((one.bytes for one in held.values()), default=0))

    def _is_due(self, held: dict[_Identity, Held], floor: int) -> bool:
        """Whether an exact sum is worth its price: where it may tell of too much, or soon will."""
        since = time.monotonic() - self._measured
        grown = sum(one.grown(self._before.get(pid)) for pid, one in held.items())
        little = self.limit * _LITTLE
        if self.used > self.limit:
            return since > self._cost_s * (1 if min(grown, self.used - floor) > little else _PAUSE)
        return min(grown, self.used - floor) > little and since > self._cost_s * _PAUSE

    def _measure(self, members: list[Member], held: dict[_Identity, Held]) -> None:
        began = time.process_time()
        self._exact, self._after, self._before = {}, {}, dict(held)
        for one in _one_of_each(members):
            # Upper bounds grow from what it held before the sum, lower ones from after it.
            self._before[one.identity] = before = Held(one)
            self._exact[one.identity] = exactly_held_by(one.place, before.bytes)
            self._after[one.identity] = Held(one)
        self._measured = time.monotonic()
        self._cost_s = time.process_time() - began
        self.exact_s += self._cost_s


def _one_of_each(members: list[Member]) -> list[Member]:
    """Leave out who only borrows its parent's memory, as a child does between vfork and exec."""
    by_pid = {member.pid: member for member in members}
    return [one for one in members if not _borrows(one, by_pid.get(one.parent))]


def _borrows(one: Member, parent: Member | None) -> bool:
    if parent is None or parent.virtual != one.virtual:
        return False
    return same_memory(one.pid, parent.pid)


def held_by(place: str) -> tuple[int, int]:
    """Return the anonymous and the shared bytes that one process holds; 0 where it is gone."""
    text = read_bytes(f"{place}/status") or b""
    return _field(text, b"RssAnon:") or 0, _field(text, b"RssShmem:") or 0


def exactly_held_by(place: str, otherwise: int) -> int:
    """Return what it holds with each page divided among those who share it.

    `otherwise` is what counts where that may not be read.
    """
    text = read_bytes(f"{place}/smaps_rollup") or b""
    anonymous, shared = _field(text, b"Pss_Anon:"), _field(text, b"Pss_Shmem:")
    return otherwise if anonymous is None else anonymous + (shared or 0)


def _field(text: bytes, name: bytes) -> int | None:
    at = text.find(b"\n" + name)
    return int(text[at + 1 + len(name) : at + 64].split(None, 1)[0]) * 1024 if at >= 0 else None
