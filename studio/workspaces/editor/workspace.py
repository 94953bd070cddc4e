"""The editor workspace of one open project: its tabs, and what the project asks of them.

Knows the project and the desk. What other panels need of the open texts they find through
`ProjectFiles`.
"""

import asyncio
import os
from pathlib import Path
from typing import Any, Final

import shiboken6
from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from session.log.entry import Fix
from studio.desk import Desk
from studio.documents.recovery import Recovered
from studio.open_project import OpenProject, Place
from studio.widgets.empty_place import EmptyPlace
from studio.workspaces.editor.alive import start
from studio.workspaces.editor.document import Document
from studio.workspaces.editor.document_facts import Origin
from studio.workspaces.editor.dropped_files import dropped_files
from studio.workspaces.editor.folder_listing import first_file
from studio.workspaces.editor.format_text import format_text
from studio.workspaces.editor.open_view import show_view, view_of
from studio.workspaces.editor.project_files import ProjectFiles
from studio.workspaces.editor.quick_open import QuickOpen, known_files
from studio.workspaces.editor.recovery_store import recovery_store, tell_elsewhere
from studio.workspaces.editor.saving import Saving
from studio.workspaces.editor.stale_run import changed_since
from studio.workspaces.editor.switching import Switching
from studio.workspaces.editor.tabs import Tabs
from studio.workspaces.editor.text_problems import TextProblems

#: Under this name the project keeps which files are open.
VIEW: Final = "editor"
#: So many closed tabs can be opened again.
_CLOSED: Final = 20


class EditorWorkspace(QWidget):
    """Tabs, or words that teach where nothing is open."""

    #: What is not saved is something else now.
    unsaved_changed = Signal()
    #: Line and column of the cursor in front, from 1; 0 and 0 where there is none.
    cursor_moved = Signal(int, int)
    #: Another document is in front, or none.
    current_changed = Signal()
    #: Encoding or line endings in front are others now (`format_text`).
    format_changed = Signal()

    def __init__(self, project: OpenProject, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._desk = desk
        self._recovery = recovery_store(desk)
        self._files = ProjectFiles.of(project)
        self._files.edit_with(self)
        self._recovered: dict[Path, list[Recovered]] = {}
        self._closed: list[dict[str, Any]] = []
        self._switching = Switching(self)
        self._used = self._switching.order
        self._known: list[str] = []
        self._known_stale = True
        self.tabs = Tabs(desk.appearance, self)
        self.saving = Saving(project, desk, lambda: self.tabs.documents, self.show_document, self)
        self.quick_open = QuickOpen(desk.appearance, self)
        self.text_problems = TextProblems(project, self, self)
        self._format = ""
        self._build()
        self._listen()
        self._files.use(self)
        start(self, self._look_for_recovered())

    def _build(self) -> None:
        self.setAccessibleName(self.tr("Editor"))
        self.setAcceptDrops(True)
        self._empty = EmptyPlace(
            self._desk.appearance,
            "edit",
            self.tr("Nothing is open"),
            self.tr("Choose a file in the tree, or find one by its name.\nF5 plays the project."),
            self.tr("Open a file (Ctrl+P)"),
            self,
        )
        self._empty.pressed.connect(self.open_quickly)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.tabs)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self._pages)

    def _listen(self) -> None:
        self.tabs.close_requested.connect(self.close_document)
        self.tabs.currentChanged.connect(self._note_current)
        self.quick_open.chosen.connect(self._open_chosen)
        self.quick_open.line_chosen.connect(self._go_to_line)
        self.quick_open.left.connect(self.focus_editor)
        self._switching.show_requested.connect(self.show_document)
        self._switching.settled.connect(self.focus_editor)
        self._files.changed.connect(self._follow_disk)
        self._files.moved.connect(self._follow_move)
        self._project.bridge.run_started.connect(self._forget_stale_runs)
        application = QCoreApplication.instance()
        if isinstance(application, QApplication):
            application.aboutToQuit.connect(self.keep)
            application.applicationStateChanged.connect(self._look_again)

    # -- what is open

    @property
    def current(self) -> Document | None:
        """The document in front."""
        return self.tabs.current

    @property
    def unsaved(self) -> list[str]:
        """The names of what is not saved, in the order of the tabs."""
        return [document.name for document in self.tabs.documents if document.modified]

    @property
    def format_text(self) -> str:
        """Encoding and line ending of the text in front, such as `UTF-8 · LF`; "" for none."""
        document = self.current
        return format_text(document.file) if document is not None and document.ready else ""

    def find_document(self, path: Path) -> Document | None:
        """Return the document of a file, if it is open."""
        real = Path(os.path.realpath(path))
        return next((d for d in self.tabs.documents if d.path == real), None)

    # -- opening

    def open_file(self, path: Path) -> None:
        """Open a file, or bring it to the front; read in a thread."""
        start(self, self.opened(path))

    async def opened(
        self, path: Path, *, front: bool = True, last: bool = False
    ) -> Document | None:
        """Open a file and wait until it is shown; None where the workspace is gone.

        `front` brings it to the front, `last` puts a new tab behind all others.
        """
        if not shiboken6.isValid(self):
            return None
        document = self.find_document(path)
        if document is None:
            document = self._add(_origin_of(path), front=front, last=last or not front)
            await document.open()
            if shiboken6.isValid(document):
                self._begin(document)
        elif front:
            self.show_document(document)
        await document.settled.wait()
        return document if shiboken6.isValid(document) else None

    def _begin(self, document: Document) -> None:
        """A file was read: what is known about it is shown with it."""
        for recovered in self._recovered.pop(document.path, []) if document.path else []:
            document.recovered.offer(recovered)
        self.text_problems.mark(document)
        focused = QApplication.focusWidget()
        if document is self.current and focused is not None and self.isAncestorOf(focused):
            self.focus_editor()

    def _add(self, origin: Origin, *, front: bool = True, last: bool = False) -> Document:
        document = Document(origin, self._desk, self._recovery)
        document.changed.connect(self._note_change)
        document.cursor_moved.connect(self._tell_cursor)
        document.saved.connect(self._note_saved)
        document.save_as_requested.connect(self._save_sender_as)
        document.close_requested.connect(self._close_sender)
        document.editor.document().contentsChanged.connect(self.saving.note_typing)
        self.tabs.add(document, last=last)
        self._pages.setCurrentWidget(self.tabs)
        if front or self.tabs.count() == 1:
            self.show_document(document)
        self._watch_open()
        return document

    def _watch_open(self) -> None:
        self._files.look_at([d.path for d in self.tabs.documents if d.path is not None])

    def new_untitled(self) -> None:
        """Begin a text that has no file yet."""
        self._add(self._free_origin()).show_untitled()
        self.focus_editor()

    def _free_origin(self, wanted: str = "") -> Origin:
        """Return a name that no open text has, and under which its text can be kept."""
        names = {document.name for document in self.tabs.documents}
        numbered = (self.tr("untitled {0}").format(n) for n in range(1, len(names) + 2))
        name = (
            wanted
            if wanted and wanted not in names
            else next(n for n in numbered if n not in names)
        )
        return Origin(None, name, f"{name}\n{self._project.root}")

    def show_document(self, document: Document) -> None:
        """Bring a document to the front."""
        self.tabs.setCurrentWidget(document)

    def focus_editor(self) -> None:
        """Give the focus to the text in front."""
        if self.current is not None:
            self.current.setFocus()

    def show_place(self, place: Place) -> None:
        """Show a place; where a run spoke of it and the file changed since, the tab says so."""
        start(self, self._show_place(place))

    async def _show_place(self, place: Place) -> None:
        document = await self.opened(place.path)
        if document is None:
            return
        if place.line is not None:
            document.go_to(place.line, place.column)
        self.focus_editor()
        if place.run_id is not None and document.ready and document.path is not None:
            history = self._project.service.history
            changed = await changed_since(history, place.run_id, document.path)
            if shiboken6.isValid(document) and (changed or document.modified):
                document.note_stale_run()

    # -- files that are dropped

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Files are welcome; what a folder is dropped for is for others to say."""
        if dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Open the files, the last one in front."""
        for path in dropped_files(event.mimeData()):
            self.open_file(path)
        event.acceptProposedAction()

    # -- closing

    def close_document(self, document: Document) -> None:
        """Close a document; what is not saved is asked about."""
        start(self, self._close(document))

    def close_current(self) -> None:
        """Close the document in front."""
        if self.current is not None:
            self.close_document(self.current)

    async def _close(self, document: Document) -> None:
        if not await self.saving.may_close([document]) or not shiboken6.isValid(document):
            return
        if document.path is not None:
            self._closed = [*self._closed[-_CLOSED + 1 :], view_of(document)]
            if undecided := document.recovered.waiting:  # offered again when it is opened again
                self._recovered[document.path] = undecided
        self._used.forget(document)
        self.tabs.removeTab(self.tabs.indexOf(document))
        document.give_up()
        document.deleteLater()
        following = next(iter(self._used.things), None)
        if following is not None:
            self.show_document(following)
        self._note_change()

    def reopen_closed(self) -> None:
        """Open the tab that was closed last, where its cursor was."""
        if self._closed:
            start(self, self._open_view(self._closed.pop(), front=True))

    async def may_close(self) -> bool:
        """Ask once about everything that is not saved; False where it is to stay open."""
        return not shiboken6.isValid(self) or await self.saving.may_close(self.tabs.documents)

    def keep(self) -> None:
        """Keep what is unsaved now: the studio may be about to end."""
        for document in self.tabs.documents:
            document.keep_pending()

    async def save_for_play(self, policy: str) -> bool:
        """Save what `settings.save_before_play` says; False means that nothing is played."""
        return shiboken6.isValid(self) and await self.saving.save_for_play(policy)

    # -- quick open

    def open_quickly(self) -> None:
        """Find a file by a few letters."""
        self._open_overlay("")

    def go_to_line(self) -> None:
        """Ask for a line of the text in front."""
        if self.current is not None:
            self._open_overlay(":")

    def _open_overlay(self, text: str) -> None:
        root = self._project.root
        paths = [document.path for document in self._used.things[1:]]
        recent = [str(p.relative_to(root)) for p in paths if p and p.is_relative_to(root)]
        self.quick_open.open(self._known, recent, text)
        if self._known_stale:
            start(self, self._learn_files())

    async def _learn_files(self) -> None:
        self._known_stale = False
        known = await asyncio.to_thread(known_files, self._project.root, self._files.single)
        if shiboken6.isValid(self):
            self._known = known
            self.quick_open.set_files(known)

    def _open_chosen(self, path: str, line: int, column: int) -> None:
        self.show_place(Place(self._project.root / path, line or None, column or None))

    def _go_to_line(self, line: int, column: int) -> None:
        if self.current is not None:
            self.current.go_to(line, column or None)
        self.focus_editor()

    # -- keeping up

    def _note_change(self) -> None:
        self.tabs.rename()
        self._pages.setCurrentWidget(self.tabs if self.tabs.count() else self._empty)
        self._tell_cursor()  # it has a place once the text is there
        self._tell_format()
        self.unsaved_changed.emit()

    def _note_current(self) -> None:
        document = self.current
        if document is not None:
            self._used.use(document)
        self._tell_cursor()
        self._tell_format()
        self.current_changed.emit()

    def _tell_format(self) -> None:
        if self.format_text != self._format:
            self._format = self.format_text
            self.format_changed.emit()

    def _tell_cursor(self) -> None:
        document = self.current
        ready = document is not None and document.ready
        self.cursor_moved.emit(*(document.editor.place() if document and ready else (0, 0)))

    def _note_saved(self) -> None:
        self._watch_open()
        self.saving.note_saved()

    def _save_sender_as(self) -> None:
        document = self.sender()
        if isinstance(document, Document):
            start(self, self.saving.save_as(document))

    def _close_sender(self) -> None:
        document = self.sender()
        if isinstance(document, Document):
            self.close_document(document)

    def _follow_disk(self, paths: set[Path]) -> None:
        self._known_stale = True
        for document in self.tabs.documents:
            path = document.path
            if path is not None and (path in paths or not paths.isdisjoint(path.parents)):
                start(document, document.look_at_disk())

    def _look_again(self, state: Qt.ApplicationState) -> None:
        """The studio is in front again: look at every open file, watched or not."""
        if state == Qt.ApplicationState.ApplicationActive:
            for document in self.tabs.documents:
                start(document, document.look_at_disk())

    def _forget_stale_runs(self) -> None:
        """A new run sees the texts as they are."""
        for document in self.tabs.documents:
            document.forget_stale_run()

    def _follow_move(self, old: Path, new: Path) -> None:
        for document in self.tabs.documents:
            path = document.path
            if path is not None and path.is_relative_to(old):
                document.move_to(new / path.relative_to(old) if path != old else new)

    # -- stepping

    def switch_recent(self, by: int) -> None:
        """Step to the document used before; it counts as used once Ctrl is let go."""
        self._switching.step(by)

    # -- for the other panels

    def open_text(self, path: Path) -> str | None:
        """Return the text of a file that is open, unsaved changes and all."""
        document = self.find_document(path)
        return document.editor.text() if document is not None and document.ready else None

    def change_text(self, path: Path, text: str) -> bool:
        """Put a text in place of that of an open file, as one step that can be undone."""
        document = self.find_document(path)
        if document is None or not document.ready or not document.file.whole:
            return False
        document.editor.replace_text(text)
        return True

    async def apply_fix(self, fix: Fix) -> str | None:
        """Open the file, make the fix and save; a sentence on why not, where it is void."""
        return await self.text_problems.apply(fix)

    # -- before and after

    def state(self) -> dict[str, Any]:
        """Return what is open and where the cursors are; JSON-able."""
        documents = [document for document in self.tabs.documents if document.path is not None]
        current = self.current
        return {
            "open": [view_of(document) for document in documents],
            "current": str(current.path) if current is not None and current.path else "",
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Open what `state()` told of; files that are gone are passed over."""
        start(self, self._restore(state))

    def open_first(self) -> None:
        """Open the file that a project begins with, where nothing is known of it yet."""
        start(self, self._open_first())

    async def _open_first(self) -> None:
        path = await asyncio.to_thread(first_file, self._project.path)
        if path is not None and shiboken6.isValid(self) and self.tabs.count() == 0:
            await self.opened(path)

    async def _restore(self, state: dict[str, Any]) -> None:
        views = state.get("open")
        current = state.get("current")
        for view in views if isinstance(views, list) else []:
            if not isinstance(view, dict) or not shiboken6.isValid(self):
                continue
            if await asyncio.to_thread(os.path.isfile, str(view.get("path"))):
                await self._open_view(view, front=view.get("path") == current)

    async def _open_view(self, view: dict[str, Any], *, front: bool) -> None:
        document = await self.opened(Path(str(view["path"])), front=front, last=True)
        if document is not None and document.ready:
            show_view(document, view)

    # -- after a crash

    async def _look_for_recovered(self) -> None:
        """Find what a studio that died had not saved of this project, and offer it."""
        found = await asyncio.to_thread(self._recovery.left)
        root = await asyncio.to_thread(self._files.root.resolve)
        if not shiboken6.isValid(self):
            return
        for recovered in found:
            path = recovered.path
            if path is None or not (path.is_relative_to(root) or path.parent.exists()):
                self._recover_untitled(recovered)  # also what has no place to be opened from
            else:
                self._offer(recovered, path)
        for path in list(self._recovered):
            if not shiboken6.isValid(self):
                return
            if path == self._files.single or path.is_relative_to(root):
                await self.opened(path, front=False)
        if shiboken6.isValid(self):
            tell_elsewhere(self._recovered, self._desk.notices)

    def _offer(self, recovered: Recovered, path: Path) -> None:
        """Offer it in the file's tab; where there is none yet, once there is."""
        document = self.find_document(path)
        if document is not None and document.settled.is_set():
            document.recovered.offer(recovered)
        else:
            self._recovered.setdefault(path, []).append(recovered)

    def _recover_untitled(self, recovered: Recovered) -> None:
        """A text that had no file comes back by itself: it can hide nothing newer."""
        name, _, root = recovered.name.partition("\n")
        if root in ("", str(self._project.root)) or not Path(root).exists():
            document = self._add(self._free_origin(name), front=False)
            document.show_untitled(recovered.text)
            self._recovery.forget(recovered)


def _origin_of(path: Path) -> Origin:
    """Return where a file really is: one that is open is known by that."""
    return Origin(Path(os.path.realpath(path)), path.name)
