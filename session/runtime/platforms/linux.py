"""Linux: procfs, pidfds, and this process as a subreaper in case a launcher is lost."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Callable, Collection, Iterable
from functools import cache
from pathlib import Path

from session.ports import ProcessIdentity
from session.runtime.platforms.seam import EndedProcess, wait_in_thread
from session.worker import launch_protocol
from session.worker.launch_protocol import RUN_ID_VARIABLE
from session.worker.process_table import (
    PROC,
    ProcessStat,
    all_pids,
    carries,
    read_bytes,
    stat_of,
)

_DEADLINE_S = 5.0
_REST_S = 0.005


class LinuxPlatform:
    """The full set of mechanisms."""

    profile = launch_protocol.LINUX
    gaps: tuple[str, ...] = ()

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
        except OSError:
            wait_in_thread(loop, process, on_exit)
            return

        def ended() -> None:
            loop.remove_reader(fd)
            os.close(fd)
            process.wait()
            on_exit()

        loop.add_reader(fd, ended)

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
        return [EndedProcess(stat.pid, stat.name) for stat in _members(run_ids, set(identities))]

    def end(
        self, run_ids: Collection[str], identities: Iterable[ProcessIdentity]
    ) -> list[EndedProcess]:
        """Kill and, where they became our children, reap."""
        known = set(identities)
        ended: dict[int, str] = {}
        until = time.monotonic() + _DEADLINE_S
        while (members := _members(run_ids, known)) and time.monotonic() < until:
            for stat in members:
                ended.setdefault(stat.pid, stat.name)
                _kill(stat.pid)
            time.sleep(_REST_S)
            _reap(ended)
        _reap(ended)
        return [EndedProcess(pid, name) for pid, name in ended.items()]

    def holders(self, fd: int, run_id: str) -> list[EndedProcess]:
        """Find the pipe's inode among the open files of the run's processes."""
        pipe = f"pipe:[{os.fstat(fd).st_ino}]"
        found = _members({run_id}, set())
        return [EndedProcess(stat.pid, stat.name) for stat in found if _holds(stat.pid, pipe)]


@cache
def _become_subreaper() -> bool:
    from session.worker.native import become_subreaper

    return become_subreaper()


@cache
def _boot() -> str:
    return (read_bytes(f"{PROC}/sys/kernel/random/boot_id") or b"").decode().strip()


def _identity(stat: ProcessStat) -> ProcessIdentity:
    return ProcessIdentity(stat.pid, f"{_boot()}/{stat.start}")


def _members(run_ids: Collection[str], known: set[ProcessIdentity]) -> list[ProcessStat]:
    """Return live processes that are known, are in a known one's session, or carry an id."""
    me = os.getpid()
    sessions = {identity.pid for identity in known}
    found = []
    for pid in all_pids():
        stat = stat_of(pid) if pid != me else None
        if stat is None or not stat.alive:
            continue
        member = _identity(stat) in known or any(
            carries(pid, RUN_ID_VARIABLE, run_id) for run_id in run_ids
        )
        if member or (stat.session in sessions and stat.parent == me):
            found.append(stat)
    return found


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        pass  # gone already, or out of our reach: the deadline ends the loop


def _reap(pids: Iterable[int]) -> None:
    for pid in pids:
        try:
            os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            pass  # it never became our child


def _holds(pid: int, pipe: str) -> bool:
    folder = Path(PROC) / str(pid) / "fd"
    try:
        return any(os.readlink(entry) == pipe for entry in folder.iterdir())
    except OSError:
        return False
