"""Linux: procfs, pidfds, and this process as a subreaper in case a launcher is lost."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from session.ports import ProcessIdentity
from session.runtime.platforms.procfs_use import use_of
from session.runtime.platforms.seam import EndedProcess, TreeUse, wait_in_thread
from session.worker import launch_protocol
from session.worker.launch_protocol import RUN_ID_VARIABLE
from session.worker.process_table import (
    PROC,
    ProcessStat,
    all_pids,
    carries,
    children_of,
    descendants,
    has_children_files,
    read_bytes,
    stat_of,
)

if TYPE_CHECKING:
    import subprocess

_DEADLINE_S = 5.0
_REST_S = 0.005
_CALM = 2
_ROUNDS = 500


class LinuxPlatform:
    """The full set of mechanisms."""

    profile = launch_protocol.LINUX
    gaps: tuple[str, ...] = ()
    isolates = True

    def settle(self) -> None:
        """Adopt what a lost launcher leaves behind, instead of letting it go to init."""
        _become_subreaper()

    def watch_exit(
        self,
        loop: asyncio.AbstractEventLoop,
        process: "subprocess.Popen[bytes]",
        on_exit: Callable[[], None],
    ) -> None:
        """Watch a pidfd; where the kernel or the container has none, a thread waits."""
        try:
            fd = os.pidfd_open(process.pid)
        except (OSError, AttributeError):  # the kernel, the container, or this Python
            wait_in_thread(loop, process, on_exit)
            return

        def ended() -> None:
            loop.remove_reader(fd)
            os.close(fd)
            process.wait()
            on_exit()

        loop.add_reader(fd, ended)

    def watch_gone(
        self, loop: asyncio.AbstractEventLoop, pid: int, on_gone: Callable[[], None]
    ) -> Callable[[], None]:
        """Watch a pidfd, which also sees the end of a process that nobody reaps."""
        watched: list[int] = []

        def unwatch() -> None:
            while watched:
                fd = watched.pop()
                loop.remove_reader(fd)
                os.close(fd)

        def gone() -> None:
            unwatch()
            on_gone()

        with suppress(OSError, AttributeError):  # reaped already, or there are no pidfds
            watched.append(os.pidfd_open(pid))
            loop.add_reader(watched[0], gone)
        return unwatch

    def identify(self, pid: int) -> ProcessIdentity | None:
        """Return pid, boot and start time in clock ticks."""
        stat = stat_of(pid)
        return None if stat is None or not stat.alive else _identity(stat)

    def survey(self, root: int) -> list[ProcessIdentity]:
        """Nothing needs remembering: descendants stay descendants of a subreaper."""
        del root
        return []

    def find(
        self, run_ids: Collection[str], identities: Iterable[ProcessIdentity]
    ) -> list[EndedProcess]:
        """Look through procfs for known processes, their sessions, and carriers of an id."""
        return [
            EndedProcess(stat.pid, stat.name)
            for stat in _members(run_ids, set(identities), all_pids())
        ]

    def end(
        self, run_ids: Collection[str], identities: Iterable[ProcessIdentity]
    ) -> list[EndedProcess]:
        """Kill and, where they became our children, reap."""
        known = set(identities)
        ended: dict[int, str] = {}
        until = time.monotonic() + _DEADLINE_S
        calm = 0
        # One empty look may have missed a process between its fork and its parent's exit.
        while calm < _CALM and time.monotonic() < until:
            _kill_adopted(run_ids, known, ended)
            members = _members(run_ids, known, all_pids())
            calm = 0 if members else calm + 1
            for stat in members:
                ended.setdefault(stat.pid, stat.name)
                _kill(stat.pid)
            time.sleep(_REST_S)
            _reap({*ended, *_dead_of(known)})
        return [EndedProcess(pid, name) for pid, name in ended.items()]

    def use(self, root: int, stdin: int | None, first: int | None = None) -> TreeUse | None:
        """Add up procfs; a read of descriptor 0 that blocks shows as the system call it is."""
        pids = descendants(root, by_scan=not has_children_files())
        return use_of([pid for pid in pids if pid != first], stdin, first or root)

    def holders(self, fd: int, run_id: str, launcher: int) -> list[EndedProcess]:
        """Find the pipe's inode among the open files of the launcher's descendants."""
        del run_id
        pipe = f"pipe:[{os.fstat(fd).st_ino}]"
        found = (stat_of(pid) for pid in descendants(launcher, by_scan=not has_children_files()))
        return [EndedProcess(one.pid, one.name) for one in found if one and _holds(one.pid, pipe)]


@cache
def _become_subreaper() -> bool:
    from session.worker.native import become_subreaper

    return become_subreaper()


@cache
def _boot() -> str:
    return (read_bytes(f"{PROC}/sys/kernel/random/boot_id") or b"").decode().strip()


def _identity(stat: ProcessStat) -> ProcessIdentity:
    return ProcessIdentity(stat.pid, f"{_boot()}/{stat.start}")


def _kill_adopted(
    run_ids: Collection[str], known: set[ProcessIdentity], ended: dict[int, str]
) -> None:
    """Kill what has become our child as long as there is any.

    Orphans come to us, and a short list keeps up with those that fork faster than the whole
    table can be read.
    """
    me = os.getpid()
    for _round in range(_ROUNDS):
        members = _members(run_ids, known, children_of(me))
        for stat in members:
            ended.setdefault(stat.pid, stat.name)
            _kill(stat.pid)
        if not members:
            return


def _members(
    run_ids: Collection[str], known: set[ProcessIdentity], pids: Iterable[int]
) -> list[ProcessStat]:
    """Return live processes that are known, are in a known one's session, or carry an id."""
    me = os.getpid()
    sessions = {identity.pid for identity in known}
    found = []
    for pid in pids:
        stat = stat_of(pid) if pid != me else None
        if stat is None or not stat.alive:
            continue
        member = _identity(stat) in known or any(
            carries(pid, RUN_ID_VARIABLE, run_id) for run_id in run_ids
        )
        if member or (stat.session in sessions and stat.parent == me):
            found.append(stat)
    return found


def _dead_of(known: set[ProcessIdentity]) -> set[int]:
    """Return known processes, and dead ones of their sessions that have become our children."""
    pids = {identity.pid for identity in known}
    me = os.getpid()
    children = (stat_of(pid) for pid in children_of(me))
    return pids | {
        stat.pid
        for stat in children
        if stat is not None and not stat.alive and stat.session in pids
    }


def _kill(pid: int) -> None:
    with suppress(OSError):  # gone already, or out of our reach: the deadline ends the loop
        os.kill(pid, signal.SIGKILL)


def _reap(pids: Iterable[int]) -> None:
    for pid in pids:
        with suppress(ChildProcessError):  # it may never have become our child
            os.waitpid(pid, os.WNOHANG)


def _holds(pid: int, pipe: str) -> bool:
    folder = Path(PROC) / str(pid) / "fd"
    try:
        return any(str(entry.readlink()) == pipe for entry in folder.iterdir())
    except OSError:
        return False
