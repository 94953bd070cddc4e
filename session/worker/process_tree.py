"""One look at a whole tree of processes, cheap enough to be taken twenty times a second.

What procfs says of a process is read again and again from the same open files: opening them is
most of the cost, and an open file belongs to one process for all time, whoever gets its number.
"""

from __future__ import annotations

import os

from .process_table import PROC, children_of, descendants, read_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable

#: Processes whose files stay open; of the others they are opened at every look.
_HELD = 100
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_DEAD = b"ZXx"
#: More than a line of `stat` has, and a list of children that needs no second read.
_LINE, _LIST = 1024, 2048
_FLAGS = os.O_RDONLY | os.O_CLOEXEC


class Member:
    """A process of the tree, as it was at the last look.

    `ticks` are its own, `waited` those of children it has waited for. `resident` counts what
    others share, and files; it is never less than what a budget counts. `faults` counts the pages
    that it was given without a read from a disk.
    """

    __slots__ = (
        "_children",
        "_stat",
        "alive",
        "faults",
        "parent",
        "pid",
        "resident",
        "started",
        "threads",
        "ticks",
        "virtual",
        "waited",
    )

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.ticks = 0
        self._stat = os.open(f"{PROC}/{pid}/stat", _FLAGS)
        try:
            self._children = os.open(f"{PROC}/{pid}/task/{pid}/children", _FLAGS)
        except OSError:
            self._children = -1

    def refresh(self) -> bool:
        """Look at it again; False where it is gone for good. Field numbers: proc(5), less 3."""
        try:
            data = os.pread(self._stat, _LINE, 0)
        except OSError:
            return False
        fields = data[data.rfind(b")") + 2 :].split(None, 22)
        self.parent = int(fields[1])
        self.faults = int(fields[7])
        self.ticks = int(fields[11]) + int(fields[12])
        self.waited = int(fields[13]) + int(fields[14])
        self.threads = int(fields[17])
        self.started = int(fields[19])
        self.virtual = int(fields[20])
        self.resident = int(fields[21]) * _PAGE
        # A first thread that has ended looks dead while others go on.
        self.alive = fields[0] not in _DEAD or self.threads > 1
        return True

    @property
    def identity(self) -> tuple[int, int]:
        """Its number and when it started: numbers are used again."""
        return self.pid, self.started

    def children(self) -> list[int]:
        """Return its children, of all threads."""
        if self.threads > 1 or self._children < 0:
            return children_of(self.pid)
        try:
            data = os.pread(self._children, _LIST, 0)
        except OSError:
            return []
        if len(data) > _LIST - 16:  # perhaps there are more
            return children_of(self.pid)
        return [int(word) for word in data.split()] if data else []

    @property
    def place(self) -> str:
        """Where procfs tells of its memory, which a first thread that has ended does not."""
        own = f"{PROC}/{self.pid}"
        if self.resident or self.threads < 2:
            return own
        return next(filter(_has_memory, _threads(self.pid)), own)

    def close(self) -> None:
        """Let go of its files."""
        os.close(self._stat)
        if self._children >= 0:
            os.close(self._children)


class Look:
    """What the living processes of a tree used at one moment; `cpu_s` also of those that ended."""

    __slots__ = ("cpu_s", "members")

    def __init__(self, members: list[Member], cpu_s: float) -> None:
        self.members = members
        self.cpu_s = cpu_s


class ProcessTree:
    """The descendants of this process, or of another `root` that reaps their orphans.

    A look changes the members of the one before it.
    """

    def __init__(self, *, by_scan: bool) -> None:
        self._by_scan = by_scan
        self.root = os.getpid()
        self._held: dict[int, Member] = {}
        self._ended_ticks = 0
        self._cpu_s = 0.0

    def look(self, most: int | None = None) -> Look:
        """Look at every process; with more than `most` of them, the look may end early."""
        reaped_s = self._reaped_s()  # first: who ends meanwhile is missed, never counted twice
        seen: dict[int, Member] = {}
        queue = self._first()
        alive = 0
        while queue and (most is None or alive <= most):
            pid = queue.pop()
            member = self._visit(pid) if pid not in seen else None
            if member is None:
                continue
            seen[pid] = member
            alive += member.alive
            if not self._by_scan:
                queue += member.children()
            if pid not in self._held:
                member.close()
        self._forget(seen)
        cpu_s = self._spent(seen.values(), reaped_s)
        return Look([member for member in seen.values() if member.alive], cpu_s)

    def close(self) -> None:
        """Close every file."""
        self._forget(())

    def _first(self) -> list[int]:
        if self._by_scan:
            return descendants(self.root, by_scan=True)
        return children_of(self.root)

    def _reaped_s(self) -> float:
        """Return the processor seconds of what the root has waited for."""
        if self.root == os.getpid():
            own = os.times()
            return own.children_user + own.children_system
        data = read_bytes(f"{PROC}/{self.root}/stat") or b""
        fields = data[data.rfind(b")") + 2 :].split(None, 15)
        return (int(fields[13]) + int(fields[14])) * _TICK_S if len(fields) > 14 else 0.0

    def _visit(self, pid: int) -> Member | None:
        member = self._held.get(pid)
        if member is not None:
            if member.refresh():
                return member
            self._drop(pid)  # the number belongs to another process by now, if to any
        try:
            member = Member(pid)
        except OSError:
            return None
        if not member.refresh():
            member.close()
            return None
        if len(self._held) < _HELD:
            self._held[pid] = member
        return member

    def _forget(self, seen: Container[int]) -> None:
        for pid in [pid for pid in self._held if pid not in seen]:
            self._drop(pid)

    def _drop(self, pid: int) -> None:
        member = self._held.pop(pid)
        self._ended_ticks += member.ticks
        member.close()

    def _spent(self, members: Iterable[Member], reaped_s: float) -> float:
        """Return processor seconds spent so far: the larger of two counts that both miss some.

        What was waited for is exact, and lost where a program lets the kernel reap. What was
        seen of those that are gone lacks their last moments, and those that came and went.
        """
        own = waited = 0
        for member in members:
            own += member.ticks
            waited += member.waited
        exact = (own + waited) * _TICK_S + reaped_s
        self._cpu_s = max(self._cpu_s, exact, (self._ended_ticks + own) * _TICK_S)
        return self._cpu_s


def _threads(pid: int) -> list[str]:
    try:
        return [f"{PROC}/{pid}/task/{name}" for name in os.listdir(f"{PROC}/{pid}/task")]
    except OSError:
        return []


def _has_memory(place: str) -> bool:
    return not (read_bytes(f"{place}/statm") or b"0").startswith(b"0")
