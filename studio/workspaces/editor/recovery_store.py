"""The one store of unsaved texts that all projects of this studio share."""

import atexit
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, Signal

from session.log.entry import Severity
from studio.desk import Desk
from studio.documents.recovery import RecoveryStore
from studio.notices import NoticeList

#: A process locks what it keeps, so two stores for one folder would keep from each other.
_stores: Final[dict[Path, RecoveryStore]] = {}
#: Files of which was said that text of them was kept.
_told: Final[set[Path]] = set()


def recovery_store(desk: Desk) -> RecoveryStore:
    """Return the store of a studio's home."""
    folder = desk.home.state / "recovery"
    if folder not in _stores:
        store = _stores[folder] = RecoveryStore(folder, _Warning(desk.notices))
        # What was saved last must be forgotten before the process ends, or it would be offered.
        atexit.register(store.close)
    return _stores[folder]


def tell_elsewhere(paths: Iterable[Path], notices: NoticeList) -> None:
    """Say once of each file that belongs to no open project that text of it was kept."""
    fresh = [path for path in paths if path not in _told]
    if fresh:
        _told.update(fresh)
        text = QCoreApplication.translate(
            "RecoveryStore", "Unsaved text was kept of {0}. Open the file to see it."
        )
        notices.post(text.format(", ".join(str(path) for path in fresh)))


class _Warning(QObject):
    """Says once that texts cannot be kept, in Qt's own thread."""

    _failed = Signal(str)

    def __init__(self, notices: NoticeList) -> None:
        super().__init__()
        self._notices = notices
        self._told = False
        self._failed.connect(self._tell)

    def __call__(self, failure: str) -> None:
        """Be told of it, in any thread."""
        self._failed.emit(failure)

    def _tell(self, failure: str) -> None:
        if not self._told and shiboken6.isValid(self._notices):
            self._told = True
            self._notices.post(failure, Severity.WARNING)
