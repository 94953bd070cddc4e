"""Checks of what Play and Stop are built on: the kernel's means to follow every process."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Final

from session.worker.native import become_subreaper, die_with_parent
from session.worker.process_table import all_pids, has_children_files, stat_of
from studio.cli.finding import Finding, Grade

_LINUX_ONLY: Final = "Nothing to do: this is how it is on this platform."


def process_table() -> Finding:
    """Whether running processes can be seen, which Stop and its sweep need."""
    name = "process table"
    if os.getpid() not in all_pids() or stat_of(os.getpid()) is None:
        text = "reduced: /proc cannot be read; Stop reaches process groups only"
        return Finding(name, Grade.REDUCED, text, "Mount /proc in this container.")
    if stat_of(os.getppid()) is None and os.getppid() > 0:
        text = "reduced: other processes are hidden; the leavings of dead runs stay unseen"
        return Finding(name, Grade.REDUCED, text, "Mount /proc without `hidepid`.")
    return Finding(name, Grade.OK, "/proc can be read")


def children_lists() -> Finding:
    """Whether the kernel lists children, which makes the sweep quick."""
    if has_children_files():
        return Finding("lists of children", Grade.OK, "kept by the kernel: the sweep is quick")
    text = "reduced: not kept by this kernel; the sweep looks at every process"
    return Finding("lists of children", Grade.REDUCED, text, _remedy("CONFIG_PROC_CHILDREN"))


def subreaper() -> Finding:
    """Whether orphaned descendants come back to the launcher."""
    if _works_in_child(become_subreaper):
        return Finding("subreaper", Grade.OK, "daemons of a program are found and ended")
    text = "reduced: a daemon that a program starts is found by its environment only"
    return Finding("subreaper", Grade.REDUCED, text, _remedy("PR_SET_CHILD_SUBREAPER"))


def parent_death() -> Finding:
    """Whether the kernel ends a run when Playhead itself is killed."""
    if _works_in_child(lambda: die_with_parent(signal.SIGKILL)):
        return Finding("parent-death signal", Grade.OK, "a run ends when Playhead is killed")
    text = "reduced: a run notices by its lifeline only that Playhead is gone"
    return Finding("parent-death signal", Grade.REDUCED, text, _remedy("PR_SET_PDEATHSIG"))


def pidfd() -> Finding:
    """Whether a process can be held by a handle that is never reused."""
    opener = getattr(os, "pidfd_open", None)
    try:
        if opener is not None:
            os.close(opener(os.getpid()))
            return Finding("process handles", Grade.OK, "pidfd: no number is taken for another")
        reason = "this Python or platform has none"
    except OSError as error:
        reason = error.strerror or str(error)
    text = f"reduced: no pidfd ({reason}); processes are told apart by number and start time"
    return Finding("process handles", Grade.REDUCED, text, _remedy("pidfd_open"))


def isolation() -> Finding:
    """What stands between a program and the rest of the user's things, tried out."""
    import asyncio

    from session.runtime.self_test import self_test

    found = asyncio.run(self_test())
    if found.failure:
        text = f"not known: {found.failure}"
        return Finding("isolation", Grade.REDUCED, text, "Play only what you trust.")
    if found.escaped:
        text = f"{found.profile}, but a program could {', '.join(found.escaped)}"
        return Finding("isolation", Grade.REDUCED, text, "Play only what you trust.")
    names = (f"{name} ({one})" if isinstance(one, str) else name
             for name, one in found.layers.items())  # fmt: skip
    layers = f"{found.profile}: {', '.join(names)}"
    if not found.gaps:
        return Finding("isolation", Grade.OK, f"{layers}; nothing got out")
    gaps = "; ".join(f"{name} ({reason})" for name, reason in found.gaps.items())
    remedy = "Allow user namespaces (sysctl user.max_user_namespaces, AppArmor, the container)."
    grade = Grade.OK if found.profile == "strict" else Grade.REDUCED
    return Finding("isolation", grade, f"{layers}; without {gaps}", remedy)


def _remedy(what: str) -> str:
    if not sys.platform.startswith("linux"):
        return _LINUX_ONLY
    return f"Use a kernel, or a container, that allows {what}."


def _works_in_child(attempt: Callable[[], bool]) -> bool:
    """Try something that changes the process that does it, in a process of its own."""
    pid = os.fork()
    if pid == 0:
        worked = False
        try:
            worked = attempt()
        finally:
            os._exit(0 if worked else 1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


CHECKS: Final[Sequence[Callable[[], Finding]]] = (
    process_table,
    children_lists,
    subreaper,
    parent_death,
    pidfd,
    isolation,
)
