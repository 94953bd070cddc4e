"""The folder of one run: its record, its log, and the lock that says that it lives."""

import fcntl
import os
from pathlib import Path

from session.log.liveness import LOCK_NAME
from session.record import RunRecord

RECORD = "run.json"
WRITTEN = "written"
#: Another Playhead puts this file here before it ends the program: so it was asked for.
STOP_ASKED = "stop-asked"


class RunFolder:
    """A run's folder, locked by this process for as long as the run lives.

    The lock is advisory and belongs to the open file, so it falls with the process, however
    that ends: a folder whose record is unfinished and whose lock is free was left by a crash.
    """

    def __init__(self, path: Path, lock: int) -> None:
        self.path = path
        self._lock = lock

    @classmethod
    def create(cls, path: Path) -> "RunFolder":
        """Make the folder and lock it; OSError where that is not possible."""
        path.mkdir(parents=True)
        try:
            return cls(path, _take_lock(path))
        except OSError:
            path.rmdir()  # no room for a lock file, so nothing is in it
            raise

    @classmethod
    def adopt(cls, path: Path) -> "RunFolder | None":
        """Lock a folder that a dead process left; None where some process still holds it."""
        try:
            return cls(path, _take_lock(path))
        except BlockingIOError:
            return None

    def write(self, record: RunRecord) -> None:
        """Replace the record, all of it or nothing."""
        part = self.path / (RECORD + ".part")
        part.write_text(record.to_json(), encoding="ascii")
        part.replace(self.path / RECORD)

    def release(self) -> None:
        """Give the lock back; the run is over and its record complete."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def _take_lock(path: Path) -> int:
    lock = os.open(path / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        os.close(lock)
        raise
    return lock


def read_record(path: Path) -> RunRecord | None:
    """Return the record in a run's folder; None where there is none that can be read."""
    try:
        return RunRecord.from_json((path / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def written_files(path: Path) -> tuple[str, ...]:
    """List what the run wrote, relative to the view, with slashes."""
    root = path / WRITTEN
    found = (
        (Path(folder) / name).relative_to(root).as_posix()
        for folder, _, names in os.walk(root)
        for name in names
    )
    return tuple(sorted(found))
