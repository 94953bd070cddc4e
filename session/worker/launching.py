"""The launcher: starts one program, tells what becomes of it, and leaves nothing behind.

A tiny single-threaded process between the session and the worker. It sweeps and exits when it
is told to, when it gets SIGTERM, and when its lifeline ends, which it does with the session's
process whatever kills that. A program that is to be isolated is started by `isolation/inside.py`,
and the `started` report lists the layers it got.
"""

from __future__ import annotations

import os
import select
import sys
import time

from .become import close_sources, start_program
from .launch_protocol import ISOLATES, LINUX, VIEW_STAGE, LineReader, encode_line
from .process_table import has_children_files, stat_of
from .sweeping import (
    NAMED,
    Swept,
    await_leavers,
    end_group,
    kill,
    sweep,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from typing import Any

    from .control_group import ControlGroup
    from .watchdog import Watchdog
else:
    import _signal as signal  # the C part: the rest of `signal` costs an `enum`


class Launcher:
    """One program's life, seen from just above it."""

    def __init__(self, lifeline: int, parent: int, profile: str, *, isolates: bool) -> None:
        self._lifeline = lifeline
        self._parent = parent
        self._linux = profile == LINUX
        self._isolates = isolates and self._linux
        self._profile = profile
        self._reader = LineReader()
        self._worker: int | None = None
        #: The first process of the run's own process namespace, if it has one.
        self._first: int | None = None
        self._inside = -1
        self._inside_reader = LineReader()
        #: What the first told of the program's end before its start was told of.
        self._ended_at_once: dict[str, Any] | None = None
        self._told_exit = False
        self._leave = False
        self._asked = False
        self._patience_s = 0.0
        self._remove: list[str] = []
        self._layers: dict[str, bool] = {"session": True, "lifeline": True}
        self._by_scan = False
        self._watchdog: Watchdog | None = None
        #: The control group of the program, and why there is none.
        self._group: ControlGroup | None = None
        self._no_group = ""

    def run(self) -> int:
        """Serve the lifeline until it is time to go; the answer is the exit code."""
        self._settle()
        self._report_launched()
        if self._isolates:  # while the session lays the view
            from .isolation import inside  # noqa: F401 - so that the start need not

            self._make_group()
        while not self._leave:
            self._wait()
            self._reap()
            self._watch()
        self._sweep()
        return 0

    def _make_group(self) -> None:
        from .control_group import NoGroupError, make_group

        try:
            self._group = make_group()
        except NoGroupError as error:
            self._no_group = str(error)

    def _settle(self) -> None:
        os.set_inheritable(self._lifeline, False)
        self._wake, wake_write = os.pipe()
        os.set_blocking(wake_write, False)
        os.set_blocking(self._wake, False)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE):
            signal.signal(number, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._on_terminate)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        if self._linux:
            self._settle_on_linux()
        if os.getppid() != self._parent:
            self._leave = True  # it died before we could be bound to it

    def _settle_on_linux(self) -> None:
        from .native import become_subreaper, die_with_parent

        self._layers["subreaper"] = become_subreaper()
        self._layers["parent_death"] = die_with_parent(signal.SIGTERM)
        self._by_scan = not has_children_files()

    def _on_terminate(self, _number: int, _frame: object) -> None:
        self._leave = True

    def _report_launched(self) -> None:
        stat = stat_of(os.getpid()) if self._linux else None
        self._report(
            {
                "event": "launched",
                "profile": self._profile,
                "layers": self._layers,
                "gaps": self._gaps(),
                "pid": os.getpid(),
                "start": stat.start if stat else None,
            }
        )

    def _gaps(self) -> list[str]:
        gaps = [name for name, active in self._layers.items() if not active]
        if not self._linux:
            gaps += ["subreaper", "parent_death"]
        return gaps

    def _report(self, message: dict[str, Any]) -> None:
        data = encode_line(message)
        try:
            while data:
                data = data[os.write(self._lifeline, data) :]
        except OSError:
            pass  # the session is gone; the lifeline's end tells the loop

    def _wait(self) -> None:
        poll = select.poll()
        poll.register(self._lifeline, select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        if self._inside >= 0:
            poll.register(self._inside, select.POLLIN)
        patience_ms = self._watchdog.wait_ms() if self._watchdog else None
        ready = {fd for fd, _event in poll.poll(patience_ms)}
        if self._wake in ready:
            os.read(self._wake, 4096)
        if self._inside in ready:
            self._listen_inside()
        if self._lifeline in ready:
            self._listen()

    def _listen_inside(self) -> None:
        """Hear from the run's first process how the program ended."""
        data = os.read(self._inside, 65536)
        for message in self._inside_reader.feed(data):
            self._hear_inside(message)
        if not data:
            os.close(self._inside)
            self._inside = -1
            if not self._told_exit:  # it was ended itself, and everything with it
                self._report_exited(signal.SIGKILL, 0, 0.0)

    def _hear_inside(self, message: dict[str, Any]) -> None:
        if "exited" in message:
            self._report_exited(message["exited"], *message["used"])

    def _listen(self) -> None:
        try:
            data = os.read(self._lifeline, 65536)
        except OSError:
            data = b""
        if not data:
            self._leave = True
        for request in self._reader.feed(data):
            self._serve(request)

    def _serve(self, request: dict[str, Any]) -> None:
        name = request.get("request")
        if name == "start":
            self._start(request)
        elif name == "watch":
            self._begin_watching(request)
        elif name == "remove":
            self._remove = request["paths"]
        elif name == "interrupt":
            self._interrupt()
        elif name == "sweep":
            self._report({"event": "sweeping"})
            self._asked = True
            self._patience_s = request.get("patience_s", 0.0)
            self._leave = True

    def _start(self, request: dict[str, Any]) -> None:
        isolation = None
        watchdog = self._watchdog_for(request)
        if "isolation" in request:
            request["isolation"]["cgroup"] = self._no_group
            request["isolation"]["group"] = self._group.fd if self._group else -1
        try:
            if self._linux and "isolation" in request:
                failure, isolation = self._start_isolated(request)
            else:
                self._worker, failure = start_program(request, linux=self._linux)
        except OSError as error:  # no more processes, no more descriptors
            failure = {"stage": "fork", "errno": error.errno, "message": str(error)}
        if failure is None or failure["stage"] != VIEW_STAGE:
            close_sources(request)
        if failure is not None or self._worker is None:
            self._worker = None
            self._report({"event": "failed", "isolation": isolation, **(failure or {})})
            return
        about = {"pid": self._worker, "first": self._first, "isolation": isolation}
        stat = stat_of(self._worker) if self._linux else None
        unwatched = watchdog.unwatched if watchdog else []
        start = stat.start if stat else None
        self._report({"event": "started", "start": start, "unwatched": unwatched, **about})
        self._watchdog = watchdog
        if watchdog is not None:
            watchdog.begin(self._first)
        if self._ended_at_once is not None:
            self._hear_inside(self._ended_at_once)

    def _start_isolated(
        self, request: dict[str, Any]
    ) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        from .isolation.inside import start_isolated

        began = time.monotonic()
        started = start_isolated(request)
        self._worker, self._inside = started.worker, started.report
        self._inside_reader, self._ended_at_once = started.reader, started.exited
        self._first = started.pid if started.report >= 0 else None
        layers = started.layers
        if layers is not None:
            layers["setup_ms"] = round((time.monotonic() - began) * 1000, 1)
        return started.failure, layers

    def _watchdog_for(self, request: dict[str, Any]) -> Watchdog | None:
        if not request.get("budget"):
            return None
        from .watchdog import Watchdog  # most programs have nothing to be watched

        if self._group is not None:
            self._group.limit(request["budget"])
        return Watchdog(
            request["budget"], request["folders"], processes=self._linux, by_scan=self._by_scan
        )

    def _begin_watching(self, request: dict[str, Any]) -> None:
        """Watch a program that has been up for a while."""
        watchdog = self._watchdog_for(request)
        self._report({"event": "watching", "unwatched": watchdog.unwatched if watchdog else []})
        self._watchdog = watchdog
        if watchdog is not None:
            watchdog.begin(self._first)

    def _watch(self) -> None:
        """End everything at once when a budget is used up; the session asks for the rest."""
        reached = self._watchdog.look() if self._watchdog and not self._leave else None
        if reached is None or self._watchdog is None:
            return
        for pid in reached.pids:
            kill(pid)  # before a word is said: every moment counts
        self._watchdog.close()
        self._watchdog = None
        self._report_budget(reached.name, reached.limit, reached.used)
        self._end_all()

    def _report_budget(self, name: str, limit: float, used: float) -> None:
        self._report({"event": "budget", "name": name, "limit": limit, "used": used})

    def _interrupt(self) -> None:
        if self._worker is None:
            return
        try:
            os.killpg(self._worker, signal.SIGINT)
        except OSError:
            pass  # nobody is left in the group

    def _reap(self) -> bool:
        """Reap whatever has ended; whether any child is left."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid == self._worker != self._first:  # inside, the first tells of it
                self._report_exited(status, usage.ru_maxrss, usage.ru_utime + usage.ru_stime)

    def _report_exited(self, status: int, max_rss: int, cpu_s: float) -> None:
        self._told_exit = True
        if self._watchdog is not None:
            self._watchdog.program_ended()
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        held = self._group.out_of_memory() if self._group and killed and not self._leave else None
        if held is not None:  # the kernel was faster than the watchdog
            self._report_budget("memory", *held)
        self._report(
            {
                "event": "exited",
                "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
                "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
                "max_rss": max_rss * (1 if sys.platform == "darwin" else 1024),
                "cpu_s": cpu_s,
            }
        )

    def _sweep(self) -> None:
        if self._linux:
            await_leavers(self._reap, self._patience_s)
        swept = self._end_all()
        if self._group is not None:
            self._group.remove()
        for path in self._remove:
            try:
                os.unlink(path)
            except OSError:
                pass
        self._report_swept(swept)

    def _end_all(self) -> Swept:
        if self._linux:
            at_once = self._group.kill if self._group else None
            return sweep(self._reap, by_scan=self._by_scan, ours=self._first, at_once=at_once)
        if self._worker is not None:
            return end_group(self._worker, self._reap)
        return Swept()

    def _report_swept(self, swept: Swept) -> None:
        ended = list(swept.ended.items())
        self._report(
            {
                "event": "swept",
                "asked": self._asked,
                "count": len(ended),
                "ended": [{"pid": pid, "name": name} for pid, name in ended[:NAMED]],
                "stuck": [{"pid": pid, "name": name} for pid, name in swept.stuck[:NAMED]],
            }
        )


def main(arguments: list[str]) -> int:
    """Run a launcher as its command line says: lifeline, the session's pid, profile, more."""
    lifeline, parent, profile, *more = arguments
    return Launcher(int(lifeline), int(parent), profile, isolates=more == [ISOLATES]).run()
