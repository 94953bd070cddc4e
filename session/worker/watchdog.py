"""Watches what the program uses, from the launcher's loop, and says when a budget is used up.

It looks when it is due and at no other time: twenty times a second, more often as memory comes
close to its limit, and not at all before its end where only the wall clock is limited.
"""

from __future__ import annotations

import time

from .disk_use import DiskGauge
from .memory_use import MemoryGauge
from .process_tree import ProcessTree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Between two looks.
PERIOD_S = 0.05
#: The shortest pause, and the share of a core that looking may take: usually, and while memory
#: grows so fast that the limit is moments away.
_SHORTEST_S = 0.001
_SHARE, _SHARE_IN_NEED = 0.025, 0.5
#: How many times faster than it did memory may grow from one look to the next.
_CAUTION = 4
#: Where a run with mounts of its own has file systems in memory, which are its alone.
_IN_MEMORY = ("tmp", "dev/shm")
#: Bytes a second that a program may suddenly begin to take.
_BURST = 2e9
_NEVER = float("inf")


class Reached:
    """A budget that was used up: seconds, bytes or a count. `pids` were alive a moment ago."""

    __slots__ = ("limit", "name", "pids", "used")

    def __init__(self, name: str, limit: float, used: float, pids: Sequence[int] = ()) -> None:
        self.name = name
        self.pids = pids
        self.limit = limit
        self.used = used


class Watchdog:
    """Watches one program. `processes` says whether procfs can be read here.

    What folders take on the disk is looked at when it is made, so make it before the program is.
    """

    def __init__(
        self,
        budget: Mapping[str, float],
        folders: Sequence[str],
        *,
        processes: bool,
        by_scan: bool = False,
    ) -> None:
        known = budget if processes else {}
        #: What is asked for and cannot be watched here.
        self.unwatched = [name for name in budget if name not in (*known, "wall_s")]
        self._wall_s = budget.get("wall_s", _NEVER)
        self._cpu_s = known.get("cpu_s", _NEVER)
        self._processes = known.get("processes")
        self._memory = MemoryGauge(int(known["memory"])) if "memory" in known else None
        self._disk = DiskGauge(int(known["disk"]), folders) if "disk" in known else None
        watched = any(name in known for name in ("memory", "cpu_s", "processes"))
        self._tree = ProcessTree(by_scan=by_scan) if watched else None
        self.begin()

    def begin(self, first: int | None = None) -> None:
        """Take note that the program starts now, below `first` where it has such a process."""
        if self._tree is not None and first is not None:
            self._tree.root = first
        if self._disk is not None and first is not None:
            self._disk.count_as_well([f"/proc/{first}/root/{name}" for name in _IN_MEMORY])
        self._began = time.monotonic()
        self._next = self._began + PERIOD_S if self._tree else _NEVER
        self._last = (self._began, 0)

    def program_ended(self) -> None:
        """Take note that the program's own process is gone: it was in time."""
        self._wall_s = _NEVER

    def wait_ms(self) -> float | None:
        """Return for how long nothing is due, in the words of `poll`; None for ever."""
        disk = self._disk.due if self._disk else _NEVER
        due = min(self._began + self._wall_s, self._next, disk)
        return None if due == _NEVER else max((due - time.monotonic()) * 1000, 0)

    def look(self) -> Reached | None:
        """Do what is due; return the first budget that is used up."""
        now = time.monotonic()
        if now >= self._began + self._wall_s:
            return Reached("wall", self._wall_s, now - self._began)
        if self._tree is not None and now >= self._next:
            began = self._spent()
            found = self._look_at(self._tree)
            self._plan(now, self._spent() - began)
            if found is not None:
                return found
        if self._disk is None or now < self._disk.due:
            return None
        used = self._disk.over()
        return None if used is None else Reached("disk", self._disk.limit, used)

    def close(self) -> None:
        """Let go of what is open."""
        if self._tree is not None:
            self._tree.close()

    def _look_at(self, tree: ProcessTree) -> Reached | None:
        most = self._processes
        look = tree.look(None if most is None else int(most))
        pids = [member.pid for member in look.members]
        if most is not None and len(look.members) > most:
            return Reached("processes", most, len(pids), pids)
        if look.cpu_s > self._cpu_s:
            return Reached("cpu", self._cpu_s, look.cpu_s, pids)
        held = self._memory.over(look.members) if self._memory else None
        if self._memory is None or held is None:
            return None
        return Reached("memory", self._memory.limit, held, pids)

    def _spent(self) -> float:
        """Return our own processor time, without exact sums: they see to themselves."""
        return time.process_time() - (self._memory.exact_s if self._memory else 0)

    def _plan(self, at: float, cost: float) -> None:
        """Choose when to look again. Costs are processor time: waiting for a core is none."""
        pause = max(PERIOD_S, cost / _SHARE)
        if self._memory is not None:
            (before_at, before), self._last = self._last, (at, self._memory.used)
            rate = (self._memory.used - before) / max(at - before_at, _SHORTEST_S)
            left = max(self._memory.limit - self._memory.used, 0) / _CAUTION
            pause = min(pause, _until(left, rate, cost))
        self._next = at + max(pause, _SHORTEST_S)


def _until(left: float, rate: float, cost: float) -> float:
    """Return when memory can have grown by `left` bytes, and not sooner than may be paid for."""
    if rate > 0 and left / rate < PERIOD_S:
        return max(left / rate, cost / _SHARE_IN_NEED)
    return max(left / _BURST, cost / _SHARE)
