"""What the card of an ended run offers, done: copying what it wrote, opening the folder."""

import asyncio
from collections.abc import Sequence

import shiboken6
from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from session.history import RunHistory
from session.record import RunRecord
from studio import loop
from studio.widgets.runs.card import RunCard
from studio.widgets.runs.card_text import ended_card, has_error
from studio.widgets.runs.written import (
    Copied,
    WrittenFiles,
    copy_into_project,
    measure,
    written_folder,
)

#: Names of files that are said one by one.
_NAMED = 3


class CardKeeper(QObject):
    """Shows ended runs on a card and serves its wishes. The disk is looked at in threads."""

    #: Files were copied into the project.
    copied = Signal()

    def __init__(self, card: RunCard, history: RunHistory, parent: QObject | None = None) -> None:
        super().__init__(parent or card)
        self.card = card
        self._history = history
        self._record: RunRecord | None = None
        self._written: WrittenFiles | None = None
        self._hint = ""
        self._copying = False
        card.copy_requested.connect(self._begin_copying)
        card.folder_requested.connect(self._open_folder)

    def show_ended(self, record: RunRecord, *, again: bool = True, hint: str = "") -> None:
        """Show a run that is over; `hint` is a better next step than the record's own."""
        new = self._record is None or self._record.run_id != record.run_id
        if new:
            self._written = None
            self.card.say("")
        self._record, self._again, self._hint = record, again, hint
        self._show()
        if record.written and self._written is None:
            loop.start(self._measure(record))

    def forget(self) -> None:
        """Show no ended run; the card belongs to somebody else for now."""
        if self._record is not None:
            self._record = None
            self.card.say("")

    def _show(self) -> None:
        if self._record is not None:
            text = ended_card(self._record, self._written)
            text = text._replace(detail=self._hint or text.detail)
            self.card.show_text(text, over=True, error=has_error(self._record), again=self._again)

    async def _measure(self, record: RunRecord) -> None:
        written = await asyncio.to_thread(measure, self._history, record)
        if not shiboken6.isValid(self) or self._record is None:
            return
        if self._record.run_id == record.run_id:
            self._written = written
            self._show()

    def _begin_copying(self, force: bool) -> None:
        if self._record is not None and not self._copying:
            self._copying = True
            loop.start(self._copy(self._record, force=force))

    async def _copy(self, record: RunRecord, *, force: bool) -> None:
        try:
            copied = await asyncio.to_thread(copy_into_project, self._history, record, force=force)
        finally:
            self._copying = False
        if shiboken6.isValid(self):
            self.card.say(self._words(copied), force=bool(copied.changed))
            if copied.files:
                self.copied.emit()

    def _words(self, copied: Copied) -> str:
        if copied.failure is not None:
            return copied.failure
        if copied.changed:
            text = self.tr("Nothing was copied: {} changed in the project after this run began.")
            return text.format(_names(copied.changed))
        return self.tr("Copied into the project: {}.").format(_names(copied.files))

    def _open_folder(self) -> None:
        if self._record is not None:
            folder = written_folder(self._history, self._record)
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _names(names: Sequence[str]) -> str:
    first = ", ".join(names[:_NAMED])
    more = len(names) - _NAMED
    return f"{first} and {more:,} more" if more > 0 else first
