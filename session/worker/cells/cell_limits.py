"""What one cell may use of time and memory, and when it has used that up."""

from __future__ import annotations

from ..memory_use import MemoryGauge
from ..process_tree import ProcessTree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: How often a cell with a limit is looked at.
LOOK_S = 0.05


class CellLimits:
    """The limits of one cell that began at `now`; what was spent before does not count.

    It looks at everything below this process: the kernel, and what cells have started.
    """

    def __init__(self, limits: dict[str, Any], now: float, by_scan: bool) -> None:
        self._limits = limits
        self._began = now
        self._gauge = MemoryGauge(int(limits["memory"])) if "memory" in limits else None
        looks = "cpu_s" in limits or self._gauge is not None
        self._tree = ProcessTree(by_scan=by_scan) if looks else None
        self._spent_s = self._tree.look().cpu_s if self._tree is not None else 0.0

    def next_at(self, now: float) -> float:
        """When to look next."""
        if self._tree is not None:
            return now + LOOK_S
        return self._began + float(self._limits["wall_s"])

    def reached(self, now: float) -> dict[str, Any] | None:
        """Return the limit that is reached: its name, its value, what is used."""
        wall_s = now - self._began
        if wall_s >= self._limits.get("wall_s", float("inf")):
            return _reason("wall", self._limits["wall_s"], wall_s)
        return self._used_up(self._tree) if self._tree is not None else None

    def _used_up(self, tree: ProcessTree) -> dict[str, Any] | None:
        look = tree.look()
        cpu_s = look.cpu_s - self._spent_s
        if cpu_s >= self._limits.get("cpu_s", float("inf")):
            return _reason("cpu", self._limits["cpu_s"], cpu_s)
        held = self._gauge.over(look.members) if self._gauge is not None else None
        return _reason("memory", self._limits["memory"], held) if held is not None else None

    def close(self) -> None:
        """Let go of what is open."""
        if self._tree is not None:
            self._tree.close()


def _reason(limit: str, value: float, used: float) -> dict[str, Any]:
    return {"limit": limit, "value": value, "used": used}
