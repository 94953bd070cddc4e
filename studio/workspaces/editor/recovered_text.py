"""What is offered of a document after a crash: the text that was not saved then."""

import asyncio
from typing import Protocol

import shiboken6

from studio import loop
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
    def show_kept(self, text: str) -> None: ...
    def keep(self) -> None: ...


class RecoveredText:
    """Offers it in a document's bar, and does what the user decides. Decides nothing itself."""

    def __init__(self, document: Text, recovery: RecoveryStore, appearance: Appearance) -> None:
        self._document = document
        self._recovery = recovery
        self._appearance = appearance
        #: What the user has not decided about, the newest first.
        self.waiting: list[Recovered] = []

    def offer(self, recovered: Recovered) -> None:
        """Text from before a crash was found: offer it, and change nothing yet."""
        if self._document.ready and recovered.text == self._document.editor.text():
            self._recovery.forget(recovered)
            return
        self.waiting = sorted([*self.waiting, recovered], key=lambda one: -one.at)
        self._document.facts.recovered = self.waiting[0]
        self._document.say()

    def restore(self) -> None:
        """Put the kept text in place of the file's; undo brings that back."""
        recovered = self._take()
        if recovered is not None:
            if self._document.ready:
                self._document.editor.replace_text(recovered.text)
            else:
                self._document.show_kept(recovered.text)
            self._document.keep()
            loop.start(self._forget_kept(recovered))
        self._document.say()

    async def _forget_kept(self, recovered: Recovered) -> None:
        """Forget the old record once there is a new one; until then it is the only one."""
        written = await asyncio.to_thread(self._recovery.flush)
        if written and self._recovery.failure is None:
            self._recovery.forget(recovered)

    def discard(self) -> None:
        """Forget the kept text."""
        recovered = self._take()
        if recovered is not None:
            self._recovery.forget(recovered)
        self._document.say()

    def _take(self) -> Recovered | None:
        facts = self._document.facts
        recovered = facts.recovered
        self.waiting = [one for one in self.waiting if one is not recovered]
        facts.recovered = self.waiting[0] if self.waiting else None
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
