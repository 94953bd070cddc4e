"""Memory, in bytes: what there is, what is free, and what our control group may use."""

import os
import re
from pathlib import Path
from typing import NamedTuple

from shipper.machine.cgroup import ROOT, memory_limit


class Memory(NamedTuple):
    """`limit` is our group's, None where nothing limits it below `total`."""

    total: int
    available: int
    limit: int | None

    @property
    def usable(self) -> int:
        """The most that a program here can have."""
        return self.total if self.limit is None else self.limit


def detect_memory(root: Path = ROOT) -> Memory | None:
    """Return what there is; None where the system does not say."""
    rows = _meminfo(root)
    total = rows.get("MemTotal") or _total()
    if not total:
        return None
    limit = memory_limit(root)
    if limit is not None and limit >= total:
        limit = None
    available = rows.get("MemAvailable", total)
    return Memory(total, available if limit is None else min(available, limit), limit)


def _meminfo(root: Path) -> dict[str, int]:
    try:
        text = (root / "proc/meminfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return {}
    rows = re.findall(r"(?m)^(\w+):\s+(\d+) kB", text)
    return {name: int(amount) * 1024 for name, amount in rows}


def _total() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError, AttributeError):
        return 0
