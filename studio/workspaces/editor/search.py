"""The panel that finds, and replaces, in all files of a project."""

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import Any, Final

import shiboken6
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from session.log.entry import Severity
from studio import loop
from studio.desk import Desk
from studio.look.tokens import ROW_ICON, SPACE_S
from studio.open_project import OpenProject, Place
from studio.widgets.empty_place import EmptyPlace
from studio.widgets.plain import PlainLabel, plain_tip
from studio.workspaces.editor.alive import start
from studio.workspaces.editor.bar import Bar, BarAction, BarText
from studio.workspaces.editor.file_search import (
    MATCH_LIMIT,
    FileMatches,
    FileQuery,
    Match,
    Progress,
    SearchEnd,
    SearchRefused,
    query_from,
    search_files,
)
from studio.workspaces.editor.folder_listing import kind_of
from studio.workspaces.editor.match_delegate import MATCH_ROLE, MatchDelegate
from studio.workspaces.editor.project_files import ProjectFiles
from studio.workspaces.editor.question import ask
from studio.workspaces.editor.recovery_store import recovery_store
from studio.workspaces.editor.replacing import Replacement, Written, replace_all, take_back
from studio.workspaces.editor.search_form import SearchForm

#: Under this name the project keeps what was looked for.
VIEW: Final = "search"
#: A search that takes longer says so, in milliseconds.
_PATIENCE_MS: Final = 300


class SearchPanel(QWidget):
    """Fields above, what was found below, grouped by file."""

    def __init__(self, project: OpenProject, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._desk = desk
        self._files = ProjectFiles.of(project)
        self._search: asyncio.Task[Any] | None = None
        self._searched: FileQuery | None = None
        self.found: list[FileMatches] = []
        self.end: SearchEnd | None = None
        self.form = SearchForm(desk.appearance, self)
        self.results = self._build_results()
        self.summary = PlainLabel("", self)
        self.summary.setProperty("look", "muted")
        self.summary.setWordWrap(True)
        self.bar = Bar(desk.appearance, self)
        self._cancel = QPushButton(self.tr("Cancel"), self)
        self._cancel.clicked.connect(self.cancel)
        self._slow = QTimer(self, interval=_PATIENCE_MS, singleShot=True)
        self._slow.timeout.connect(self._say_searching)
        self._empty = EmptyPlace(
            desk.appearance,
            "search",
            self.tr("Find in files"),
            self.tr("Type what to look for. Hidden, generated and binary files are passed over."),
            parent=self,
        )
        self._arrange()
        self.form.search_requested.connect(self.search)
        self.form.replacing_changed.connect(self._show_replacing)
        self.form.replace_requested.connect(self._replace)
        self.form.edited.connect(self._note_edit)
        self.destroyed.connect(_Cancel(self))
        self._restore()

    def _build_results(self) -> QTreeWidget:
        results = QTreeWidget(self)
        results.setAccessibleName(self.tr("Matches"))
        results.setHeaderHidden(True)
        results.setUniformRowHeights(True)
        results.setIndentation(SPACE_S)
        results.setIconSize(self._desk.appearance.size(ROW_ICON))
        self._delegate = MatchDelegate(self._desk.appearance, results)
        results.setItemDelegate(self._delegate)
        results.itemActivated.connect(self._open)
        results.itemClicked.connect(self._open)
        self._desk.appearance.changed.connect(self._repaint)
        return results

    def _arrange(self) -> None:
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.results)
        line = QHBoxLayout()
        line.setContentsMargins(SPACE_S, 0, SPACE_S, SPACE_S)
        line.addWidget(self.summary, 1)
        line.addWidget(self._cancel)
        self._cancel.hide()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.form)
        rows.addLayout(line)
        rows.addWidget(self._pages, 1)
        rows.addWidget(self.bar)
        self.setFocusProxy(self.form.text)

    def begin(self, text: str = "", *, replacing: bool = False) -> None:
        """Make ready to type, with a text to look for where one is given."""
        if replacing:
            self.form.show_replacing()
        if text:
            self.form.text.setText(text)
            self.search()
        self.form.text.setFocus()
        self.form.text.selectAll()

    # -- searching

    def search(self) -> None:
        """Search for what the fields say; the search before is ended."""
        self.cancel()
        query = self._searched = self.form.query()
        self._project.views[VIEW] = query._asdict() | {"replacement": None}
        self._clear()
        if not query.text:
            self.summary.setText("")
            return
        self._slow.start()
        self._search = loop.begin(self._run(query))

    def cancel(self) -> None:
        """End the search that is under way; what it found stays."""
        self._slow.stop()
        self._cancel.hide()
        if self._search is not None and not self._search.done():
            self._search.cancel()
            self.summary.setText(self.tr("Cancelled. {0}").format(self._counts()))
        self._search = None

    async def _run(self, query: FileQuery) -> None:
        single = self._files.single
        only = single.name if single is not None else ""
        try:
            async with aclosing(search_files(self._project.root, query, only)) as parts:
                async for part in parts:
                    if not shiboken6.isValid(self):
                        return
                    self._take(part)
        except SearchRefused as error:
            if shiboken6.isValid(self):
                self._finish(self.tr("Not searched: {0}.").format(error))

    def _take(self, part: FileMatches | Progress | SearchEnd) -> None:
        if isinstance(part, FileMatches):
            self.found.append(part)
            self._add(part)
        elif isinstance(part, SearchEnd):
            self.end = part
            self._finish(self._conclusion(part))
        elif self._cancel.isVisible():
            self.summary.setText(self.tr("Searching … {0} files").format(f"{part.files:,}"))

    def _say_searching(self) -> None:
        self._cancel.show()
        self.summary.setText(self.tr("Searching …"))

    def _finish(self, text: str) -> None:
        self._slow.stop()
        self._cancel.hide()
        self.summary.setText(text)
        self._note_edit()

    def _counts(self) -> str:
        matches = sum(len(one.matches) for one in self.found)
        found = (
            self.tr("1 match") if matches == 1 else self.tr("{0} matches").format(f"{matches:,}")
        )
        return self.tr("{0} in {1}").format(found, self._files_words(len(self.found)))

    def _files_words(self, files: int) -> str:
        return self.tr("1 file") if files == 1 else self.tr("{0} files").format(f"{files:,}")

    def _conclusion(self, end: SearchEnd) -> str:
        if end.capped:
            text = self.tr("Showing the first {0} matches.").format(f"{MATCH_LIMIT:,}")
        elif not end.matches:
            text = self.tr("No matches in {0}.").format(self._files_words(end.files))
        else:
            text = self._counts() + "."
        return f"{text} {_skipped(end.skipped)}".strip()

    def _clear(self) -> None:
        self.results.clear()
        self.found, self.end = [], None
        self.form.replace.setEnabled(False)
        self._pages.setCurrentWidget(self._empty)
        self.bar.silence()

    def _add(self, part: FileMatches) -> None:
        self._pages.setCurrentWidget(self.results)
        top = QTreeWidgetItem([f"{part.path}  ({len(part.matches)})"])
        self._set_icon(top, part.path)
        top.setToolTip(0, plain_tip(part.path))
        rows = []
        for match in part.matches:
            row = QTreeWidgetItem([match.shown])
            row.setData(0, MATCH_ROLE, match)
            row.setToolTip(0, plain_tip(f"{part.path}:{match.line}:{match.column}"))
            rows.append(row)
        top.addChildren(rows)
        self.results.addTopLevelItem(top)
        top.setExpanded(True)

    def _repaint(self) -> None:
        for at, part in enumerate(self.found):
            self._set_icon(self.results.topLevelItem(at), part.path)
        self.results.viewport().update()

    def _set_icon(self, top: QTreeWidgetItem | None, path: str) -> None:
        if top is not None:
            top.setIcon(0, self._desk.appearance.icon(kind_of(path).value, "muted"))

    def _open(self, item: QTreeWidgetItem) -> None:
        match = item.data(0, MATCH_ROLE)
        parent = item.parent()
        if not isinstance(match, Match) or parent is None:
            return
        path = self.found[self.results.indexOfTopLevelItem(parent)].path
        self._project.location_requested.emit(
            Place(self._project.root / path, match.line, match.column)
        )

    # -- replacing

    def _show_replacing(self, replacing: bool) -> None:
        self._delegate.replacing = replacing
        if self.form.text.text():
            self.search()

    def _note_edit(self) -> None:
        """Only what the fields say now is replaced, by what they say."""
        same = self._searched == self.form.query()
        self.form.replace.setEnabled(bool(self.found) and self.end is not None and same)

    def _replace(self) -> None:
        if self._searched != self.form.query():
            self.search()
        elif self.found and self.end is not None:
            start(self, self._confirm_and_replace(list(self.found), self.form.query()))

    async def _confirm_and_replace(self, found: list[FileMatches], query: FileQuery) -> None:
        question = self.tr("Replace {0}?").format(self._counts())
        detail = self.tr("Open files can be undone there, the others here.")
        if self.end is not None and self.end.capped:
            detail = self.tr("Only the matches that are shown are replaced.") + " " + detail
        title, choice = self.tr("Replace in files"), self.tr("Replace")
        if await ask(self, title, question, detail, [choice], risky=False) != 0:
            return
        outcome = await replace_all(self._files, found, self._backups())
        if shiboken6.isValid(self):
            self._files.changed.emit({one.after.path for one in outcome.written})
            self._clear()
            self.summary.setText("")
            self._tell(outcome)
            self.form.show_query(query)

    def _backups(self) -> Path:
        return recovery_store(self._desk).backups

    def _tell(self, outcome: Replacement) -> None:
        files = len(outcome.opened) + len(outcome.written)
        text = self.tr("Replaced {0} times in {1}.").format(
            outcome.matches, self._files_words(files)
        )
        if outcome.opened:
            text += " " + self.tr("Open ones are not saved yet.")
        text = " ".join([text, *outcome.refused])
        actions = (BarAction(self.tr("Undo"), _Undo(self, outcome.written)),)
        role = "warning" if outcome.refused else "muted"
        icon = "warning" if outcome.refused else "ok"
        self.bar.say(BarText(text, actions if outcome.written else (), icon, role))

    async def take_back(self, written: tuple[Written, ...]) -> None:
        """Write files as they were before the replacing."""
        refused = await asyncio.to_thread(take_back, written, self._backups())
        if shiboken6.isValid(self):
            self._files.changed.emit({one.after.path for one in written})
            self.bar.silence()
            self.search()
        if refused:
            self._project.notices.post(" ".join(refused), Severity.WARNING)

    def _restore(self) -> None:
        kept = self._project.views.get(VIEW)
        if isinstance(kept, dict):
            self.form.show_query(query_from(kept))


class _Undo:
    """What the button of the bar does; the panel may be gone by then."""

    def __init__(self, panel: SearchPanel, written: tuple[Written, ...]) -> None:
        self._panel = panel
        self._written = written

    def __call__(self) -> None:
        start(self._panel, self._panel.take_back(self._written))


class _Cancel:
    """Ends the search of a panel that is destroyed."""

    def __init__(self, panel: SearchPanel) -> None:
        self._state = panel.__dict__

    def __call__(self, _: object = None) -> None:
        task = self._state.get("_search")
        if isinstance(task, asyncio.Task) and not task.done():
            task.cancel()


def _skipped(counts: dict[str, int]) -> str:
    words = {"binary": "binary", "large": "over 5 MB", "unreadable": "unreadable"}
    parts = [f"{count:,} {words[name]}" for name, count in counts.items()]
    return f"Skipped: {', '.join(parts)}." if parts else ""
