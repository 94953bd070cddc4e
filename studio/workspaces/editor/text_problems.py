"""Problems in the open texts: marked, stepped through, mended where a problem has a fix."""

import asyncio
from pathlib import Path
from typing import Protocol

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject

from session.log.entry import Fix, Severity
from studio.open_project import OpenProject
from studio.problems import Problem
from studio.workspaces.editor.alive import start
from studio.workspaces.editor.document import Document
from studio.workspaces.editor.document_problems import (
    fix_at,
    following_line,
    marks_of,
    problems_in,
)
from studio.workspaces.editor.saving import Saving
from studio.workspaces.editor.tabs import Tabs


class Texts(Protocol):
    """A workspace, as far as this goes."""

    tabs: Tabs
    saving: Saving

    @property
    def current(self) -> Document | None: ...
    async def opened(self, path: Path) -> Document | None: ...


def _say(text: str) -> str:
    return QCoreApplication.translate("TextProblems", text)


class TextProblems(QObject):
    """Follows the project's problems for the texts of one workspace."""

    def __init__(self, project: OpenProject, workspace: Texts, parent: QObject) -> None:
        super().__init__(parent)
        self._project = project
        self._workspace = workspace
        project.problems.changed.connect(self._show_marks)

    def mark(self, document: Document) -> None:
        """Show a text's problems in it."""
        document.set_marks(marks_of(self._problems_in(document)))

    def step(self, by: int) -> None:
        """Go to the next place with a problem in the text in front, or the one before."""
        document = self._workspace.current
        if document is None or not document.ready:
            return
        lines = [mark.line for mark in document.editor.marks.all()]
        line = following_line(lines, document.editor.place()[0], by)
        if line is not None:
            document.go_to(line, None)

    def fix_here(self) -> None:
        """Make the fix of a problem in the cursor's line, if there is one."""
        document = self._workspace.current
        if document is None or not document.ready:
            return
        fix = fix_at(self._problems_in(document), document.editor.place()[0])
        if fix is not None:
            start(self, self._fix(fix))

    async def _fix(self, fix: Fix) -> None:
        refusal = await self.apply(fix)
        if not shiboken6.isValid(self):
            return
        if refusal is not None:
            self._project.notices.post(refusal, Severity.WARNING)
        self._project.check()

    async def apply(self, fix: Fix) -> str | None:
        """Open the file, make the fix and save; a sentence on why not, where it is void."""
        from shipper.formats.fix import apply_fix

        path = self._project.root / fix.path
        if not await asyncio.to_thread(path.exists) and apply_fix("", fix) is not None:
            try:
                await asyncio.to_thread(path.touch)
            except OSError as error:
                return _say("{0} cannot be made: {1}.").format(fix.path, error.strerror or error)
        document = await self._workspace.opened(path)
        if document is None or not document.ready or not document.file.whole:
            return _say("{0} cannot be opened.").format(fix.path)
        changed = apply_fix(document.editor.text(), fix)
        if changed is None:
            return _say("{0} changed since: the fix does not fit any more.").format(fix.path)
        document.editor.replace_text(changed)
        document.go_to(fix.line, fix.column)
        if not await self._workspace.saving.save(document):
            return _say("{0} was changed, and is not saved.").format(fix.path)
        return None

    def _show_marks(self) -> None:
        for document in self._workspace.tabs.documents:
            self.mark(document)

    def _problems_in(self, document: Document) -> list[Problem]:
        problems = self._project.problems.problems
        return problems_in(problems, self._project.root, document.path)
