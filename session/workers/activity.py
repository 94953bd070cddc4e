"""What a process has been doing: the evidence by which a silent worker is busy and not dead."""

import time
from collections.abc import Callable
from typing import Final, NamedTuple

import psutil

#: From this share of one processor on a process counts as working.
BUSY_SHARE: Final = 0.05


class Activity(NamedTuple):
    """What a process did since it was looked at last.

    `cpu_share` is of one processor. `wants_cpu`: at this moment it runs, or would if it were let.
    `in_kernel`: it waits in the kernel for a device, where nothing can reach it.
    """

    alive: bool
    cpu_share: float = 0.0
    wants_cpu: bool = False
    in_kernel: bool = False

    @property
    def is_busy(self) -> bool:
        """Whether it lives and works, as far as can be told from outside."""
        works = self.cpu_share >= BUSY_SHARE or self.wants_cpu or self.in_kernel
        return self.alive and works


GONE: Final = Activity(alive=False)


class ProcessActivity:
    """Looks at one process; each call tells what happened since the one before."""

    def __init__(self, pid: int, clock: Callable[[], float] = time.monotonic) -> None:
        """The process that has this number now; a later one with the same number is another."""
        self._clock = clock
        self._process: psutil.Process | None
        try:
            self._process = psutil.Process(pid)
        except psutil.Error:
            self._process = None
        self._at, self._used = clock(), self._cpu_s() or 0.0

    def __call__(self) -> Activity:
        """Look now. A process that may not be looked at counts as gone."""
        now, used = self._clock(), self._cpu_s()
        if self._process is None or used is None:
            return GONE
        try:
            if not self._process.is_running():
                return GONE
            status = self._process.status()
        except psutil.Error:
            return GONE
        if status in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD):
            return GONE
        span, spent = now - self._at, used - self._used
        self._at, self._used = now, used
        return Activity(
            alive=True,
            cpu_share=max(spent, 0.0) / span if span > 0 else 0.0,
            wants_cpu=status == psutil.STATUS_RUNNING,
            in_kernel=status == psutil.STATUS_DISK_SLEEP,
        )

    def _cpu_s(self) -> float | None:
        try:
            times = self._process.cpu_times() if self._process is not None else None
        except psutil.Error:
            return None
        return None if times is None else times.user + times.system
