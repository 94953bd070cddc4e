"""What one cell may use, and what it uses: the kernel's process and all below it."""

from __future__ import annotations

import os

from ..process_table import PROC, descendants, read_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
#: How often a cell with a limit is looked at.
LOOK_S = 0.05


class CellLimits:
    """The limits of one cell that began at `now`; what was used before does not count."""

    def __init__(self, limits: dict[str, Any], kernel: int, now: float) -> None:
        self._limits = limits
        self._kernel = kernel
        self._began = now
        self._ticks = _ticks_of(kernel) if "cpu_s" in limits else 0
        self.watches = any(name in limits for name in ("cpu_s", "wall_s", "memory"))

    def next_at(self, now: float) -> float | None:
        """When to look next; None: there is nothing to look for."""
        if not self.watches:
            return None
        if "cpu_s" in self._limits or "memory" in self._limits:
            return now + LOOK_S
        return self._began + float(self._limits["wall_s"])

    def reached(self, now: float) -> dict[str, Any] | None:
        """Return the limit that is reached: its name, its value, what is used."""
        limits = self._limits
        wall_s = now - self._began
        if wall_s >= limits.get("wall_s", float("inf")):
            return _reason("wall", limits["wall_s"], wall_s)
        if "cpu_s" in limits:
            used = (_ticks_of(self._kernel) - self._ticks) * _TICK_S
            if used >= limits["cpu_s"]:
                return _reason("cpu", limits["cpu_s"], used)
        if "memory" in limits:
            held = sum(_held_by(pid) for pid in (self._kernel, *descendants(self._kernel)))
            if held > limits["memory"]:
                return _reason("memory", limits["memory"], held)
        return None


def _reason(limit: str, value: float, used: float) -> dict[str, Any]:
    return {"limit": limit, "value": value, "used": used}


def _ticks_of(kernel: int) -> int:
    """Processor time of the kernel, what it has waited for, and what still runs below it."""
    return sum(map(_ticks, (kernel, *descendants(kernel))))


def _ticks(pid: int) -> int:
    data = read_bytes(f"{PROC}/{pid}/stat")
    if not data:
        return 0
    fields = data[data.rfind(b")") + 2 :].split()
    return sum(int(field) for field in fields[11:15])


def _held_by(pid: int) -> int:
    """Resident pages that belong to no file, in bytes."""
    data = read_bytes(f"{PROC}/{pid}/statm")
    if not data:
        return 0
    fields = data.split()
    return (int(fields[1]) - int(fields[2])) * _PAGE
