"""Plain POSIX: process groups, and a scan for the run's id in the processes' environments.

The fallback where Linux's mechanisms are missing. It promises less, and says what.
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from session.ports import ProcessIdentity
from session.runtime.platforms.seam import EndedProcess, TreeUse, wait_in_thread
from session.worker import launch_protocol
from session.worker.launch_protocol import RUN_ID_VARIABLE

if TYPE_CHECKING:
    import subprocess

    import psutil

_DEADLINE_S = 5.0
_REST_S = 0.02


class PosixPlatform:
    """What every POSIX system can do; psutil reads the process table."""

    profile = launch_protocol.POSIX
    isolates = False
    gaps = (
        "A process that leaves the program's group and clears its environment can outlive Stop.",
        "Of a budget only `wall` and `output` are enforced.",
        "If Playhead is killed, processes outside the program's group live until its next start.",
    )

    def settle(self) -> None:
        """Nothing to do: there are no subreapers here."""

    def watch_exit(
        self,
        loop: asyncio.AbstractEventLoop,
        process: "subprocess.Popen[bytes]",
        on_exit: Callable[[], None],
    ) -> None:
        """Wait in a thread."""
        wait_in_thread(loop, process, on_exit)

    def watch_gone(
        self, loop: asyncio.AbstractEventLoop, pid: int, on_gone: Callable[[], None]
    ) -> Callable[[], None]:
        """Watch nothing: plain POSIX can wait for children only."""
        del loop, pid, on_gone
        return lambda: None

    def identify(self, pid: int) -> ProcessIdentity | None:
        """Return pid and creation time."""
        import psutil

        try:
            return _identity(psutil.Process(pid))
        except psutil.Error:
            return None

    def survey(self, root: int) -> list[ProcessIdentity]:
        """Return the descendants of `root` while they still are."""
        import psutil

        try:
            family = psutil.Process(root).children(recursive=True)
        except psutil.Error:
            return []
        return list(_identities(family))

    def find(
        self, run_ids: Collection[str], identities: Iterable[ProcessIdentity]
    ) -> list[EndedProcess]:
        """Look at every process we may look at."""
        members = _members(run_ids, set(identities))
        return [EndedProcess(process.pid, _name(process)) for process in members]

    def end(
        self, run_ids: Collection[str], identities: Iterable[ProcessIdentity]
    ) -> list[EndedProcess]:
        """Kill until nothing is found."""
        known = set(identities)
        ended: dict[int, str] = {}
        until = time.monotonic() + _DEADLINE_S
        while (members := _members(run_ids, known)) and time.monotonic() < until:
            for process in members:
                ended.setdefault(process.pid, _name(process))
                with suppress(OSError):
                    os.kill(process.pid, signal.SIGKILL)
            time.sleep(_REST_S)
        _reap({*ended, *(identity.pid for identity in known)})  # where they became our children
        return [EndedProcess(pid, name) for pid, name in ended.items()]

    def use(self, root: int, stdin: int | None, first: int | None = None) -> TreeUse | None:
        """Ask psutil; whether a process waits for input cannot be seen here."""
        del stdin, first
        import psutil

        try:
            family = psutil.Process(root).children(recursive=True)
        except psutil.Error:
            return None
        count, memory, cpu_s = 0, 0, 0.0
        for process in family:
            with suppress(psutil.Error):
                times = process.cpu_times()
                memory += process.memory_info().rss
                cpu_s += times.user + times.system
                count += 1
        return TreeUse(count, memory, cpu_s, awaits_input=False) if count else None

    def holders(self, fd: int, run_id: str, launcher: int) -> list[EndedProcess]:
        """Name the run's processes: which of them holds the pipe cannot be seen here."""
        del fd, launcher
        return self.find({run_id}, ())


def _identity(process: "psutil.Process") -> ProcessIdentity:
    return ProcessIdentity(process.pid, repr(process.create_time()))


def _identities(processes: "Iterable[psutil.Process]") -> Iterator[ProcessIdentity]:
    import psutil

    for process in processes:
        with suppress(psutil.Error):
            yield _identity(process)


def _name(process: "psutil.Process") -> str:
    import psutil

    try:
        return process.name()
    except psutil.Error:
        return "?"


def _members(run_ids: Collection[str], known: set[ProcessIdentity]) -> "list[psutil.Process]":
    import psutil

    me = os.getpid()
    found = []
    for process in psutil.process_iter():
        if process.pid == me:
            continue
        with suppress(psutil.Error, OSError):
            if process.status() != psutil.STATUS_ZOMBIE and _is_member(process, run_ids, known):
                found.append(process)
    return found


def _is_member(
    process: "psutil.Process", run_ids: Collection[str], known: set[ProcessIdentity]
) -> bool:
    import psutil

    if known and _identity(process) in known:
        return True
    try:
        return process.environ().get(RUN_ID_VARIABLE) in run_ids
    except psutil.Error:
        return False


def _reap(pids: Iterable[int]) -> None:
    for pid in pids:
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
