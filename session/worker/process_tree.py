"""One look at a whole tree of processes, cheap enough to be taken twenty times a second.

What procfs says of a process is read again and again from the same open files: opening them is
most of the cost, and an open file belongs to one process for all time, whoever gets its number.
"""

from __future__ import annotations

import os

from .process_table import PROC, children_of, descendants, read_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Container

#: Processes whose files stay open; of the others they are opened at every look.
_HELD = 100
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_DEAD = b"ZXx"
_ENOUGH = 4096


class Member:
    """A process. `ticks` are its own, `waited` those of children it has waited for.

    `faults` counts the pages that it was given without a read from a disk.

    `resident` counts what others share, and files; it is never less than what a budget counts.
    """

    __slots__ = (
        "alive",
        "faults",
        "parent",
        "pid",
        "resident",
        "threads",
        "ticks",
        "virtual",
        "waited",
    )

    def __init__(self, pid: int, fields: list[bytes]) -> None:
        self.pid = pid
        self.parent = int(fields[1])
        self.faults = int(fields[7])
        self.ticks = int(fields[11]) + int(fields[12])
        self.waited = int(fields[13]) + int(fields[14])
        self.threads = int(fields[17])
        self.virtual = int(fields[20])
        self.resident = int(fields[21]) * _PAGE
        #: A first thread that has ended looks dead while others go on.
        self.alive = fields[0] not in _DEAD or self.threads > 1

    @property
    def place(self) -> str:
        """Where procfs tells of its memory, which a first thread that has ended does not."""
        if self.resident or self.threads < 2:
            return f"{PROC}/{self.pid}"
        return next(filter(_has_memory, _threads(self.pid)), f"{PROC}/{self.pid}")


class Look:
    """What the living processes of a tree used at one moment; `cpu_s` also of those that ended."""

    __slots__ = ("cpu_s", "members")

    def __init__(self, members: list[Member], cpu_s: float) -> None:
        self.members = members
        self.cpu_s = cpu_s


class ProcessTree:
    """The descendants of this process."""

    def __init__(self, *, by_scan: bool) -> None:
        self._by_scan = by_scan
        self._root = os.getpid()
        self._held: dict[int, _Held] = {}
        self._ended_ticks = 0
        self._cpu_s = 0.0

    def look(self, most: int | None = None) -> Look:
        """Look at every process; with more than `most` of them, the look may end early."""
        own = os.times()  # first: whoever ends meanwhile is missed, and never counted twice
        members: list[Member] = []
        seen: dict[int, Member] = {}
        queue = self._first()
        while queue and (most is None or len(members) <= most):
            pid = queue.pop()
            member = None if pid in seen else self._visit(pid, queue)
            if member is not None:
                seen[pid] = member
                if member.alive:
                    members.append(member)
        self._forget(seen)
        return Look(members, self._spent(seen.values(), own.children_user + own.children_system))

    def _first(self) -> list[int]:
        if self._by_scan:
            return descendants(self._root, by_scan=True)
        return children_of(self._root)

    def _visit(self, pid: int, queue: list[int]) -> Member | None:
        """Look at one process and put its children into the queue."""
        held, fields = self._read(pid)
        if held is None or fields is None:
            return None
        member = Member(pid, fields)
        held.ticks = member.ticks
        if not self._by_scan:
            queue += held.children(member.threads)
        if pid not in self._held:
            held.close()
        return member

    def close(self) -> None:
        """Close every file."""
        self._forget(())

    def _read(self, pid: int) -> tuple[_Held | None, list[bytes] | None]:
        held = self._held.get(pid)
        fields = held.fields() if held else None
        if fields is not None:
            return held, fields
        if held is not None:  # the number belongs to another process by now
            self._drop(pid)
        try:
            held = _Held(pid)
        except OSError:
            return None, None
        fields = held.fields()
        if fields is None:
            held.close()
            return None, None
        if len(self._held) < _HELD:
            self._held[pid] = held
        return held, fields

    def _forget(self, seen: Container[int]) -> None:
        for pid in [pid for pid in self._held if pid not in seen]:
            self._drop(pid)

    def _drop(self, pid: int) -> None:
        held = self._held.pop(pid)
        self._ended_ticks += held.ticks
        held.close()

    def _spent(self, members: Collection[Member], reaped_s: float) -> float:
        """Return processor seconds spent so far: the larger of two counts that both miss some.

        What was waited for is exact, and lost where a program lets the kernel reap. What was
        seen of those that are gone lacks their last moments, and those that came and went.
        """
        waited = sum(member.ticks + member.waited for member in members) * _TICK_S + reaped_s
        seen = (self._ended_ticks + sum(member.ticks for member in members)) * _TICK_S
        self._cpu_s = max(self._cpu_s, waited, seen)
        return self._cpu_s


class _Held:
    """The open files of one process."""

    __slots__ = ("_children", "_pid", "_stat", "ticks")

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.ticks = 0
        self._stat = os.open(f"{PROC}/{pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._children = os.open(
                f"{PROC}/{pid}/task/{pid}/children", os.O_RDONLY | os.O_CLOEXEC
            )
        except OSError:
            self._children = -1

    def fields(self) -> list[bytes] | None:
        """Return the fields of `stat` after the name; None where the process is gone."""
        try:
            data = os.pread(self._stat, _ENOUGH, 0)
        except OSError:
            return None
        return data[data.rfind(b")") + 2 :].split() or None

    def children(self, threads: int) -> list[int]:
        """Return its children, of all threads."""
        if threads > 1 or self._children < 0:
            return children_of(self._pid)
        try:
            data = os.pread(self._children, _ENOUGH, 0)
        except OSError:
            return []
        if len(data) > _ENOUGH - 16:  # perhaps there are more
            return children_of(self._pid)
        return [int(word) for word in data.split()]

    def close(self) -> None:
        """Close the files."""
        os.close(self._stat)
        if self._children >= 0:
            os.close(self._children)


def _threads(pid: int) -> list[str]:
    try:
        return [f"{PROC}/{pid}/task/{name}" for name in os.listdir(f"{PROC}/{pid}/task")]
    except OSError:
        return []


def _has_memory(place: str) -> bool:
    return not (read_bytes(f"{place}/statm") or b"0").startswith(b"0")
