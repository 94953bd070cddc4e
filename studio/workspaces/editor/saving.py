"""Saving the open documents: one, all, before Play, before closing, by itself after a while."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import shiboken6
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog, QWidget

from session.log.entry import Severity
from studio.desk import Desk
from studio.open_project import OpenProject
from studio.widgets.answer import answer_of
from studio.widgets.save_changes import SaveChoice, ask_save_changes
from studio.workspaces.editor.alive import start
from studio.workspaces.editor.document import Document
from studio.workspaces.editor.playing_set import playing_set

#: A check waits so long for further savings, in milliseconds.
_CHECK_MS: Final = 400


class Saving(QObject):
    """`documents` gives those that are open; `show` brings one to the front."""

    def __init__(
        self,
        project: OpenProject,
        desk: Desk,
        documents: Callable[[], Sequence[Document]],
        show: Callable[[Document], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._project = project
        self._desk = desk
        self._documents = documents
        self._show = show
        self._window = parent
        self._by_itself = QTimer(self, singleShot=True)
        self._by_itself.timeout.connect(self._autosave)
        self._checking = QTimer(self, interval=_CHECK_MS, singleShot=True)
        self._checking.timeout.connect(self._check)

    # -- what the user asks for

    async def save(self, document: Document) -> bool:
        """Save one document, asking for a name or about a conflict where that is needed."""
        if not document.ready:
            return False
        if document.path is None:
            return await self.save_as(document)
        if await document.save():
            return True
        if not shiboken6.isValid(document):
            return False
        if document.facts.theirs is not None:
            self._show(document)
            return await document.settle_conflict()
        return False

    async def save_as(self, document: Document) -> bool:
        """Ask where to, and save there; False where the user would rather not."""
        if not document.ready or not document.file.whole:
            return False  # a mere beginning is there to be looked at
        path = await self._ask_path(document)
        if path is None or not shiboken6.isValid(document):
            return False
        return await self.save_to(document, path)

    async def save_to(self, document: Document, path: Path) -> bool:
        """Save under another path, unless that is what another tab shows."""
        real = await asyncio.to_thread(path.resolve)
        if not shiboken6.isValid(document) or not shiboken6.isValid(self):
            return False
        other = next((d for d in self._documents() if d.path == real and d is not document), None)
        if other is not None:
            text = self.tr("{0} is open in a tab of its own: close that before, or choose a name.")
            self._desk.notices.post(text.format(other.name), Severity.WARNING)
            self._show(other)
            return False
        if document.path == real:
            return await self.save(document)
        return await document.save_to(real)

    async def _ask_path(self, document: Document) -> Path | None:
        start = document.path or self._project.root / document.name
        dialog = QFileDialog(self._window, self.tr("Save as"), str(start.parent))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.selectFile(start.name if document.path or start.suffix else f"{start.name}.py")
        accepted = await answer_of(dialog)
        if not shiboken6.isValid(dialog):
            return None
        files = dialog.selectedFiles()
        dialog.deleteLater()
        return Path(files[0]) if accepted and files else None

    async def save_these(self, documents: Sequence[Document]) -> bool:
        """Save several; the first that cannot be is brought to the front. False if any was not."""
        for document in documents:
            if shiboken6.isValid(document) and not await self.save(document):
                if shiboken6.isValid(document) and shiboken6.isValid(self):
                    self._show(document)
                return False
        return True

    async def save_all(self) -> bool:
        """Save everything that has a file; a text without one stays as it is."""
        return await self.save_these([d for d in await self._wanted() if d.modified and d.path])

    async def _wanted(self) -> list[Document]:
        """Return what is open, without what somebody deleted: nobody wants that back unasked.

        Where something was typed that the file did not hold, it is.
        """
        for document in list(self._documents()):
            if shiboken6.isValid(document) and document.merely_gone:
                await document.look_at_disk()  # it may be back
                if not shiboken6.isValid(self):
                    return []
        return [document for document in self._documents() if not document.merely_gone]

    # -- Play and closing

    async def save_for_play(self, policy: str) -> bool:
        """Save what the policy says before Play; False means that nothing is to be played."""
        documents = await self._wanted()
        if not shiboken6.isValid(self):
            return False
        single = None if self._project.path.is_dir() else self._project.path
        chosen = playing_set(policy, self._project.root, single, documents)
        to_save = [documents[at] for at in chosen.save]
        if chosen.ask:
            names = [document.name for document in to_save]
            choice = await ask_save_changes(self._window, names, self.tr("Play as saved"))
            if choice is SaveChoice.CANCEL or not shiboken6.isValid(self):
                return False
            if choice is SaveChoice.DISCARD:
                return True
        self._checking.stop()
        saved = await self.save_these(to_save)
        if not shiboken6.isValid(self):
            return False
        self._checking.stop()  # the run looks for problems itself
        return saved

    async def may_close(self, documents: Sequence[Document]) -> bool:
        """Ask what becomes of unsaved texts; False where they are to stay open.

        Once, unless something is typed while they are being saved.
        """
        while unsaved := [d for d in documents if shiboken6.isValid(d) and d.modified]:
            self._show(unsaved[0])
            choice = await ask_save_changes(self._window, [one.name for one in unsaved])
            if choice is SaveChoice.CANCEL:
                return False
            if choice is SaveChoice.DISCARD:
                for document in unsaved:
                    if shiboken6.isValid(document):
                        document.discard()
                return True
            if not await self.save_these(unsaved) or not shiboken6.isValid(self):
                return False
        return True

    # -- by itself

    def note_typing(self) -> None:
        """Something changed: autosave, where it is on, comes when typing has ended."""
        settings = self._desk.settings.current
        if settings.autosave:
            self._by_itself.start(settings.autosave_delay_s * 1000)

    def _autosave(self) -> None:
        start(self, self._save_quietly())

    async def _save_quietly(self) -> None:
        """Save what is on disk and undisputed, one after another; failures show in the bars."""
        for document in list(self._documents()):
            if not shiboken6.isValid(document) or document.path is None:
                continue
            facts = document.facts
            disputed = facts.gone or facts.others or facts.recovered or facts.failure
            if document.modified and not disputed and document.file.whole:
                await document.save()
                await asyncio.sleep(0)

    def note_saved(self) -> None:
        """A file was saved: the project is looked through again, where that is set."""
        if self._desk.settings.current.check_on_save:
            self._checking.start()

    def _check(self) -> None:
        self._project.check()
