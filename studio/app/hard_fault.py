"""Faults that end the process (a crash in native code): their trace is kept for the next start."""

import faulthandler
import os
import time
from pathlib import Path
from typing import TextIO

from studio.reports import reports_folder

_NAME = "native-fault"


class HardFaults:
    """Writes the Python stacks into a file when the process crashes; the file goes otherwise."""

    def __init__(self) -> None:
        self._path = reports_folder() / f"{_NAME}-{os.getpid()}.live"
        self._file: TextIO | None = None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", encoding="utf-8")
            faulthandler.enable(self._file)
        except (OSError, ValueError):
            return  # without it a crash is only less well explained

    def close(self) -> None:
        """The process ends as it should."""
        if self._file is not None:
            faulthandler.disable()
            self._file.close()
            self._path.unlink(missing_ok=True)


def left_by_crashes() -> list[Path]:
    """Return the reports of studios that crashed since the last start; each is told once.

    Blocking, and for the one studio of a home only. Files of studios that were killed, and so
    say nothing, are removed.
    """
    found = []
    for path in reports_folder().glob(f"{_NAME}-*.live"):
        if path.stem == f"{_NAME}-{os.getpid()}":
            continue
        if path.stat().st_size == 0:
            path.unlink(missing_ok=True)
            continue
        report = path.with_name(time.strftime(f"%Y%m%d-%H%M%S-{path.stem}.txt", time.gmtime()))
        path.replace(report)
        found.append(report)
    return found
