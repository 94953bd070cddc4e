"""What a fault of Playhead's own leaves behind: a report in a file, and the log of its parts.

Knows no Qt and no screen; whoever catches the fault tells of it.
"""

import logging
import os
import time
from pathlib import Path
from typing import Final

REPORTS: Final = "reports"
LOG_FILE: Final = "playhead.log"
_LARGEST_LOG: Final = 1_000_000
#: How much of the log's end is read for a report, in bytes.
_LOG_END: Final = 8_000


def reports_folder() -> Path:
    """Return where reports of Playhead's own faults are kept; it may not be there yet."""
    from session.home import find_home

    return find_home().runs.parent / REPORTS


def report_text(error: BaseException, *, part: str = "playhead", log_lines: int = 0) -> str:
    """Return a report of a fault, for people: versions, platform, traceback, the log's end.

    The home folder is shortened to `~`; of the environment nothing is told.
    """
    import platform
    import sys
    import traceback

    text = f"{part} on Python {platform.python_version()}, {platform.platform()}\n"
    text += f"arguments: {sys.argv[1:]}\n\n"
    text += "".join(traceback.format_exception(error))
    if log_lines and (lines := last_log_lines(log_lines)):
        text += "\nlast lines of the log:\n" + "\n".join(lines) + "\n"
    return without_home(text)


def write_report(text: str) -> Path | None:
    """Keep a report and return where; None where that is impossible."""
    try:
        folder = reports_folder()
        folder.mkdir(parents=True, exist_ok=True)
        report = folder / time.strftime(f"%Y%m%d-%H%M%S-{os.getpid()}.txt", time.gmtime())
        with report.open("a", encoding="utf-8", errors="replace") as file:
            file.write(text)
    except Exception:  # noqa: BLE001 - telling of a failure must not fail itself
        return None
    return report


def last_log_lines(count: int) -> list[str]:
    """Return the newest lines of Playhead's own log, oldest first."""
    try:
        with (reports_folder() / LOG_FILE).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _LOG_END))
            return file.read().decode("utf-8", "replace").splitlines()[-count:]
    except OSError:
        return []


def without_home(text: str) -> str:
    """Return `text` with the user's home folder shortened to `~`."""
    folder = os.path.expanduser("~").rstrip(os.sep)  # noqa: PTH111 - Path.home() may raise
    if len(folder) < 2:  # no home, or the root: then there is nothing to shorten
        return text
    return text.replace(folder + os.sep, "~" + os.sep)


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
