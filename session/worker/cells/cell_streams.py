"""Standard output and error of a kernel: told to the host, each piece with the cell it is from.

What a thread or a task prints belongs to the cell that started it, however late it comes. A
forked child writes to the plain descriptors: it has no line to the host.
"""

from __future__ import annotations

import _contextvars
import _thread
import io
import os
import sys

from ..streams import AT_ONCE, Flusher, flush_before_leaving

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..peer import Channel

_FULL = 1 << 16


class Job:
    """A cell that runs, or has run: who a piece of output is from."""

    __slots__ = ("cell", "dropped", "left", "number", "told")

    def __init__(self, number: int, cell: str, limit: int | None) -> None:
        self.number = number
        self.cell = cell
        self.left = limit
        self.dropped = {"stdout": 0, "stderr": 0}
        self.told = 0


class CellOutput:
    """Collects output and tells it in order, within 20 ms. Any thread may write."""

    def __init__(self, events: Channel) -> None:
        self._events = events
        # A signal handler of a cell may print in the middle of a print: its step then follows.
        self._lock = _thread.RLock()
        self._steps: list[Callable[[], None]] = []
        self._in_step = False
        self._parts: list[bytes] = []
        self._of: tuple[str, Job] | None = None
        self._size = 0
        self._left = AT_ONCE
        self._armed = False
        self._flusher = Flusher()
        self._cell: Any = _contextvars.ContextVar("cell")
        #: The threads that cells have started, by ident.
        self._owners: dict[int, Job] = {}
        self.job = Job(0, "", None)
        self.forked = False
        os.register_at_fork(before=self.flush, after_in_child=self._be_child)

    def enter(self, job: Job) -> None:
        """From here on what is printed is of this cell, but by threads that are there already."""
        self._adopt()
        self.job = job
        self._cell.set(job)

    def leave(self) -> None:
        """The cell has ended; its threads and tasks may print on."""
        self._adopt()
        self.flush()
        self._do(lambda: self._tell_dropped(self.job))

    def _adopt(self) -> None:
        """Note whose the threads are that nobody knows yet, and forget those that are gone."""
        alive = sys._current_frames()  # noqa: SLF001 - the only list of all threads
        if len(alive) == 1 and not self._owners:
            return
        self._owners = {ident: self._owners.get(ident, self.job) for ident in alive}
        self._owners.pop(_thread.get_ident(), None)

    @property
    def current(self) -> Job:
        """The cell that whoever calls this works for."""
        found: Job | None = self._cell.get(None)
        if found is None:
            found = self._owners.get(_thread.get_ident())
        return found or self.job

    def write(self, name: str, data: bytes) -> None:
        """Take output; what is over the cell's limit is dropped and counted."""
        job = self.current
        self._do(lambda: self._take(job, name, data))

    def _do(self, step: Callable[[], None]) -> None:
        """Do one step after those that are under way."""
        with self._lock:
            self._steps.append(step)
            if self._in_step:
                return
            self._in_step = True
            try:
                while self._steps:
                    self._steps.pop(0)()
            finally:
                self._in_step = False

    def _take(self, job: Job, name: str, data: bytes) -> None:
        if job.left is not None:
            data = self._within(job, name, data)
        if not data:
            return
        if self._of != (name, job):
            self._send()
            self._of = name, job
        self._parts.append(data)
        self._size += len(data)
        if self._size >= _FULL or (self._left > 0 and data.endswith(b"\n")):
            self._left -= 1
            self._send()
        if not self._armed:
            self._armed = True
            self._flusher.arm(self._end_window)

    def _within(self, job: Job, name: str, data: bytes) -> bytes:
        kept = data[: job.left]
        job.left -= len(kept)  # type: ignore[operator]  # only asked where there is a limit
        if len(kept) < len(data):
            first = not any(job.dropped.values())
            job.dropped[name] += len(data) - len(kept)
            if first:
                self._send()
                self._tell_dropped(job)
        return kept

    def _tell_dropped(self, job: Job) -> None:
        if sum(job.dropped.values()) == job.told:
            return
        job.told = sum(job.dropped.values())
        for name, dropped in job.dropped.items():
            if dropped:
                about = {"type": "cut", "job": job.number, "name": name, "dropped": dropped}
                self._events.send(about)

    def _send(self) -> None:
        if self._of is None or not self._parts:
            return
        (name, job), parts = self._of, self._parts
        self._parts, self._size = [], 0
        about = {"type": "stream", "job": job.number, "cell": job.cell, "name": name}
        data = b"".join(parts)
        for start in range(0, len(data), 1 << 20):
            self._events.send(about, data[start : start + (1 << 20)])

    def flush(self) -> None:
        """Tell what has been collected."""
        if not self.forked:
            self._do(self._send)

    def tell(self, header: dict[str, Any], payload: bytes = b"") -> None:
        """Send an event of the current cell, after what was printed before it."""
        job = self.current
        whole = {**header, "job": job.number, "cell": job.cell}
        self._do(lambda: self._told(whole, payload))

    def _told(self, header: dict[str, Any], payload: bytes) -> None:
        self._send()
        self._events.send(header, payload)

    def _end_window(self) -> None:
        self._do(self._begin_window)

    def _begin_window(self) -> None:
        # Disarmed before the flush: a write in between asks for a window of its own.
        self._armed = False
        self._left = AT_ONCE
        self._send()

    def _be_child(self) -> None:
        self.forked = True
        self._lock = _thread.RLock()
        self._parts = []


class CellBuffer(io.BufferedIOBase):
    """What lies under `sys.stdout` or `sys.stderr`; it keeps nothing back itself."""

    def __init__(self, output: CellOutput, name: str, fd: int) -> None:
        self._output = output
        self._name = name
        self._fd = fd

    @property
    def name(self) -> str:
        """As the interpreter's own streams are called."""
        return f"<{self._name}>"

    mode = "wb"

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def fileno(self) -> int:
        """Return the plain descriptor, which a child process inherits."""
        return self._fd

    def write(self, data: Any) -> int:
        """Pass bytes on."""
        taken = bytes(data)
        if self._output.forked:
            left = taken
            while left:
                left = left[os.write(self._fd, left) :]
        else:
            self._output.write(self._name, taken)
        return len(taken)

    def flush(self) -> None:
        """Leave the time to the window: a flush after each line must not cost a frame each."""


def install(output: CellOutput) -> None:
    """Put the kernel's streams in place. Lone surrogates are shown escaped."""
    for name, fd in (("stdout", 1), ("stderr", 2)):
        stream = io.TextIOWrapper(
            CellBuffer(output, name, fd),
            encoding="utf-8",
            errors="backslashreplace",
            newline="\n",
            write_through=True,
        )
        stream.mode = "w"  # type: ignore[misc]  # as the interpreter's own has it
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    flush_before_leaving(output.flush)
