"""Two runs compared: a process aligns their logs, the rows are read when they are looked at."""

import os
import subprocess
import sys
import threading
from array import array
from pathlib import Path
from typing import Final, NamedTuple

import studio
from session.history import RunHistory
from session.log.store import LogStore
from session.record import RunRecord
from session.run_id import RunId
from studio.workspaces.history import comparing
from studio.workspaces.history.alignment import Aligned

#: Rows of each log that are compared, from the beginning; more would take many seconds.
MOST_ROWS: Final = 50_000


class Cancelled(Exception):
    """Nobody waits for the comparison any more."""


class ComparedLog(NamedTuple):
    """One side: `rows` counts the whole log, `compared` what was looked at of it."""

    record: RunRecord
    log: LogStore
    rows: int
    compared: int

    def text(self, row: int) -> str:
        """Return what a row says, counted from 0."""
        return comparing.text_of(self.log.row(row + 1))


class Comparison(NamedTuple):
    """Two logs, aligned. Whoever has it closes it."""

    left: ComparedLog
    right: ComparedLog
    aligned: Aligned

    @property
    def cut(self) -> bool:
        """Whether one of the logs is longer than what was compared."""
        return any(side.rows > side.compared for side in (self.left, self.right))

    def close(self) -> None:
        """Let go of the logs."""
        self.left.log.close()
        self.right.log.close()


class ComparisonJob:
    """One comparison under way; `cancel` may come from any thread, at any time."""

    def __init__(self, history: RunHistory, left: RunId, right: RunId) -> None:
        self._history = history
        self._runs = (left, right)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self.cancelled = False

    def cancel(self) -> None:
        """End it, and the process with it."""
        with self._lock:
            self.cancelled = True
            if self._process is not None:
                self._process.kill()

    def run(self) -> Comparison:
        """Compare. Blocking; OSError or `RunNotFound`, and `Cancelled` after `cancel`."""
        records = [self._history.find(run_id) for run_id in self._runs]
        folders = [self._history.folder(record.run_id) for record in records]
        aligned, sizes = _unpacked(self._align(folders))
        logs = [LogStore.open(folder) for folder in folders]
        left, right = (
            ComparedLog(record, log, *size)
            for record, log, size in zip(records, logs, sizes, strict=True)
        )
        return Comparison(left, right, aligned)

    def _align(self, folders: list[Path]) -> bytes:
        """Have a process of its own align the logs; our own would stall the window."""
        command = [sys.executable, "-P", "-m", comparing.__name__, *map(str, folders)]
        packages = str(Path(studio.__file__).parent.parent)
        with self._lock:
            if self.cancelled:
                raise Cancelled
            self._process = subprocess.Popen(
                [*command, str(MOST_ROWS)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=os.environ | {"PYTHONPATH": packages},
            )
        with self._process as process:
            output, said = process.communicate()
        if self.cancelled:
            raise Cancelled
        if process.returncode:
            last = said.decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise OSError(last or f"the comparison ended with code {process.returncode}")
        return output


def _unpacked(data: bytes) -> tuple[Aligned, tuple[tuple[int, int], tuple[int, int]]]:
    """Return the comparison, and the sizes of both sides: rows in all, rows compared."""
    header = comparing.HEADER
    left_rows, left_compared, right_rows, right_compared, lines = header.unpack_from(data)
    left, right = array("l"), array("l")
    size = left.itemsize * lines
    left.frombytes(data[header.size : header.size + size])
    right.frombytes(data[header.size + size : header.size + 2 * size])
    kinds = bytearray(data[header.size + 2 * size :])
    return Aligned(left, right, kinds), ((left_rows, left_compared), (right_rows, right_compared))
