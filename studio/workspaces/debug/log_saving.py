"""Writing the shown rows into a file: asking where, doing it in slices, telling how it went."""

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import shiboken6
from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from session.log.entry import Severity
from session.log.store import LogStore
from studio import loop
from studio.desk import Desk
from studio.notices import NoticeAction
from studio.open_project import OpenProject, Place
from studio.widgets.log_view.export import ExportForm, export_rows
from studio.widgets.progress_strip import ProgressStrip
from studio.workspaces.debug.log_export import export_dialog, form_chosen, form_of
from studio.workspaces.debug.log_pane import LogPane

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog

_FOLDER: Final = "debug.export_folder"


class LogSaving(QObject):
    """Exports the rows that a pane shows."""

    def __init__(self, project: OpenProject, desk: Desk, pane: LogPane) -> None:
        super().__init__(pane)
        self._project = project
        self._desk = desk
        self._pane = pane
        self._strip: ProgressStrip | None = None
        self._dialog: QFileDialog | None = None
        self._work: asyncio.Task[None] | None = None
        # The task is no child of this object: end it when the panel goes.
        self.destroyed.connect(_Cancel(self))

    @property
    def strip(self) -> ProgressStrip:
        """What tells how far it is, made when there is something to tell."""
        if self._strip is None:
            self._strip = ProgressStrip(self._pane)
            self._strip.cancelled.connect(self._cancel)
            self._pane.add_below(self._strip)
        return self._strip

    def ask(self) -> None:
        """Ask for a file, then write the rows that are shown."""
        if self._pane.log is None:
            return
        folder = Path(self._desk.memory.get(_FOLDER, str, str(self._project.root)))
        self._dialog = export_dialog(self._pane, folder, self._pane.log.run_id)
        self._dialog.fileSelected.connect(self._save_as)
        self._dialog.open()

    def open_as_text(self) -> None:
        """Write the rows that are shown into a file of Playhead's own and open it."""
        log = self._pane.log
        if log is not None:
            path = self._desk.home.cache / "logs" / f"{log.run_id}.txt"
            self._begin(log, path, "text", open_it=True)

    def save(self, path: Path, form: ExportForm) -> None:
        """Write the rows that are shown to a file."""
        if self._pane.log is not None:
            self._begin(self._pane.log, path, form, open_it=False)

    def _save_as(self, name: str) -> None:
        if self._dialog is None:
            return
        path = Path(name)
        self._desk.memory.set(_FOLDER, str(path.parent))
        self.save(path, form_of(path, form_chosen(self._dialog)))
        self._dialog.deleteLater()
        self._dialog = None

    def _begin(self, log: LogStore, path: Path, form: ExportForm, *, open_it: bool) -> None:
        self._cancel()
        self.strip.begin(self.tr("Writing {}").format(path.name))
        self._work = loop.begin(self._write(log, path, form, open_it=open_it))

    def _cancel(self) -> None:
        if self._work is not None:
            self._work.cancel()
            self._work = None
            self.strip.end()

    async def _write(self, log: LogStore, path: Path, form: ExportForm, *, open_it: bool) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            count = await export_rows(
                log, await self._pane.shown_rows(), path, form, self.strip.show_progress
            )
        except OSError as error:
            text = self.tr("The log could not be written to {}: {}.")
            self._tell(text.format(path, error.strerror or error), Severity.ERROR)
        else:
            self._told(path, count, open_it=open_it)
        finally:
            if shiboken6.isValid(self) and self._work is asyncio.current_task():
                self._work = None
                self.strip.end()

    def _told(self, path: Path, count: int, *, open_it: bool) -> None:
        if not shiboken6.isValid(self):
            return
        if open_it:
            self._project.location_requested.emit(Place(path))
            return
        folder = QUrl.fromLocalFile(str(path.parent))
        show = NoticeAction(self.tr("Open folder"), partial(_open, folder))
        text = self.tr("{} rows were written to {}.").format(f"{count:,}", path)
        self._project.notices.post(text, actions=(show,))

    def _tell(self, text: str, severity: Severity) -> None:
        if shiboken6.isValid(self):
            self._project.notices.post(text, severity)


def _open(folder: QUrl) -> None:
    QDesktopServices.openUrl(folder)


class _Cancel:
    """Cancels the work of a saving that is being destroyed; holds its wrapper, no widget."""

    def __init__(self, saving: LogSaving) -> None:
        self._state = saving.__dict__

    def __call__(self) -> None:
        work = self._state.get("_work")
        if work is not None:
            work.cancel()
