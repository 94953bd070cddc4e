"""Looks whether working directories are there, off the loop: a disk may hang. No widgets."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import shiboken6
from PySide6.QtCore import QObject, Signal

from shipper.formats.way import folder_inside
from shipper.source.working_folder import folder_fault
from studio import loop


class FolderLook(QObject):
    """Answers with what it last saw, and looks again each time it is asked."""

    #: Something looks different than it was answered.
    changed = Signal()

    def __init__(self, root: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._root = root
        self._seen: dict[str, str | None] = {}
        self._looking: set[str] = set()

    def fault(self, cwd: str) -> str | None:
        """Return the code of what is wrong with a directory, as far as it was looked at."""
        if folder_inside(cwd) is None:  # plain to see, without the disk
            self._seen[cwd] = "cwd-outside"
        elif cwd not in self._looking:
            self._looking.add(cwd)
            loop.start(self._look(cwd))
        return self._seen.get(cwd)

    def seen_all(self, folders: Iterable[str]) -> bool:
        """Whether each was looked at."""
        return all(cwd in self._seen for cwd in folders)

    async def see(self, folders: Iterable[str]) -> None:
        """Look at those that were not looked at yet."""
        for cwd in set(folders) - self._seen.keys():
            await self._look(cwd)

    async def _look(self, cwd: str) -> None:
        code = await asyncio.to_thread(folder_fault, self._root, cwd)
        if not shiboken6.isValid(self):
            return
        self._looking.discard(cwd)
        different = code != self._seen.get(cwd)
        self._seen[cwd] = code
        if different:
            self.changed.emit()
