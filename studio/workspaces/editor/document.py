"""One open text: the editor, what is known of its file, and the bar that says what matters.

Reads and writes in threads. Decides nothing for the user: where the file and the text have gone
different ways, both are kept until someone chooses.
"""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import shiboken6
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from studio.desk import Desk
from studio.documents.errors import DocumentError, Vanished
from studio.documents.recovery import RecoveryStore
from studio.documents.text_file import (
    TextFile,
    changed_on_disk,
    digest_of,
    new_text_file,
    read_for_editing,
    read_head,
)
from studio.widgets.code_editor.editor import CodeEditor
from studio.widgets.code_editor.find_bar import FindBar
from studio.widgets.code_editor.long_text import is_long, slices_of
from studio.widgets.code_editor.mark import Mark
from studio.workspaces.editor.alive import start
from studio.workspaces.editor.bar import Bar
from studio.workspaces.editor.cannot_open import DocumentPage, PageOffers
from studio.workspaces.editor.document_bars import Offers, bar_text
from studio.workspaces.editor.document_conflict import settle_conflict
from studio.workspaces.editor.document_facts import Condition, DocumentFacts, Foreign, Origin
from studio.workspaces.editor.document_writing import Writing
from studio.workspaces.editor.kept_text import KeptText, Unsaved
from studio.workspaces.editor.reading import attempt
from studio.workspaces.editor.recovered_text import RecoveredText
from studio.workspaces.editor.reveal import open_outside

#: Opening that takes longer says so, in milliseconds.
_PATIENCE_MS: Final = 300
#: So much is remembered of a text that other programs rewrite.
_UNDO_STEPS: Final = 100_000


class Document(QWidget):
    """A tab's page."""

    #: Name, path or being modified changed: whatever a tab shows.
    changed = Signal()
    cursor_moved = Signal(int, int)
    #: The text is in its file now (a path).
    saved = Signal(object)
    #: A wish: save under a name that has to be asked for.
    save_as_requested = Signal()
    #: A wish: close this document.
    close_requested = Signal()

    def __init__(
        self, origin: Origin, desk: Desk, recovery: RecoveryStore, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._has_file = origin.path is not None
        self.origin = origin
        #: Whether it is known what can be shown.
        self.settled = asyncio.Event()
        self.condition = Condition.OPENING
        self.facts = DocumentFacts()
        self.file = new_text_file(origin.path or Path(origin.name))
        self._desk = desk
        self._recovery = recovery
        self._looks_soon = False
        self._fault: DocumentError | None = None
        self._writing = Writing(self, recovery.backups)
        self.editor = CodeEditor(desk.appearance, desk.settings, self)
        self.bar = Bar(desk.appearance, self)
        self.page = DocumentPage(self)
        self.find_bar: FindBar | None = None
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.page)
        self._pages.addWidget(self.editor)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self._rows.addWidget(self.bar)
        self._rows.addWidget(self._pages, 1)
        self._kept = KeptText(recovery, self._unsaved, self)
        self.recovered = RecoveredText(self, recovery, desk.appearance)
        self.destroyed.connect(self.settled.set)  # nobody waits for what cannot come any more
        self._offers = Offers(
            self.save_again,
            self.save_as_requested.emit,
            lambda: start(self, self.settle_conflict()),
            self.keep_mine,
            self.take_theirs,
            self.recovered.restore,
            lambda: start(self, self.recovered.settle()),
            self.recovered.discard,
            lambda: self._writing.as_utf8(self.save_again),
        )
        self._patience = QTimer(self, interval=_PATIENCE_MS, singleShot=True)
        self._patience.timeout.connect(self._say_opening)
        self.editor.document().modificationChanged.connect(self._note_modified)
        self.editor.document().contentsChanged.connect(self._note_typing)
        self.editor.cursor_moved.connect(self.cursor_moved)

    # -- what it is

    @property
    def path(self) -> Path | None:
        """Its file; None for a text that has none yet."""
        return self.file.path if self._has_file else None

    @property
    def name(self) -> str:
        """What the user knows it by."""
        return self.path.name if self.path is not None else self.origin.name

    @property
    def modified(self) -> bool:
        """Whether there is something here that no file holds."""
        return self.condition is Condition.READY and self.editor.document().isModified()

    @property
    def merely_gone(self) -> bool:
        """Whether its file is gone, and held all that stands here: somebody wanted it away."""
        return self.facts.gone and self.editor.text() == self.file.text

    @property
    def ready(self) -> bool:
        """Whether there is a text to work on."""
        return self.condition is Condition.READY

    # -- opening

    def show_untitled(self, text: str = "") -> None:
        """Begin a text that has no file; a given one counts as not saved."""
        self.editor.show_text("", f"{self.name}.py")
        self._show(self.file._replace(text=""))
        if text:
            self.editor.replace_text(text)
            self._kept.keep()

    async def open(self) -> bool:
        """Read the file and show it, or why that is not possible."""
        return await self._read_by(read_for_editing)

    async def _read_by(self, read: Callable[[Path], TextFile]) -> bool:
        if self.path is None:
            return False
        self._patience.start()
        file = await attempt(read, self.path)
        if not shiboken6.isValid(self):
            return False
        if isinstance(file, DocumentError):
            self._fail(file)
            return False
        if not is_long(file.text):
            self.editor.show_text(file.text, self.name, read_only=not file.whole)
            self._show(file)
            return True
        for _ in slices_of(self.editor, file.text, self.name, read_only=not file.whole):
            await asyncio.sleep(0)
            if not shiboken6.isValid(self):
                return False
        self._show(file)
        return True

    def _show(self, file: TextFile) -> None:
        self._patience.stop()
        self.file = file._replace(path=self.file.path)  # it may have been moved meanwhile
        self._fault = None
        self.condition = Condition.READY
        self.settled.set()
        self.facts.read_only = file.whole and not file.writable
        self.facts.notice = file.notice or ""
        self.facts.notebook = self.name.endswith(".ipynb")
        self._pages.setCurrentWidget(self.editor)
        self.setFocusProxy(self.editor)
        self.say()
        self.changed.emit()

    def _say_opening(self) -> None:
        self.page.say_busy(self.tr("Opening {0}…").format(self.name))

    def _fail(self, error: DocumentError) -> None:
        self._patience.stop()
        self.condition = Condition.FAILED
        self._fault = error
        self.settled.set()
        self.page.fail(
            error,
            PageOffers(
                lambda: start(self, self._read_by(read_head)),
                self._open_outside,
                lambda: start(self, self.open()),
                self.close_requested.emit,
            ),
        )
        self._pages.setCurrentWidget(self.page)
        self.changed.emit()

    def _open_outside(self) -> None:
        if self.path is not None:
            open_outside(self.path, self._desk.notices.post)

    # -- saving

    async def save(self, *, over: str | None = None) -> bool:
        """Write the text to its file; False, and the bar says why, where that is not possible.

        What another program wrote meanwhile is not overwritten, unless its digest is `over`.
        """
        if self.facts.gone:  # it may be back, and nothing to be saved then
            await self.look_at_disk()
        if not shiboken6.isValid(self) or self.path is None or not self.ready:
            return False
        if not (self.modified or self.facts.gone or over is not None):
            return True
        return await self._writing.save(over)

    async def save_to(self, path: Path) -> bool:
        """Write the text to another file, which it belongs to from then on."""
        return await self._writing.save_to(path)

    def take_written(self, written: TextFile, revision: int) -> None:
        """The text of a revision of the editor's is in this file now."""
        renamed = written.path != self.path
        self.file, self._has_file = written, True
        self.facts.on_disk()
        self.facts.read_only = False
        self.facts.notice = written.notice or ""
        if renamed:
            self.editor.set_file_name(written.path.name)
        if self.editor.document().revision() == revision:
            self.editor.document().setModified(False)
            self._kept.drop()
        else:
            self._kept.note_change()  # what was typed meanwhile belongs to the new file
        self.say()
        self.saved.emit(written.path)
        self.changed.emit()

    def revert(self) -> None:
        """Take the file's text again, as one step that can be undone."""
        start(self, self._revert())

    async def _revert(self) -> None:
        if self.path is None:
            return
        file = await attempt(read_for_editing, self.path)
        if isinstance(file, DocumentError):
            self._desk.notices.post(file.message)
        elif shiboken6.isValid(self):
            self.adopt(file)

    def adopt(self, file: TextFile) -> None:
        """Show what the file holds now; cursor, view and undo stay."""
        self.file = file._replace(path=self.file.path)
        self.editor.replace_text(file.text)
        self.editor.document().setModified(False)
        if self.editor.document().availableUndoSteps() > _UNDO_STEPS:
            self.editor.document().clearUndoRedoStacks()  # a file that is rewritten all the time
        self.facts.on_disk()
        self.facts.read_only = not file.writable
        self._kept.drop()
        self.say()
        self.changed.emit()

    # -- what others do to the file

    async def look_at_disk(self) -> None:
        """Compare with the file: follow it where nothing was changed here, say so otherwise."""
        if self.path is None or not self.file.whole or self._looks_soon:
            return
        if self.condition is Condition.FAILED and await asyncio.to_thread(self.path.exists):
            await self.open()
        if not shiboken6.isValid(self) or not self.ready:
            return
        self._looks_soon = True  # whoever is at it now may have seen the file half written
        async with self._writing.disk:
            self._looks_soon = False
            if not shiboken6.isValid(self):
                return
            file = self.file
            what = await asyncio.to_thread(changed_on_disk, file)
            if shiboken6.isValid(self) and self.file is file:
                await self._follow(what)

    async def _follow(self, what: str) -> None:
        if what == "gone":
            self.facts.gone = True
            self.editor.document().setModified(True)
            self._kept.keep()
            self.say()
        elif what == "same":
            others = self.facts.others
            self.facts.note_others(None)
            if self.facts.gone and self.file.digest:
                self._is_back()
            elif others is not None:
                self.say()
        else:
            await self._read_theirs()

    def _is_back(self) -> None:
        self.facts.gone = False
        if self.editor.text() == self.file.text:
            self.editor.document().setModified(False)
        self.say()

    async def _read_theirs(self) -> None:
        path = self.file.path
        theirs = await attempt(read_for_editing, path)
        failed = isinstance(theirs, DocumentError)
        digest = await asyncio.to_thread(digest_of, path) if failed else ""
        if not shiboken6.isValid(self):
            return
        if isinstance(theirs, DocumentError):
            self._note_no_text(theirs, digest)
            return
        if not self.modified or self.merely_gone or theirs.text == self.editor.text():
            self.adopt(theirs)
        else:
            self.facts.gone = False
            self.facts.note_others(theirs)
            self.say()

    def _note_no_text(self, error: DocumentError, digest: str | None) -> None:
        """What stands in the file now cannot be shown."""
        if self.modified:
            self.facts.note_others(Foreign(error, digest or ""))
        else:
            self.facts.notice = error.message
        self.say()

    def move_to(self, path: Path) -> None:
        """The file has another path now; text, undo and cursor stay."""
        self._kept.drop()
        self.file = self.file._replace(path=path)
        self.facts.gone = False
        self.editor.set_file_name(path.name)
        if self.modified:
            self._kept.keep()
        self.say()
        self.changed.emit()

    # -- unsaved text

    def show_kept(self, text: str) -> None:
        """Show a text whose file cannot be shown: no file holds it."""
        vanished = isinstance(self._fault, Vanished)
        self.editor.show_text("", self.name)
        self._show(new_text_file(self.file.path))
        self.editor.replace_text(text)
        self.editor.document().setModified(True)
        self.facts.gone = vanished
        self.say()
        if not vanished:
            start(self, self.look_at_disk())

    def _note_typing(self) -> None:
        if self.modified:
            self._kept.note_change()

    def _note_modified(self, modified: bool) -> None:
        if not modified:
            self._kept.drop()
            if self.facts.failure is not None:  # there is nothing to be saved any more
                self.facts.failure = None
                self.say()
            if self.facts.others is not None:  # all changes were undone: there is no conflict
                start(self, self.look_at_disk())
        self.changed.emit()

    def _unsaved(self) -> Unsaved | None:
        if not self.modified:
            return None
        return Unsaved(
            self.path, self.origin.kept_as or self.name, self.file.digest, self.editor.text()
        )

    def keep(self) -> None:
        """Keep what is unsaved now for the case of a crash."""
        self._kept.keep()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """It may be the end of the window: keep what was typed last."""
        self.keep_pending()
        super().hideEvent(event)

    def keep_pending(self) -> None:
        """Keep what was typed last, without waiting for more."""
        self._kept.keep_pending()

    def discard(self) -> None:
        """The user wants nothing of it saved; it is kept until the document is really closed."""
        self._kept.discard()

    def give_up(self) -> None:
        """The user closes the document and wants nothing of it kept."""
        self.settled.set()
        self._kept.drop()

    # -- what the bar says

    def note_stale_run(self) -> None:
        """A place in this file was asked for by a run that saw another text."""
        self.facts.stale_run = True
        self.say()

    def forget_stale_run(self) -> None:
        """A new run sees the text as it is."""
        if self.facts.stale_run:
            self.facts.stale_run = False
            self.say()

    def say(self) -> None:
        """Have the bar say what matters most of what is known."""
        concern = self.facts.concern()
        if concern is None:
            self.bar.silence()
        else:
            text = bar_text(concern, self.facts, self.name, self.file.digest, self._offers)
            self.bar.say(text, self._dismissed)

    def _dismissed(self) -> None:
        """The bar was closed: what it was about has been seen."""
        self.facts.dismiss(self.facts.concern())
        self.say()

    # -- what the bar offers

    def save_again(self) -> None:
        """Try to write once more."""
        failure, self.facts.failure = self.facts.failure, None
        self.say()
        if failure is not None and failure.path != self.path:
            start(self, self._save_elsewhere(failure.path))
        else:
            start(self, self.save())

    async def _save_elsewhere(self, path: Path) -> None:
        """Try again what `save_to` could not do; what has come there since is asked about."""
        if await asyncio.to_thread(os.path.lexists, path):
            self.save_as_requested.emit()
        else:
            await self.save_to(path)

    def keep_mine(self) -> None:
        """Overwrite what the other program wrote, as far as it was told of."""
        others = self.facts.others
        start(self, self.save(over=others.digest if others is not None else None))

    def take_theirs(self) -> None:
        """Show what the other program wrote; undo brings the own text back."""
        if self.facts.theirs is not None:
            self.adopt(self.facts.theirs)

    async def settle_conflict(self) -> bool:
        """Let the user choose; True where the text is saved then, or equal to the file."""
        return await settle_conflict(self, self, self._desk.appearance)

    def rebase(self, file: TextFile) -> None:
        """This is the version of the file that the text is made from: it counts as seen."""
        self.file = file._replace(path=self.file.path)
        self.facts.on_disk()
        self.say()
        self.changed.emit()

    # -- looking

    def open_find(self, *, replacing: bool) -> None:
        """Open the line for finding, and for replacing."""
        if self.find_bar is None:
            self.find_bar = FindBar(self.editor, self)
            self._rows.insertWidget(1, self.find_bar)
        if replacing:
            self.find_bar.open_replace()
        else:
            self.find_bar.open_find()

    def set_marks(self, marks: list[Mark]) -> None:
        """Show findings in the text."""
        if self.ready:
            self.editor.set_marks(marks)

    def go_to(self, line: int, column: int | None) -> None:
        """Show a place, counted from 1."""
        if self.ready:
            self.editor.go_to(line, column)
