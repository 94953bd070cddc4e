"""Faults of the studio's own: logged, kept as a report, told in one dialog; nothing ends.

Everything that nobody else caught comes here: a slot, a timer, a task, a thread. A fault that
repeats is counted, not told again.
"""

import asyncio
import logging
import sys
import threading
import traceback
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from PySide6.QtCore import QObject, Qt, Signal

from studio import loop
from studio.reports import report_text, write_report

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

#: Reports kept on disk for one start of the studio, and how often the log notes the same fault.
_REPORTS: Final = 20
_REPEATS: Final = 5
_LOG_LINES: Final = 20


class Fault(NamedTuple):
    """One fault: a sentence, the report of it, and where that is kept, if it could be."""

    sentence: str
    report: str
    kept: Path | None


class FaultCatcher(QObject):
    """Catches what nobody else did, on any thread, from `install` to `release`."""

    #: A fault that was not met before in this start (a `Fault`).
    caught = Signal(object)
    #: One that was met before, or that there are too many others of.
    repeated = Signal()
    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seen: Counter[str] = Counter()
        self._telling = False
        self._restore: list[Callable[[], None]] = []
        self._arrived.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Catch faults of slots, virtual methods, threads and started tasks."""
        before, before_thread = sys.excepthook, threading.excepthook
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook
        loop.report_failures_to(self.report)
        self._restore = [
            lambda: setattr(sys, "excepthook", before),
            lambda: setattr(threading, "excepthook", before_thread),
            lambda: loop.report_failures_to(None),
        ]

    def watch_loop(self, event_loop: asyncio.AbstractEventLoop) -> None:
        """Catch faults of callbacks on the event loop, too."""
        event_loop.set_exception_handler(self._loop_handler)

    def release(self) -> None:
        """Catch no more."""
        for restore in self._restore:
            restore()
        self._restore = []

    def report(self, error: BaseException) -> None:
        """Tell of a fault; on any thread, returns at once."""
        self._arrived.emit(error)

    def _hook(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            sys.__excepthook__(kind, error, trace)
        else:
            self.report(error)

    def _thread_hook(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            self.report(args.exc_value)

    def _loop_handler(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            self.report(error)
        else:
            logger.warning("the event loop says: %s", context.get("message"))

    def _take(self, error: BaseException) -> None:
        if self._telling:  # telling of a fault has a fault itself: it must not go in circles
            return
        self._telling = True
        try:
            self._note(error)
        finally:
            self._telling = False

    def _note(self, error: BaseException) -> None:
        known = signature(error)
        self._seen[known] += 1
        new = self._seen[known] == 1 and len(self._seen) <= _REPORTS
        text = _report(error) if new else ""  # before the log says the same
        if self._seen[known] <= _REPEATS:
            logger.error("a fault of the studio", exc_info=error)
        if new:
            self.caught.emit(Fault(sentence(error), text, write_report(text)))
        else:
            self.repeated.emit()


def _report(error: BaseException) -> str:
    return report_text(error, part=f"the studio ({versions()})", log_lines=_LOG_LINES)


def signature(error: BaseException) -> str:
    """Return what makes two faults the same: their kind and the place they come from."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__} {place}"


def sentence(error: BaseException) -> str:
    """Return one line that names a fault."""
    text = traceback.format_exception_only(error)[-1].strip().splitlines()
    return text[0][:200] if text else type(error).__name__


def versions() -> str:
    """Return the versions that matter in a report of the studio."""
    from importlib.metadata import PackageNotFoundError, version

    found = []
    for name in ("playhead", "PySide6-Essentials", "qasync"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} ?")
    return ", ".join(found)
