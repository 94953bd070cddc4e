"""What is offered of a document after a crash: the text that was not saved then."""

from typing import Protocol

import shiboken6

from studio.documents.recovery import Recovered, RecoveryStore
from studio.look.appearance import Appearance
from studio.widgets.code_editor.editor import CodeEditor
from studio.workspaces.editor.document_facts import DocumentFacts
from studio.workspaces.editor.document_questions import ask_restore


class Text(Protocol):
    """A document, as far as this goes."""

    editor: CodeEditor
    facts: DocumentFacts

    @property
    def name(self) -> str: ...
    @property
    def ready(self) -> bool: ...
    def say(self) -> None: ...
    def keep(self) -> None: ...


class RecoveredText:
    """Offers it in a document's bar, and does what the user decides. Decides nothing itself."""

    def __init__(self, document: Text, recovery: RecoveryStore, appearance: Appearance) -> None:
        self._document = document
        self._recovery = recovery
        self._appearance = appearance

    def offer(self, recovered: Recovered) -> None:
        """Text from before a crash was found: offer it, and change nothing yet."""
        if self._document.ready and recovered.text == self._document.editor.text():
            self._recovery.forget(recovered)
            return
        self._document.facts.recovered = recovered
        self._document.say()

    def restore(self) -> None:
        """Put the kept text in place of the file's; undo brings that back."""
        recovered = self._take()
        if recovered is not None:
            self._document.editor.replace_text(recovered.text)
            self._document.keep()
            self._recovery.forget(recovered)
        self._document.say()

    def discard(self) -> None:
        """Forget the kept text."""
        recovered = self._take()
        if recovered is not None:
            self._recovery.forget(recovered)
        self._document.say()

    def _take(self) -> Recovered | None:
        facts = self._document.facts
        recovered, facts.recovered = facts.recovered, None
        return recovered

    async def settle(self) -> None:
        """Show the text from before a crash beside that of now, and let the user choose."""
        document = self._document
        recovered = document.facts.recovered
        if recovered is None:
            return
        shown = document.editor.text()
        restore = await ask_restore(
            document.editor, self._appearance, document.name, recovered.text, shown
        )
        if restore is None or not shiboken6.isValid(document.editor):
            return
        if restore:
            self.restore()
        else:
            self.discard()
