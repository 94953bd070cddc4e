"""Looks at a process from outside, through psutil, so on every platform."""

import time
from collections.abc import Callable

import psutil

from session.workers.activity import GONE, Activity


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
