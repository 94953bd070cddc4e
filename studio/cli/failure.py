"""What people read when a command fails: one sentence, its code, what to do next.

A fault of Playhead's own leaves a report with the traceback in a file, never on the screen.
"""

import logging
import os
import signal
import time
from pathlib import Path
from typing import Final

from studio.cli.console import FULL, OutputClosed, complain
from studio.cli.errors import CommandError
from studio.cli.exit_code import FAILED, PLAYHEAD_FAILED, WRONG_COMMAND_LINE

REPORTS: Final = "reports"
LOG_FILE: Final = "playhead.log"
_LARGEST_LOG: Final = 1_000_000


def tell(error: BaseException) -> int:
    """Say on standard error what went wrong and return the exit code."""
    if isinstance(error, (OutputClosed, BrokenPipeError)):
        return 128 + signal.SIGPIPE
    if isinstance(error, CommandError):
        say_failure(error.message, error.hint, error.code)
        return error.exit_code
    return _tell_known(error) or _tell_fault(error)


def say_failure(message: str, hint: str | None = None, code: str | None = None) -> None:
    """Write one failure to standard error: what happened, its code, and what to do."""
    complain(f"playhead: {message}" + (f" [{code}]" if code else ""))
    if hint:
        complain(f"  {hint}")


def _tell_known(error: BaseException) -> int:
    """Tell an error that renders its own sentence; 0 for any other."""
    from session.errors import HomeUnusable, InvalidPattern, LogUnwritable, SessionError

    if isinstance(error, OSError) and error.errno in FULL:
        where = f"{error.filename} " if error.filename else "the output "
        say_failure(f"{where}cannot be written: {error.strerror}.", "Free some space.", "no-space")
        return FAILED
    if not isinstance(error, SessionError):
        return 0
    say_failure(error.message, error.hint, error.code)
    if isinstance(error, InvalidPattern):
        return WRONG_COMMAND_LINE
    return PLAYHEAD_FAILED if isinstance(error, (HomeUnusable, LogUnwritable)) else FAILED


def _tell_fault(error: BaseException) -> int:
    report = _write_report(error)
    where = f"the details are in {report}" if report else f"it says: {error}"
    say_failure(
        f"something inside Playhead went wrong ({type(error).__name__}); {where}.",
        "This is a fault of Playhead, not of your project; please report it"
        + (" with that file." if report else "."),
        "internal-error",
    )
    return PLAYHEAD_FAILED


def _write_report(error: BaseException) -> Path | None:
    import platform
    import sys
    import traceback

    try:
        folder = reports_folder()
        folder.mkdir(parents=True, exist_ok=True)
        report = folder / time.strftime(f"%Y%m%d-%H%M%S-{os.getpid()}.txt", time.gmtime())
        head = f"playhead on Python {platform.python_version()}, {platform.platform()}\n"
        head += f"arguments: {sys.argv[1:]}\n\n"
        text = "".join(traceback.format_exception(error))
        report.write_text(head + text, encoding="utf-8", errors="replace")
    except Exception:  # noqa: BLE001 - telling of a failure must not fail itself
        return None
    return report


def reports_folder() -> Path:
    """Return where reports of Playhead's own faults are kept."""
    from session.home import find_home

    return find_home().runs.parent / REPORTS


def keep_own_log() -> None:
    """Send what Playhead's own parts note about themselves to a file, never to the screen."""
    logging.getLogger().addHandler(_OwnLog())


class _OwnLog(logging.Handler):
    """Appends to a file in the reports folder, which is made when there is something to say."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            folder = reports_folder()
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / LOG_FILE
            if path.exists() and path.stat().st_size > _LARGEST_LOG:
                path.replace(path.with_suffix(".old.log"))
            with path.open("a", encoding="utf-8", errors="replace") as file:
                file.write(self.format(record) + "\n")
        except Exception:  # noqa: BLE001 - a note that cannot be kept must not end a run
            return
