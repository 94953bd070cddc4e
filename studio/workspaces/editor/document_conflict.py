"""Two versions of a document, and the user who chooses between them."""

from typing import Protocol

import shiboken6
from PySide6.QtWidgets import QWidget

from studio.documents.text_file import TextFile
from studio.look.appearance import Appearance
from studio.widgets.code_editor.editor import CodeEditor
from studio.workspaces.editor.alive import start
from studio.workspaces.editor.document_facts import DocumentFacts
from studio.workspaces.editor.document_questions import Conflict, ask_conflict
from studio.workspaces.editor.merge import marked_merge


class Text(Protocol):
    """A document, as far as this goes."""

    editor: CodeEditor
    facts: DocumentFacts

    @property
    def name(self) -> str: ...
    def adopt(self, file: TextFile) -> None: ...
    def rebase(self, file: TextFile) -> None: ...
    async def save(self, *, over: str | None = None) -> bool: ...
    async def look_at_disk(self) -> None: ...


async def settle_conflict(document: Text, parent: QWidget, appearance: Appearance) -> bool:
    """Let the user choose; True where the text is saved then, or equal to the file.

    Only what was shown is overwritten: where another version has come meanwhile, that is asked
    about too.
    """
    while (theirs := document.facts.theirs) is not None:
        mine = document.editor.text()
        choice = await ask_conflict(parent, appearance, document.name, mine, theirs.text)
        if choice is None or not shiboken6.isValid(parent):
            return False
        if choice is not Conflict.KEEP_MINE:
            _take(document, theirs, merged=choice is Conflict.MERGE)
            start(parent, document.look_at_disk())  # what came since then
            return choice is Conflict.TAKE_THEIRS
        if await document.save(over=theirs.digest):
            return True
        newer = document.facts.theirs
        if not shiboken6.isValid(parent) or newer is None or newer.digest == theirs.digest:
            return False
    return True


def _take(document: Text, theirs: TextFile, *, merged: bool) -> None:
    """Show theirs, or put both versions into the text, marked, to be sorted out by hand."""
    if merged:
        document.editor.replace_text(marked_merge(document.editor.text(), theirs.text))
        document.rebase(theirs)
    else:
        document.adopt(theirs)
