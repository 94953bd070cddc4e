"""The one store of unsaved texts that all projects of this studio share."""

import atexit
from pathlib import Path
from typing import Final

from studio.desk import Desk
from studio.documents.recovery import RecoveryStore

#: A process locks what it keeps, so two stores for one folder would keep from each other.
_stores: Final[dict[Path, RecoveryStore]] = {}


def recovery_store(desk: Desk) -> RecoveryStore:
    """Return the store of a studio's home."""
    folder = desk.home.state / "recovery"
    if folder not in _stores:
        store = _stores[folder] = RecoveryStore(folder)
        # What was saved last must be forgotten before the process ends, or it would be offered.
        atexit.register(store.close)
    return _stores[folder]
