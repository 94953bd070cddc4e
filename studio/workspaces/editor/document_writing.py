"""Writing one document's text: one writing at a time, and never over what nobody has seen."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import shiboken6

from studio import loop
from studio.documents.errors import DocumentError, NotSaved
from studio.documents.text_file import (
    TextFile,
    changed_on_disk,
    digest_of,
    read_text_file,
    write_text_file,
)
from studio.widgets.code_editor.editor import CodeEditor
from studio.workspaces.editor.document_facts import DocumentFacts, Foreign
from studio.workspaces.editor.reading import attempt


class Text(Protocol):
    """A document, as far as this goes."""

    editor: CodeEditor
    facts: DocumentFacts
    file: TextFile

    def say(self) -> None: ...
    def keep(self) -> None: ...
    def take_written(self, written: TextFile, revision: int) -> None: ...


class Writing:
    """Writes in threads. `disk` is held for as long as one of them is at work.

    Whoever waits may be called off; what has begun is written, and taken note of, in any case.
    """

    def __init__(self, document: Text, backups: Path) -> None:
        self._document = document
        self._backups = backups
        self.disk = asyncio.Lock()

    async def save(self, over: str | None) -> bool:
        """Write the text to its file; `over` is the digest of what may be overwritten there."""
        return await asyncio.shield(loop.begin(self._save(over)))

    async def save_to(self, path: Path) -> bool:
        """Write the text to another file, over whatever it holds; the document's from then on."""
        return await asyncio.shield(loop.begin(self._save_to(path)))

    def as_utf8(self, save: Callable[[], object]) -> None:
        """Save in an encoding that has every character; the text stays in it."""
        self._document.file = self._document.file._replace(encoding="utf-8", bom=False)
        save()

    @property
    def _alive(self) -> bool:
        return shiboken6.isValid(self._document) and shiboken6.isValid(self._document.editor)

    async def _save(self, over: str | None) -> bool:
        document = self._document
        async with self.disk:
            if not self._alive:
                return False
            file = document.file
            text, revision = document.editor.text(), document.editor.document().revision()
            known = await self._known(file, text, over)
            written = await self._write(known, text) if known is not None else None
            if written is None or not self._alive:
                return written is not None
            if document.file.path == file.path:
                document.take_written(written, revision)
                return True
        return await self._save_where_it_went(written)

    async def _save_where_it_went(self, written: TextFile) -> bool:
        """The file got another path while it was written: that is where the text belongs."""
        saved = await self._save(None)
        if saved and self._alive and self._document.file.path != written.path:
            await asyncio.to_thread(_remove, written)
        return saved

    async def _save_to(self, path: Path) -> bool:
        real = await asyncio.to_thread(path.resolve)
        document = self._document
        async with self.disk:
            if not self._alive:
                return False
            text, revision = document.editor.text(), document.editor.document().revision()
            written = await self._write(document.file._replace(path=real, writable=True), text)
            if written is not None and self._alive:
                document.take_written(written, revision)
            return written is not None

    async def _known(self, file: TextFile, text: str, over: str | None) -> TextFile | None:
        """Return the file as it may be written; None where somebody else's work stands there."""
        if await asyncio.to_thread(changed_on_disk, file) != "changed":
            return file
        theirs = await attempt(read_text_file, file.path)
        if not await asyncio.to_thread(file.path.is_file):
            return file  # gone, or nothing that can be written: the writing says so
        if isinstance(theirs, DocumentError):
            digest = await asyncio.to_thread(digest_of, file.path)
            others: TextFile | Foreign = Foreign(theirs, digest or "")
        elif theirs.text == text:
            return theirs
        else:
            others = theirs
        if over is not None and others.digest == over:
            return file
        if self._alive:
            self._document.facts.note_others(others)
            self._document.say()
        return None

    async def _write(self, file: TextFile, text: str) -> TextFile | None:
        try:
            return await asyncio.to_thread(write_text_file, file, text, self._backups)
        except NotSaved as error:
            if self._alive:
                self._document.facts.failure = error
                self._document.keep()
                self._document.say()
            return None


def _remove(written: TextFile) -> None:
    """Remove what was written where the file is no more, if nobody has touched it since."""
    with contextlib.suppress(OSError):
        if digest_of(written.path) == written.digest:
            written.path.unlink()
