"""The runs of one project, read off the disk beside the event loop."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import shiboken6
from PySide6.QtCore import QObject, Signal

from session.history import RunHistory
from session.log.records import HEADER_SIZE, INDEX_NAME, RECORD_SIZE
from session.record import RunRecord
from studio import loop

if TYPE_CHECKING:
    from collections.abc import Sequence


class ListedRun(NamedTuple):
    """One run; `live` says that some Playhead plays it now, `rows` how long its log is."""

    record: RunRecord
    live: bool
    rows: int

    @property
    def run_id(self) -> str:
        """The run's name."""
        return self.record.run_id


def list_runs(history: RunHistory, project: Path) -> list[ListedRun]:
    """Return the runs of a project, newest first. Blocking: as long as the disk takes."""
    return [
        ListedRun(
            record,
            record.ended is None and history.is_live(record.run_id),
            rows_indexed(history.folder(record.run_id)),
        )
        for record in history.list(project)
    ]


def rows_indexed(folder: Path) -> int:
    """Return how many rows a run's log has by its index.

    Every row has a record of one size in the log's index, so its length tells.
    """
    try:
        length = (folder / INDEX_NAME).stat().st_size
    except OSError:
        return 0
    return max(length - HEADER_SIZE, 0) // RECORD_SIZE


class RunListing(QObject):
    """Keeps the list of a project's runs; `refresh` reads it again, in a thread."""

    #: `runs` is another list now.
    changed = Signal()

    def __init__(self, history: RunHistory, project: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs: Sequence[ListedRun] = ()
        #: Whether the runs have been read at all.
        self.known = False
        self._history = history
        self._project = project
        self._reading = self._again = False

    @classmethod
    def of(cls, owner: QObject, history: RunHistory, project: Path) -> "RunListing":
        """Return the listing that belongs to `owner`; there is one, which outlives its readers."""
        found = owner.findChild(cls)
        return found if isinstance(found, cls) else cls(history, project, owner)

    def refresh(self) -> None:
        """Read the runs again; several wishes at once are one."""
        if self._reading:
            self._again = True
            return
        self._reading = True
        loop.start(self._read())

    async def _read(self) -> None:
        try:
            runs = await asyncio.to_thread(list_runs, self._history, self._project)
        finally:
            self._reading = False
        if not shiboken6.isValid(self):
            return
        if runs != self.runs or not self.known:
            self.runs, self.known = runs, True
            self.changed.emit()
        if self._again:
            self._again = False
            self.refresh()
