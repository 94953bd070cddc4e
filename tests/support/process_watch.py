"""What the kernel says about processes and descriptors, for tests that must leave nothing."""

import os
import time
from collections.abc import Iterable
from pathlib import Path

from session.worker.process_table import all_pids, carries, stat_of


def alive(pid: int) -> bool:
    """Whether `pid` runs; a zombie does not."""
    stat = stat_of(pid)
    return stat is not None and stat.alive


def survivors(pids: Iterable[int], within_s: float = 0.0) -> list[int]:
    """Return those of `pids` that are alive after at most `within_s` seconds."""
    end = time.monotonic() + within_s
    left = [pid for pid in pids if alive(pid)]
    while left and time.monotonic() < end:
        time.sleep(0.01)
        left = [pid for pid in left if alive(pid)]
    return left


def members(run_id: str) -> list[int]:
    """Return the live processes that carry a run's id, other than this one."""
    found = (pid for pid in all_pids() if carries(pid, "PLAYHEAD_RUN_ID", run_id))
    return [pid for pid in found if alive(pid) and pid != os.getpid()]


def open_fds() -> set[str]:
    """Return this process's open descriptors, by what they are."""
    return {f"{fd.name}" for fd in Path("/proc/self/fd").iterdir()}


def zombie_children() -> list[int]:
    """Return our children that have ended and were not reaped."""
    me = os.getpid()
    stats = (stat_of(pid) for pid in all_pids())
    return [stat.pid for stat in stats if stat and stat.parent == me and not stat.alive]
