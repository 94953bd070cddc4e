"""What a run wrote: how much it is, what it would replace, and copying it into the project.

Everything here waits for the disk: call it in a thread.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from session.errors import SessionError
from session.history import RunHistory
from session.record import RunRecord
from session.run_folder import WRITTEN
from studio.written import changed_since


class WrittenFiles(NamedTuple):
    """The files that a run wrote: how many, and their size in bytes together."""

    files: int
    size: int


class Copied(NamedTuple):
    """What came of copying: `changed` stood in the way, `failure` says what went wrong."""

    files: Sequence[str] = ()
    changed: Sequence[str] = ()
    failure: str | None = None


def written_folder(history: RunHistory, record: RunRecord) -> Path:
    """Return where what the run wrote is kept."""
    return history.folder(record.run_id) / WRITTEN


def measure(history: RunHistory, record: RunRecord) -> WrittenFiles:
    """Return how much a run wrote."""
    folder = written_folder(history, record)
    return WrittenFiles(len(record.written), sum(_size(folder / name) for name in record.written))


def copy_into_project(history: RunHistory, record: RunRecord, *, force: bool = False) -> Copied:
    """Copy what a run wrote into its project; nothing where it would replace a newer file."""
    if not record.project.exists():
        return Copied(failure=f"{record.project} is not there any more.")
    changed = () if force else changed_since(record)
    if changed:
        return Copied(changed=changed)
    try:
        return Copied(files=history.copy_written(record, overwrite=True))
    except SessionError as error:
        return Copied(failure=error.message)
    except OSError as error:
        name = error.filename or record.project
        return Copied(failure=f"{name} could not be written: {error.strerror or error}.")


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0
