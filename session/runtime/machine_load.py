"""Whether the machine has anything better to do than to get ready for the next Play. Linux."""

import os
from pathlib import Path
from typing import Final, NamedTuple

#: Of one core, in the time between two looks: this much was left over.
_SPARE_CORE: Final = 0.5
#: Of the memory: this much is still to be had.
_FREE_MEMORY: Final = 0.1


class Look(NamedTuple):
    """Ticks of all cores together since the machine was started: those with nothing to do, all."""

    idle: int
    total: int


def look(path: Path = Path("/proc/stat")) -> Look | None:
    """Read how busy the cores have been; None where the system does not say."""
    try:
        with path.open(encoding="ascii") as file:
            ticks = [int(text) for text in file.readline().split()[1:9]]
    except (OSError, ValueError):
        return None
    return Look(ticks[3] + ticks[4], sum(ticks)) if len(ticks) == 8 else None


def is_idle(before: Look, after: Look, cores: int | None = None) -> bool:
    """Whether half of one core was left over between two looks."""
    total = after.total - before.total
    share = (after.idle - before.idle) / total if total > 0 else 0.0
    return share * (cores or os.cpu_count() or 1) >= _SPARE_CORE


def is_short_of_memory(path: Path = Path("/proc/meminfo")) -> bool:
    """Whether less than a tenth of the memory is left."""
    try:
        rows = dict(row.split(":") for row in path.read_text(encoding="ascii").splitlines())
        return _kib(rows["MemAvailable"]) < _FREE_MEMORY * _kib(rows["MemTotal"])
    except (OSError, ValueError, KeyError):
        return False


def _kib(text: str) -> int:
    return int(text.split()[0])
