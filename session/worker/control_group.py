"""A control group of the run's own (cgroup v2), where the machine lets us make one.

Everything that the program starts stays in it, whatever it does, so that one write ends all of
it; and where the kernel's controllers are there, memory and tasks have limits that no timing
gets past. A machine that delegates nothing is the usual case: then nothing of this happens, and
budgets and Stop work as they do without.

Kernel documentation: Control Group v2, "Delegation" and "No Internal Process Constraint".
"""

from __future__ import annotations

import os
import time

from .process_table import read_bytes, stat_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

MOUNTS = ("/sys/fs/cgroup", "/sys/fs/cgroup/unified")
_OWN = "/proc/self/cgroup"
_PREFIX = "playhead-"
#: The watchdog, which can say what happened, comes first; the kernel's limit lies above its own.
_MARGIN = 32 << 20
#: The kernel counts threads: so many for each process that a budget allows, and these at least.
_THREADS, _LEAST = 64, 64


class NoGroupError(OSError):
    """There can be no group of our own here; the text says why."""


class ControlGroup:
    """One group, empty at first. `fd` is its folder, for a process that is made inside.

    To move a process that is there already costs ten milliseconds: the kernel waits for all
    that are about to fork.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._limit = 0

    def limit(self, budget: Mapping[str, float]) -> list[str]:
        """Have the kernel hold what it can of a budget; the names of what it holds."""
        held = []
        if "memory" in budget and _has(f"{self.folder}/memory.max"):
            self._limit = int(budget["memory"])
            try:
                _write(f"{self.folder}/memory.max", str(self._limit + _MARGIN))
                if _has(f"{self.folder}/memory.swap.max"):
                    _write(f"{self.folder}/memory.swap.max", "0")
                held.append("memory")
            except OSError:
                self._limit = 0
        if "processes" in budget and _has(f"{self.folder}/pids.max"):
            most = max(int(budget["processes"]), 1) * _THREADS + _LEAST
            try:
                _write(f"{self.folder}/pids.max", str(most))
                held.append("processes")
            except OSError:
                pass
        return held

    def out_of_memory(self) -> tuple[int, int] | None:
        """Return limit and use where the kernel has ended something of it for its memory."""
        if not self._limit or _field(f"{self.folder}/memory.events", b"oom_kill") == 0:
            return None
        return self._limit, max(_number(f"{self.folder}/memory.peak"), self._limit)

    def kill(self) -> bool:
        """End everything in it at once; False where this kernel cannot (before 5.14)."""
        try:
            _write(f"{self.folder}/cgroup.kill", "1")
        except OSError:
            return False
        return True

    def remove(self) -> None:
        """Remove it, once it is empty, and with it what killed launchers have left beside it."""
        os.close(self.fd)
        _remove(self.folder)
        _tidy(os.path.dirname(self.folder))


def make_group(mounts: tuple[str, ...] = MOUNTS, own: str = _OWN) -> ControlGroup:
    """Make a group that this process may put others into; raise NoGroupError."""
    home = _home(mounts, own)
    parents = [home]
    while parents[-1] not in mounts and len(parents) < 4:
        parents.append(os.path.dirname(parents[-1]))
    found = [parent for parent in parents if os.access(f"{parent}/cgroup.procs", os.W_OK)]
    found = [parent for parent in found if os.access(parent, os.W_OK)]
    if not found:
        message = "no control group is delegated to this user"
        raise NoGroupError(message)
    # Where the controllers are handed down; otherwise where we are.
    found.sort(key=lambda parent: "memory" not in _words(f"{parent}/cgroup.subtree_control"))
    last: OSError | None = None
    for parent in found:
        try:
            return _made(parent)
        except OSError as error:
            last = error
    message = f"no control group can be made: {last.strerror if last else 'unknown'}"
    raise NoGroupError(message)


def _home(mounts: tuple[str, ...], own: str) -> str:
    for row in (read_bytes(own) or b"").decode("utf-8", "replace").splitlines():
        if row.startswith("0::/"):
            inside = row[3:].rstrip("/")
            for mount in mounts:
                if _has(f"{mount}{inside}/cgroup.procs") and _has(f"{mount}/cgroup.controllers"):
                    return f"{mount}{inside}"
    message = "this system has no cgroup v2"
    raise NoGroupError(message)


def _made(parent: str) -> ControlGroup:
    folder = f"{parent}/{_PREFIX}{os.getpid()}-{time.monotonic_ns():x}"
    os.mkdir(folder)
    return ControlGroup(folder)


def _tidy(parent: str) -> None:
    """Remove groups whose launchers are gone. One that lives may have nobody in its own yet."""
    for name in _names(parent):
        owner = name[len(_PREFIX) :].partition("-")[0]
        if name.startswith(_PREFIX) and owner.isdigit() and stat_of(int(owner)) is None:
            _remove(f"{parent}/{name}")


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _remove(folder: str) -> None:
    try:
        os.rmdir(folder)
    except OSError:
        pass  # the kernel keeps one that is in use


def _has(path: str) -> bool:
    return os.access(path, os.F_OK)


def _words(path: str) -> list[str]:
    return (read_bytes(path) or b"").decode("ascii", "replace").split()


def _number(path: str) -> int:
    text = (read_bytes(path) or b"").strip()
    return int(text) if text.isdigit() else 0


def _field(path: str, name: bytes) -> int:
    for row in (read_bytes(path) or b"").splitlines():
        key, _space, value = row.partition(b" ")
        if key == name and value.isdigit():
            return int(value)
    return 0


def _write(path: str, text: str) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, text.encode("ascii"))
    finally:
        os.close(fd)
