"""Deleting runs with a way back: they are hidden at once and gone after a while.

Lives with the project, so that closing the history page neither loses nor hurries a deletion.
"""

import asyncio
import contextlib
import threading
from collections.abc import Collection
from functools import partial
from typing import Final

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from session.errors import SessionError
from session.history import RunHistory
from session.run_id import RunId
from studio import loop
from studio.open_project import OpenProject

#: How long there is a way back, in milliseconds.
UNDO_MS: Final = 10_000


class Deletions(QObject):
    """The runs of one project that are to be deleted and still can come back."""

    #: `hidden` or what can be undone is different.
    changed = Signal()
    #: Runs are gone from the disk.
    deleted = Signal()

    def __init__(self, project: OpenProject) -> None:
        super().__init__(project)
        self._history = project.service.history
        self._waiting: set[RunId] = set()
        self._going: set[RunId] = set()
        self._timer = QTimer(self, interval=UNDO_MS, singleShot=True)
        self._timer.timeout.connect(self.finish)
        # Functions of plain data: when these signals come, this object may be gone.
        delete_rest = partial(_begin_deleting, self._history, self._waiting)
        self.destroyed.connect(delete_rest)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(delete_rest)

    @classmethod
    def of(cls, project: OpenProject) -> "Deletions":
        """Return the project's; there is one for each."""
        found = project.findChild(cls)
        return found if isinstance(found, cls) else cls(project)

    @property
    def hidden(self) -> frozenset[RunId]:
        """The runs that are not to be shown."""
        return frozenset(self._waiting | self._going)

    @property
    def undoable(self) -> int:
        """How many runs an undo would bring back."""
        return len(self._waiting)

    def add(self, run_ids: Collection[RunId]) -> None:
        """Delete these, unless somebody changes their mind; those before have waited enough."""
        if self._waiting:
            self.finish()
        self._waiting.update(run_ids)
        self._timer.start()
        self.changed.emit()

    def undo(self) -> None:
        """Bring back what was hidden last."""
        self._timer.stop()
        self._waiting.clear()
        self.changed.emit()

    def finish(self) -> None:
        """Delete now what waits."""
        self._timer.stop()
        if not self._waiting:
            return
        run_ids = frozenset(self._waiting)
        self._waiting.clear()
        self._going |= run_ids
        self.changed.emit()
        loop.start(self._delete(run_ids))

    async def _delete(self, run_ids: frozenset[RunId]) -> None:
        await asyncio.to_thread(_delete_all, self._history, run_ids)
        if not shiboken6.isValid(self):  # the project was closed meanwhile
            return
        self._going -= run_ids
        self.deleted.emit()


def _begin_deleting(history: RunHistory, waiting: set[RunId], *_: object) -> None:
    """Delete what waits in a thread of its own; a process that ends waits for it first."""
    run_ids = tuple(waiting)
    waiting.clear()
    if run_ids:
        threading.Thread(target=_delete_all, args=(history, run_ids), name="deletions").start()


def _delete_all(history: RunHistory, run_ids: Collection[RunId]) -> None:
    """Delete runs; one that lives again or is gone already is left as it is. Blocking."""
    for run_id in run_ids:
        with contextlib.suppress(SessionError, OSError):
            history.delete(run_id)
