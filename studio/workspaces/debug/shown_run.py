"""Which run the debug workspace shows: the session's own, or an earlier one off the disk."""

import asyncio
import contextlib
from functools import partial
from typing import NamedTuple

import shiboken6
from PySide6.QtCore import QObject, Signal

from session.errors import RunNotFound
from session.history import RunHistory
from session.log.store import LogStore
from session.record import RunRecord
from session.run_id import RunId
from studio import loop
from studio.open_project import OpenProject
from studio.widgets.runs.listing import rows_indexed


class ShownRun(NamedTuple):
    """A run and its log; `earlier` is one that is not the session's own.

    `live` says that an earlier one is being played, by another Playhead; `missing` how many rows
    its log should have besides those that are there.
    """

    record: RunRecord | None
    log: LogStore | None
    earlier: bool = False
    live: bool = False
    missing: int = 0

    @property
    def run_id(self) -> RunId | None:
        """The run's name."""
        return self.record.run_id if self.record else None


class RunChoice(QObject):
    """Follows the session's run, unless an earlier one was asked for. Owns the latter's log."""

    #: `shown` is another run now.
    changed = Signal()
    #: The run that is shown, which another Playhead played, has ended.
    ended = Signal()
    #: A sentence: the run that was asked for cannot be shown.
    failed = Signal(str)

    def __init__(self, project: OpenProject, parent: QObject) -> None:
        super().__init__(parent)
        self._project = project
        self._wanted: RunId | None = None
        #: Logs that were opened here. A plain list: when it is emptied, this object is gone.
        self._opened: list[LogStore] = []
        self.destroyed.connect(partial(_close, self._opened))
        self.shown = self._current()
        project.bridge.run_started.connect(self._begin_run)

    @property
    def earlier(self) -> RunId | None:
        """The earlier run that is wanted, None for the session's own."""
        return self._wanted

    def show(self, run_id: RunId | None) -> None:
        """Show a run; None for the session's own. An earlier one is read in a thread."""
        if run_id is None or run_id == self._project.session.run_id:
            self._wanted = None
            self._set(self._current())
        else:
            self._wanted = run_id
            loop.start(self._open(run_id))

    def refresh(self) -> None:
        """Take note of what the session says of its run now."""
        if not self.shown.earlier:
            self.shown = self._current()

    def follow(self) -> bool:
        """Take up what another Playhead has added to the run shown; whether there are more rows."""
        shown, history = self.shown, self._project.service.history
        if not shown.live or shown.log is None or shown.run_id is None:
            return False
        over = not history.is_live(shown.run_id)
        grown = shown.log.refresh()
        if over:
            record = shown.record
            with contextlib.suppress(OSError, RunNotFound):
                record = history.find(shown.run_id)
            self.shown = shown._replace(record=record, live=False)
            self.ended.emit()
        return grown

    def _begin_run(self) -> None:
        """Play was pressed: that is what one wants to see."""
        self._wanted = None
        self._set(self._current())

    def _current(self) -> ShownRun:
        session = self._project.session
        return ShownRun(session.record, session.log)

    async def _open(self, run_id: RunId) -> None:
        try:
            opened = await asyncio.to_thread(_open_run, self._project.service.history, run_id)
        except (OSError, RunNotFound) as error:
            if shiboken6.isValid(self) and self._wanted == run_id:
                self._wanted = None
                self.failed.emit(_sentence(run_id, error))
            return
        log = opened.log
        if log is None or not shiboken6.isValid(self) or self._wanted != run_id:
            _close([log] if log else [])
            return
        self._set(opened)
        self._opened.append(log)

    def _set(self, shown: ShownRun) -> None:
        self.shown = shown
        self.changed.emit()
        _close(self._opened)


def _open_run(history: RunHistory, run_id: RunId) -> ShownRun:
    """Open a run off the disk. Blocking: an index of a million rows takes its time."""
    record = history.find(run_id)
    live = record.ended is None and history.is_live(run_id)
    log = history.open_log(run_id)
    missing = 0 if live else max(rows_indexed(history.folder(run_id)) - log.last_seq, 0)
    return ShownRun(record, log, earlier=True, live=live, missing=missing)


def _close(logs: list[LogStore]) -> None:
    while logs:
        logs.pop().close()


def _sentence(run_id: RunId, error: Exception) -> str:
    if isinstance(error, RunNotFound):
        return f"{error.message} {error.hint or ''}".strip()
    return f"The log of run {run_id} cannot be read: {error}."
