"""The kernel's table of processes, read from procfs. It looks; it never signals.

Every function answers None or nothing for a process that is gone or not ours to see: between
two looks anything may have ended.
"""

from __future__ import annotations

import os

PROC = "/proc"
_DEAD = ("Z", "X", "x")


class ProcessStat:
    """One line of the table. `start` is in clock ticks since boot: with `pid`, an identity."""

    __slots__ = ("group", "name", "parent", "pid", "session", "start", "state")

    def __init__(self, pid: int, name: str, fields: list[str]) -> None:
        self.pid = pid
        self.name = name
        self.state = fields[0]
        self.parent = int(fields[1])
        self.group = int(fields[2])
        self.session = int(fields[3])
        self.start = int(fields[19])

    @property
    def alive(self) -> bool:
        """Whether the process still runs; a zombie is dead, only not yet reaped."""
        return self.state not in _DEAD


def read_bytes(path: str) -> bytes | None:
    """Return what a procfs file says, or None where it cannot be read."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    chunks = []
    try:
        while chunk := os.read(fd, 65536):
            chunks.append(chunk)
    except OSError:
        return None
    finally:
        os.close(fd)
    return b"".join(chunks)


def stat_of(pid: int) -> ProcessStat | None:
    """Return the line of `pid`, or None when there is no such process."""
    data = read_bytes(f"{PROC}/{pid}/stat")
    if not data:
        return None
    # The name stands in parentheses and may itself contain some.
    close = data.rfind(b")")
    name = data[data.find(b"(") + 1 : close].decode("utf-8", "replace")
    return ProcessStat(pid, name, data[close + 2 :].decode("ascii").split())


def all_pids() -> list[int]:
    """Return every process number there is now."""
    try:
        return [int(name) for name in os.listdir(PROC) if name.isdigit()]
    except OSError:
        return []


def has_children_files() -> bool:
    """Whether this kernel lists children directly (CONFIG_PROC_CHILDREN)."""
    pid = os.getpid()
    return os.path.exists(f"{PROC}/{pid}/task/{pid}/children")


def children_of(pid: int) -> list[int]:
    """Return the children of all threads of `pid`, from the kernel's own lists."""
    try:
        threads = os.listdir(f"{PROC}/{pid}/task")
    except OSError:
        return []
    found: list[int] = []
    for thread in threads:
        data = read_bytes(f"{PROC}/{pid}/task/{thread}/children")
        if data:
            found.extend(int(word) for word in data.split())
    return found


def children_by_scan() -> dict[int, list[int]]:
    """Return parent -> children for the whole machine, where the kernel keeps no lists."""
    families: dict[int, list[int]] = {}
    for pid in all_pids():
        stat = stat_of(pid)
        if stat is not None:
            families.setdefault(stat.parent, []).append(pid)
    return families


def descendants(root: int, *, by_scan: bool = False) -> list[int]:
    """Return every descendant of `root`, parents before their children, zombies included."""
    families = children_by_scan() if by_scan else None
    found: list[int] = []
    seen = {root}
    queue = [root]
    while queue:
        parent = queue.pop()
        kids = children_of(parent) if families is None else families.get(parent, [])
        for pid in kids:
            if pid not in seen:
                seen.add(pid)
                found.append(pid)
                queue.append(pid)
    return found


def carries(pid: int, variable: str, value: str) -> bool:
    """Whether `pid` was started with `variable=value` in its environment, exactly."""
    data = read_bytes(f"{PROC}/{pid}/environ")
    return data is not None and f"{variable}={value}".encode() in data.split(b"\0")
