"""Whether a run is being written right now, by this process or another."""

import os
from pathlib import Path

LOCK_NAME = "lock"


def is_locked(folder: Path) -> bool:
    """Whether someone holds the lock of the run's folder; False where it has none."""
    try:
        import fcntl  # not everywhere; without it nothing is known to be live
    except ImportError:
        return False
    try:
        descriptor = os.open(folder / LOCK_NAME, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        # Shared, so that two who look do not see each other.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
