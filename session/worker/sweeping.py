"""Ends every descendant of this process and reaps it. Exact: done means the kernel said ECHILD.

The caller is a child-subreaper, so that whoever calls `setsid` or forks twice still ends up
as its child. Nothing is found by name.
"""

from __future__ import annotations

import os
import time

from .process_table import (
    ProcessStat,
    descendants,
    stat_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

SIGKILL = 9
#: After this long what is still there cannot be killed (stuck in the kernel, another user's).
DEADLINE_S = 10.0
#: How many names a report carries; the number is always exact.
NAMED = 50
_REST_S = 0.002


class Swept:
    """What a sweep did: processes it had to end, and those that would not go."""

    def __init__(self) -> None:
        self.ended: dict[int, str] = {}
        self.stuck: list[tuple[int, str]] = []

    def note(self, stat: ProcessStat | None) -> None:
        """Remember a process that was still alive when the sweep came."""
        if stat is not None and stat.alive and stat.pid not in self.ended:
            self.ended[stat.pid] = stat.name


def kill(pid: int) -> bool:
    """Send SIGKILL to `pid`; False where that is not allowed. Already gone is success."""
    try:
        os.kill(pid, SIGKILL)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return True


def await_leavers(reap: Callable[[], bool], patience_s: float) -> None:
    """Give processes that are on their way out (a pool's tracker, say) the time to go."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end and reap():
        time.sleep(_REST_S)


def sweep(
    reap: Callable[[], bool],
    *,
    by_scan: bool,
    ours: int | None = None,
    at_once: Callable[[], object] | None = None,
    deadline_s: float = DEADLINE_S,
) -> Swept:
    """End all descendants of this process; `reap` reaps what it can and says if any are left.

    `ours` is the first process of the run's namespace, which is none of the program's; with it
    the kernel ends all the others. `at_once` is called when it is known what there is to end, and
    may end all of it.

    Processes that fork and exit as fast as they can are met with a loop that does nothing but
    read the list of children and kill; it rests only when nothing changes.
    """
    swept = Swept()
    me = os.getpid()
    end = time.monotonic() + deadline_s
    before: set[int] = set()
    while True:
        pids = descendants(me, by_scan=by_scan)
        for pid in pids:
            if pid not in swept.ended and pid != ours:
                swept.note(stat_of(pid))
        if at_once is not None:
            at_once()
        for pid in pids:
            kill(pid)
        if not reap():
            return swept
        if time.monotonic() > end:
            swept.stuck = _still_there(me, by_scan)
            return swept
        now = set(pids)
        if now == before:
            time.sleep(_REST_S)
        before = now


def _still_there(me: int, by_scan: bool) -> list[tuple[int, str]]:
    stats = (stat_of(pid) for pid in descendants(me, by_scan=by_scan))
    return [(stat.pid, stat.name) for stat in stats if stat is not None and stat.alive]


def end_group(group: int, reap: Callable[[], bool], *, deadline_s: float = DEADLINE_S) -> Swept:
    """End one process group, the most that plain POSIX can do, and reap our own children."""
    swept = Swept()
    end = time.monotonic() + deadline_s
    while True:
        _kill_group(group)
        if not reap():
            return swept
        if time.monotonic() > end:
            swept.stuck = [(group, "the program")]
            return swept
        time.sleep(_REST_S)


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, SIGKILL)
    except OSError:
        pass  # the whole group is gone already, or not ours any more
