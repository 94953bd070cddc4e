"""Runs the program that searches, and brings what it says to the window's thread."""

import contextlib
import json
import subprocess
import sys
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Final, NamedTuple

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal

from studio.widgets.code_editor.find import FindRequest
from studio.widgets.code_editor.find_matches import MOST

_PROGRAM: Final = Path(__file__).with_name("find_program.py")
#: Without news for so long, a pattern is given up, in milliseconds.
PATIENCE_MS: Final = 10_000


class Job(NamedTuple):
    """What the process is to do with a text, in offsets.

    Without a `template` it tells the matches; with one, what they are to be replaced by, all of
    them or the one that stands `at` a place.
    """

    find: FindRequest
    scope: tuple[int, int]
    template: str | None = None
    at: tuple[int, int] | None = None


class FindProcess(QObject):
    """One process at a time; another job, or `stop`, ends the one before at once."""

    #: A message of the program, a dict; the last one has `done` or `fault`.
    told = Signal(object)
    _arrived = Signal(object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._work: _Work | None = None
        self._patience = QTimer(self, interval=PATIENCE_MS, singleShot=True)
        self._patience.timeout.connect(self._give_up)
        self._arrived.connect(self._take)
        self.destroyed.connect(_Stop(self))

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._work is not None

    def begin(self, job: Job, text: str) -> None:
        """Do a job; the answer comes by `told`."""
        self.stop()
        self._work = _Work(job, text)
        self._patience.start()
        Thread(target=self._work.run, args=(self,), name="find", daemon=True).start()

    def stop(self) -> None:
        """Want no answer any more."""
        work, self._work = self._work, None
        if work is not None:
            work.end()
        self._patience.stop()

    def bring(self, work: "_Work", message: dict[str, Any]) -> None:
        """Any thread: carry a message over to Qt's."""
        with contextlib.suppress(RuntimeError):  # destroyed in this very moment
            if shiboken6.isValid(self):
                self._arrived.emit(work, message)

    def _take(self, work: "_Work", message: dict[str, Any]) -> None:
        if work is not self._work:
            return
        self._patience.start()
        if "done" in message or "fault" in message:
            self.stop()
        self.told.emit(message)

    def _give_up(self) -> None:
        self.stop()
        fault = self.tr("Given up: this pattern takes too long in this text.")
        self.told.emit({"fault": fault, "name": self.tr("Too slow")})


class _Work:
    """One process and the thread that waits for it."""

    def __init__(self, job: Job, text: str) -> None:
        self._job = job
        self._text = text
        self._lock = Lock()
        self._ended = False
        self._process: subprocess.Popen[bytes] | None = None

    def end(self) -> None:
        """Kill the process, started or not yet."""
        with self._lock:
            self._ended = True
            if self._process is not None:
                self._process.kill()

    def run(self, owner: FindProcess) -> None:
        """Start the process, tell it everything, and pass on what it says; in a thread."""
        try:
            process = self._start()
            if process is None:
                return
            with process:
                self._talk(process, owner)
            reason = "the process that searches has ended"
        except OSError as error:
            reason = error.strerror or str(error)
        fault = {"fault": f"Not searched: {reason}.", "name": "Not searched"}
        owner.bring(self, fault)  # after a last word nobody listens to it

    def _start(self) -> "subprocess.Popen[bytes] | None":
        with self._lock:
            if self._ended:
                return None
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(_PROGRAM)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            return self._process

    def _talk(self, process: "subprocess.Popen[bytes]", owner: FindProcess) -> None:
        if process.stdin is None or process.stdout is None:
            return
        data = self._text.encode("utf-8", "surrogatepass")
        job = self._job
        request = {
            "bytes": len(data),
            "find": list(job.find),
            "scope": list(job.scope),
            "template": job.template,
            "at": job.at,
            "most": MOST,
        }
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.write(data)
            process.stdin.close()
        for line in process.stdout:
            owner.bring(self, json.loads(line))


class _Stop:
    """Ends the process of an owner that is destroyed."""

    def __init__(self, owner: FindProcess) -> None:
        self._state = owner.__dict__

    def __call__(self, _: object = None) -> None:
        work = self._state.get("_work")
        if isinstance(work, _Work):
            work.end()
