"""What a run wrote, compared with the project as it is now."""

from collections.abc import Sequence
from pathlib import Path

from session.record import RunRecord


def changed_since(record: RunRecord) -> Sequence[str]:
    """Return the files that the run wrote and that changed in the project after it began."""
    root = record.project if record.project.is_dir() else record.project.parent
    return [name for name in record.written if _changed(root / name, record.started)]


def _changed(path: Path, since: float) -> bool:
    try:
        status = path.lstat()
    except OSError:
        return False
    return max(status.st_mtime, status.st_ctime) >= since
