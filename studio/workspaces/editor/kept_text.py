"""Keeps one document's unsaved text in the recovery store, half a second behind at most."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from PySide6.QtCore import QObject, QTimer

from studio.documents.recovery import RecoveryStore

#: So long after a key the text is kept, in milliseconds.
_KEEP_MS: Final = 500


class Unsaved(NamedTuple):
    """A text that no file holds; `path` is None for one without a file."""

    path: Path | None
    untitled: str
    base_digest: str
    text: str


class KeptText(QObject):
    """`read` gives the unsaved text of now, or None where everything is saved."""

    def __init__(
        self, store: RecoveryStore, read: Callable[[], Unsaved | None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._read = read
        self._kept: Unsaved | None = None
        self._timer = QTimer(self, interval=_KEEP_MS, singleShot=True)
        self._timer.timeout.connect(self.keep)

    def note_change(self) -> None:
        """Something was typed: keep it soon. Typing on does not put that off."""
        if not self._timer.isActive():
            self._timer.start()

    def keep(self) -> None:
        """Keep what is unsaved now."""
        self._timer.stop()
        unsaved = self._read()
        if unsaved is not None:
            if self._kept is not None and self._kept[:2] != unsaved[:2]:
                self.drop()
            self._kept = unsaved._replace(text="")
            self._store.keep(*(unsaved.path, unsaved.text, unsaved.base_digest, unsaved.untitled))

    def keep_pending(self) -> None:
        """Keep what was typed in the last half second: it is about to be too late."""
        if self._timer.isActive():
            self.keep()

    def discard(self) -> None:
        """It is wanted no more once its document is closed; until then it stays kept."""
        self.keep()
        if self._kept is not None:
            forget = self._store.discard(self._kept.path, self._kept.untitled)
            self.destroyed.connect(forget)

    def drop(self) -> None:
        """Forget it: it was saved, or given up."""
        self._timer.stop()
        kept, self._kept = self._kept, None
        if kept is not None:
            self._store.drop(kept.path, kept.untitled)
