"""Our side of one launcher: starts it, speaks its protocol, knows when it is gone.

It decides nothing about runs. Start it from the main thread: the parent-death signal follows
the thread that created the launcher.
"""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import session.worker
from session.budget import Reached
from session.runtime.channel import Channel
from session.runtime.platforms.seam import EndedProcess, Platform
from session.worker.launch_protocol import (
    ISOLATES,
    RUN_ID_VARIABLE,
    VIEW_STAGE,
    LineError,
    LineReader,
    encode_line,
)

WORKER_FOLDER = Path(session.worker.__file__).parent
_LAST_WAIT_S = 5.0
_LAUNCHER = str(WORKER_FOLDER / "launcher.py")


class ProgramExit(NamedTuple):
    """How the launched program's own process ended; `max_rss` in bytes, `cpu_s` in seconds."""

    code: int | None
    signal: int | None
    max_rss: int
    cpu_s: float


class StartFailure(NamedTuple):
    """Why the program could not be started: the step, the error number, its text."""

    stage: str
    errno: int
    message: str


class SweptReport(NamedTuple):
    """What the launcher's sweep found still alive (`total`; the first few named), and the stuck.

    `asked` is false when the launcher was told to leave by somebody else.
    """

    asked: bool
    total: int
    ended: tuple[EndedProcess, ...]
    stuck: tuple[EndedProcess, ...]


class LauncherProcess:
    """A launcher. Each future is set once; None means the launcher was lost before."""

    def __init__(self, loop: asyncio.AbstractEventLoop, platform: Platform) -> None:
        self.launched: asyncio.Future[dict[str, Any] | None] = loop.create_future()
        self.started: asyncio.Future[int | StartFailure | None] = loop.create_future()
        self.watching: asyncio.Future[None] = loop.create_future()
        self.reached: asyncio.Future[Reached | None] = loop.create_future()
        self.exited: asyncio.Future[ProgramExit | None] = loop.create_future()
        self.sweeping: asyncio.Future[None] = loop.create_future()
        self.swept: asyncio.Future[SweptReport | None] = loop.create_future()
        self.gone: asyncio.Future[None] = loop.create_future()
        #: Why the view cannot be an overlay; the program may be asked for again, with a copy. Set
        #: with the first answer to `run`, None where there is nothing to complain of.
        self.view_refused: asyncio.Future[str | None] = loop.create_future()
        #: What the program got: profile, layers, gaps; None where nothing was asked for.
        self.isolation: dict[str, Any] | None = None
        #: The first process of the run's own process namespace: ours, not the program's.
        self.first: int | None = None
        #: The budgets that cannot be watched here, as the manifest names them; known once started.
        self.unwatched: tuple[str, ...] = ()
        #: When the program was started, by the monotonic clock.
        self.started_at: float | None = None
        self._loop = loop
        self._platform = platform
        self._reader = LineReader()

    def start(
        self, run_id: str, fds: Sequence[int], stderr: int, *, isolates: bool = False
    ) -> None:
        """Start the launcher; it inherits `fds` for its program. Raises OSError.

        `isolates`: what it starts will be isolated, so that it can make itself ready for that.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [*self._command(theirs.fileno()), *([ISOLATES] if isolates else [])],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=stderr,
                    pass_fds=(theirs.fileno(), *fds),
                    env=_environment(run_id),
                    cwd="/",
                    start_new_session=True,
                )
            except BaseException:
                ours.close()
                raise
        self._lifeline = Channel(self._loop, ours)
        self._lifeline.listen(self._hear, lambda: None)
        self._platform.watch_exit(self._loop, self._process, self._on_exit)

    def _command(self, lifeline: int) -> list[str]:
        python = [sys.executable, "-I", "-S", "-X", "utf8", _LAUNCHER]
        return [*python, str(lifeline), str(os.getpid()), self._platform.profile]

    @property
    def pid(self) -> int:
        """The launcher's own process number."""
        return self._process.pid

    def run(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        cwd: Path,
        fds: Mapping[int, int],
        watch: Mapping[str, Any] | None = None,
        isolation: Mapping[str, Any] | None = None,
    ) -> None:
        """Ask for the program. `fds`: its descriptor -> ours. `watch`: budget and folders.

        `isolation`: None puts nothing on.
        """
        request: dict[str, Any] = {
            "request": "start",
            "argv": list(argv),
            "env": dict(env),
            "cwd": str(cwd),
            "fds": [[target, source] for target, source in fds.items()],
            "limits": {"CORE": [0, 0]},
            **(watch or {}),
        }
        if isolation is not None:
            request |= {"isolation": dict(isolation), "user": [os.geteuid(), os.getegid()]}
        self._lifeline.send(encode_line(request))

    def watch(self, watch: Mapping[str, Any]) -> None:
        """Have a program that is up already watched: budget and folders, as in `run`."""
        self._lifeline.send(encode_line({"request": "watch", **watch}))

    def remove(self, links: Sequence[Path]) -> None:
        """Name links that the launcher deletes last, whatever becomes of us."""
        paths = [str(link) for link in links]
        self._lifeline.send(encode_line({"request": "remove", "paths": paths}))

    def interrupt(self) -> None:
        """Send SIGINT to the program's process group."""
        self._lifeline.send(encode_line({"request": "interrupt"}))

    def sweep(self, patience_s: float = 0.0) -> None:
        """Ask for the end of everything, at once or with some patience; the launcher goes last."""
        self._lifeline.send(encode_line({"request": "sweep", "patience_s": patience_s}))

    def kill(self) -> None:
        """End a launcher that does not answer; what it leaves is the platform's to find."""
        if not self.gone.done():
            self._process.kill()

    def let_go(self) -> None:
        """Leave the launcher to itself: it sweeps when its lifeline ends. Waits for it to go.

        For emergencies only: blocks the event loop, usually for some milliseconds.
        """
        self._lifeline.close()
        try:
            self._process.wait(_LAST_WAIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _hear(self, data: bytes) -> None:
        try:
            reports = self._reader.feed(data)
        except LineError:
            self.kill()  # it has lost its mind: what it started is swept from here
            return
        for report in reports:
            self._note(report)

    def _note(self, report: dict[str, Any]) -> None:
        match report["event"]:
            case "launched":
                _settle(self.launched, report)
            case "started":
                self.isolation, self.first = report["isolation"], report["first"]
                self.started_at = time.monotonic()
                self.unwatched = tuple(map(_plain, report["unwatched"]))
                _settle(self.view_refused, None)
                _settle(self.started, int(report["pid"]))
            case "failed" if report["stage"] == VIEW_STAGE:
                _settle(self.view_refused, str(report["message"]))
            case "failed":
                self.isolation = report.get("isolation")
                failure = StartFailure(report["stage"], report["errno"], report["message"])
                _settle(self.view_refused, None)
                _settle(self.started, failure)
            case "watching":
                self.unwatched = tuple(map(_plain, report["unwatched"]))
                _settle(self.watching, None)
            case "budget":
                name = _plain(report["name"])
                _settle(self.reached, Reached(name, report["limit"], report["used"]))
            case "exited":
                _settle(self.exited, _exit_of(report))
            case "sweeping":
                _settle(self.sweeping, None)
            case "swept":
                _settle(self.swept, _swept_of(report))
            case _:
                pass  # a newer launcher's word: nothing depends on it

    def _on_exit(self) -> None:
        self._lifeline.drain()
        self._lifeline.close()
        told = (self.launched, self.view_refused, self.started, self.watching, self.reached)
        for future in (*told, self.exited, self.sweeping, self.swept):
            _settle(future, None)
        _settle(self.gone, None)


def _environment(run_id: str) -> dict[str, str]:
    """Return what our own interpreter needs to run at all, and the mark of the run."""
    needed = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
    return {name: os.environ[name] for name in needed if name in os.environ} | {
        RUN_ID_VARIABLE: run_id
    }


def _plain(name: str) -> str:
    return name.removesuffix("_s")


def _settle(future: "asyncio.Future[Any]", value: object) -> None:
    if not future.done():
        future.set_result(value)


def _exit_of(report: dict[str, Any]) -> ProgramExit:
    return ProgramExit(report["code"], report["signal"], report["max_rss"], report["cpu_s"])


def _swept_of(report: dict[str, Any]) -> SweptReport:
    ended = tuple(EndedProcess(one["pid"], one["name"]) for one in report["ended"])
    stuck = tuple(EndedProcess(one["pid"], one["name"]) for one in report["stuck"])
    return SweptReport(report["asked"], report["count"], ended, stuck)
