"""Keeps a kernel: forks it, passes frames on, ends its cells, and forks another when one is gone.

It has no thread, runs nothing of the user's, and stays as small as it was: what it forks is a
fresh interpreter at the price of a fork. It is the only one that writes to the host, so that a
kernel which is killed in the middle of a frame tears nothing.
"""

from __future__ import annotations

import os
import select
import sys
import time

from ..guest import LateModules
from ..process_table import has_children_files
from ..sweeping import sweep
from ..wire import FrameReader, WireError, encode
from .ladder import ASK, Ladder
from .relay import Relay

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from collections.abc import Callable
    from typing import Any, NoReturn

    from ..peer import Channel
    from ..wire import Frame
    from .cell_limits import CellLimits

    #: Becomes the kernel: gets its two descriptors and its generation, and leaves by SystemExit.
    Become = Callable[[int, int, int], NoReturn]
else:
    import _signal as signal  # the C part: the rest of `signal` costs an `enum`

_DONE = b'{"type":"cell_done"'
_AGAIN_S, _GRACE_S = 0.1, 0.75
#: How long a cell that went over its memory may take to give some back.
_MEMORY_GRACE_S = 0.25
_CHUNK = 1 << 16
#: After so many kernels that ended by themselves before any cell, there is no point in another.
_STILLBORN = 3


class _Running:
    """The cell that runs, what it may use, and the ladder, once it is to end."""

    def __init__(self, job: int, limits: CellLimits | None) -> None:
        self.job = job
        self.limits = limits
        self.began = time.monotonic()
        self.ladder: Ladder | None = None


class Keeper:
    """One keeper; `become` is what a fork turns into."""

    def __init__(self, control: Channel, events: Channel, become: Become) -> None:
        self._host, self._news = control.fd, events.fd
        self._become = become
        self._late = LateModules(__package__.rpartition(".")[0])
        self._reader = FrameReader()
        self._generation = 0
        self._pid = 0
        #: How the kernel has ended, as waitpid(2) tells it; None while it lives.
        self._status: int | None = None
        self._by_scan = not has_children_files()
        self._running: _Running | None = None
        self._cause = ""
        self._leaving: int | None = None
        #: How many kernels have ended one after the other without a cell.
        self._stillborn = 0
        self._back: Relay
        self._said: Relay
        self._forth = bytearray()

    def keep(self) -> NoReturn:
        """Keep a kernel until the host is gone or says finish; a kernel leaves by SystemExit."""
        self._children, self._told = os.pipe()
        os.set_blocking(self._told, False)
        signal.signal(signal.SIGCHLD, lambda *_about: None)
        signal.set_wakeup_fd(self._told, warn_on_full_buffer=False)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT,))
        os.set_blocking(self._host, False)
        self._fork()
        if sys.platform == "linux":
            self._late.load("native").become_subreaper()
        while True:
            self._turn()

    # The kernel

    def _fork(self) -> None:
        from _socket import AF_UNIX, SOCK_STREAM, socketpair

        pairs = [socketpair(AF_UNIX, SOCK_STREAM) for _pair in range(2)]
        (ours, theirs), (said, says) = [[end.detach() for end in pair] for pair in pairs]
        self._generation += 1
        pid = os.fork()
        if pid == 0:
            self._let_go(ours, said)
            self._become(theirs, says, self._generation)
        os.close(theirs)
        os.close(says)
        self._pid, self._status = pid, None
        self._forth.clear()
        self._back = Relay(ours, self._host)
        self._said = Relay(said, self._news, _DONE, self._look)

    def _let_go(self, *ends: int) -> None:
        """Be no keeper any more: the kernel has its own signals and its own line."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for fd in (*ends, self._children, self._told, self._host, self._news):
            os.close(fd)

    def _bury(self, status: int) -> None:
        """The kernel has ended: tell of it, end what it has left, fork another."""
        self._said.drain()
        self._back.drain()
        self._end_all()
        for relay in (self._said, self._back):
            os.close(relay.source)
        code, number = _code_and_signal(status)
        self._stillborn = 0 if self._running or self._cause else self._stillborn + 1
        if self._stillborn == _STILLBORN:
            self._leaving = 1
        if self._leaving is not None:
            self._leave(code, number)
        self._answer_for_it(code, number)
        about = {"generation": self._generation, "code": code, "signal": number}
        cause = self._cause or ("signal" if number else "exit")
        self._tell({"type": "kernel", "state": "died", **about, "cause": cause})
        self._cause = ""
        self._fork()

    def _leave(self, code: int | None, number: int | None) -> None:
        """End as the kernel did, with all that it has said written."""
        os.set_blocking(self._news, True)
        os.set_blocking(self._host, True)
        self._said.write()
        self._back.write()
        if number is not None:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        os._exit(code or 0)

    def _answer_for_it(self, code: int | None, number: int | None) -> None:
        running = self._end_cell()
        if running is None:
            return
        about: dict[str, Any] = {"status": "error", "how": None}
        about["reason"] = {"died": {"code": code, "signal": number}}
        if running.ladder is not None and self._cause in ("cancel", "limit"):
            reason = running.ladder.reason
            about = {"status": "resource-limit" if reason else "abort", "how": "hard"}
            about["reason"] = reason
        elif self._cause == "restart":
            about = {"status": "abort", "how": "hard", "reason": None}
        took_s = time.monotonic() - running.began
        used = {"took_s": took_s, "cpu_s": 0.0, "peak": None}
        self._tell({"type": "cell_done", "job": running.job, **about, **used})

    def _end_cell(self) -> _Running | None:
        """The cell that runs, if any, has ended: return it, with nothing of it left open."""
        running, self._running = self._running, None
        if running is not None and running.limits is not None:
            running.limits.close()
        return running

    def _tell(self, header: dict[str, Any]) -> None:
        self._said.add(encode(header))

    def _end_all(self) -> None:
        sweep(self._reap, by_scan=self._by_scan)

    def _reap(self) -> bool:
        """Reap what has ended; whether any child is left."""
        try:
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return True
                if pid == self._pid:
                    self._status = status
        except ChildProcessError:
            return False

    # One turn of the loop

    def _turn(self) -> None:
        """Wait for something and see to it."""
        ready = self._wait()
        if ready.get(self._children):
            os.read(self._children, _CHUNK)
        for relay in (self._said, self._back):
            if ready.get(relay.target, 0) & select.POLLOUT:
                relay.write()
            if ready.get(relay.source, 0) & ~select.POLLOUT:
                relay.read()
        if self._forth:
            self._pass_on()
        if ready.get(self._host, 0) & ~select.POLLOUT:
            self._hear()
        self._reap()
        if self._status is None:
            self._watch()
        if self._status is not None:
            self._bury(self._status)

    def _wait(self) -> dict[int, int]:
        poll = select.poll()
        wanted: dict[int, int] = {self._children: select.POLLIN, self._host: select.POLLIN}
        for relay in (self._said, self._back):
            if relay.wants_read:
                wanted[relay.source] = wanted.get(relay.source, 0) | select.POLLIN
            if relay.wants_write:
                wanted[relay.target] = wanted.get(relay.target, 0) | select.POLLOUT
        if self._forth:
            wanted[self._back.source] = wanted.get(self._back.source, 0) | select.POLLOUT
        for fd, events in wanted.items():
            poll.register(fd, events)
        return dict(poll.poll(self._patience_ms()))

    def _patience_ms(self) -> int | None:
        running = self._running
        if running is None:
            return None
        now = time.monotonic()
        ladder = running.ladder
        if ladder is not None:
            due = ladder.next_at
        else:
            due = running.limits.next_at(now) if running.limits else None
        return None if due is None else max(0, int((due - now) * 1000) + 1)

    def _watch(self) -> None:
        """Look at the limits of the cell that runs, and take the steps that are due."""
        running = self._running
        if running is None:
            return
        now = time.monotonic()
        if running.ladder is None:
            reason = running.limits.reached(now) if running.limits else None
            if reason is not None:
                grace_s = _MEMORY_GRACE_S if reason["limit"] == "memory" else _GRACE_S
                running.ladder = Ladder(now, _AGAIN_S, grace_s, reason)
        while running.ladder is not None and (step := running.ladder.due(now)) is not None:
            if step == ASK:
                os.killpg(os.getpgrp(), signal.SIGINT)
            else:
                self._kill("limit" if running.ladder.reason else "cancel")
                return

    def _kill(self, cause: str) -> None:
        self._cause = cause
        self._end_all()

    # What the host says

    def _hear(self) -> None:
        try:
            data = os.read(self._host, _CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._host_is_gone()
        try:
            for frame in self._reader.feed(data):
                self._take(frame)
        except WireError:
            self._host_is_gone()

    def _host_is_gone(self) -> NoReturn:
        self._end_all()
        os._exit(1)

    def _take(self, frame: Frame) -> None:
        header = frame.header
        kind = header.get("type")
        if kind == "cancel":
            self._cancel(header)
        elif kind == "restart":
            self._kill("restart")
        elif kind == "finish":
            self._finish(frame)
        else:
            if kind == "cell":
                self._running = _Running(int(header["job"]), self._limits(header.get("limits")))
            self._send(frame)

    def _limits(self, limits: dict[str, Any] | None) -> CellLimits | None:
        """Return what watches over a cell's limits; what that takes is loaded with the first."""
        if not limits or limits.keys() <= {"output"}:  # output is counted where it is written
            return None
        module = self._late.load("cells.cell_limits")
        found: CellLimits = module.CellLimits(limits, time.monotonic(), self._by_scan)
        return found

    def _cancel(self, header: dict[str, Any]) -> None:
        running = self._running
        if running is None or header.get("job") != running.job:
            return
        now, grace_s = time.monotonic(), float(header.get("grace_s", _GRACE_S))
        if running.ladder is None:
            running.ladder = Ladder(now, float(header.get("again_s", _AGAIN_S)), grace_s)
        elif grace_s <= 0:
            running.ladder.hurry(now)

    def _finish(self, frame: Frame) -> None:
        self._leaving = int(frame.header.get("code") or 0)
        if self._running is not None:
            os.killpg(os.getpgrp(), signal.SIGINT)
        self._send(frame)

    def _send(self, frame: Frame) -> None:
        self._forth += encode(frame.header, frame.payload)
        self._pass_on()

    def _pass_on(self) -> None:
        try:
            while self._forth:
                del self._forth[: os.write(self._back.source, self._forth)]
        except BlockingIOError:
            return
        except OSError:
            self._forth.clear()  # its end is told by its process

    # What the kernel says

    def _look(self, data: bytes) -> bytes:
        """See a cell's end, and say why it ended where the kernel cannot know."""
        (frame,) = FrameReader().feed(data)
        running = self._running
        if running is None or frame.header.get("job") != running.job:
            return b""  # the user's code has no business here
        self._end_cell()
        met = frame.header.pop("interrupted", False)
        if running.ladder is not None and (met or running.ladder.reason):
            reason = running.ladder.reason
            frame.header["status"] = "resource-limit" if reason else "abort"
            frame.header.update(how="soft", reason=reason)
        return encode(frame.header)


def _code_and_signal(status: int) -> tuple[int | None, int | None]:
    if os.WIFSIGNALED(status):
        return None, os.WTERMSIG(status)
    return os.WEXITSTATUS(status), None
