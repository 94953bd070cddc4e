"""How much memory a process and all that it started hold now, read from outside."""

import sys

import psutil

from session.worker.memory_use import held_by
from session.worker.process_table import PROC


def memory_of(pid: int) -> int | None:
    """Return bytes; None where the process is gone or may not be looked at. Blocks a little.

    Where the kernel tells, it is what they hold, and not what they read from files.
    """
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        return None
    found = [size for one in family if (size := _held(one)) is not None]
    return sum(found) if found else None


def _held(process: psutil.Process) -> int | None:
    if sys.platform == "linux":
        held = sum(held_by(f"{PROC}/{process.pid}"))
        if held:
            return held
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return None
