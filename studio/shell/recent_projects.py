"""The recent projects as cards: opened, taken off the list, greyed where they are gone."""

import asyncio
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import shiboken6
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio import loop
from studio.desk import Desk
from studio.look.tokens import SPACE_S
from studio.shell.card import Card
from studio.shell.projects import RECENT, recent_texts
from studio.shell.text_label import TextLabel


class RecentProjects(QWidget):
    """Newest first, as the memory has them. Nothing here touches a project itself."""

    open_requested = Signal(Path)
    #: There are other cards now.
    changed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.cards: dict[Path, Card] = {}
        self._texts: list[str] | None = None
        self.empty = TextLabel(self.tr("What you open is listed here."), "muted")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_S)
        self._column.addWidget(self.empty)

    def refresh(self) -> None:
        """Show what is remembered now; what was greyed is looked for again."""
        texts = recent_texts(self._desk)
        if texts != self._texts:
            self._texts = texts
            self._replace(list(dict.fromkeys(Path(text) for text in texts)))
            self.changed.emit()
        QTimer.singleShot(0, self, self._look_for_missing)

    def remove(self, path: Path) -> None:
        """Take a project off the list."""
        left = [text for text in recent_texts(self._desk) if Path(text) != path]
        self._desk.memory.set(RECENT, left)
        loop.start(asyncio.to_thread(self._desk.memory.save))
        self.refresh()

    def _replace(self, paths: list[Path]) -> None:
        for card in self.cards.values():
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = {path: self._card(path) for path in paths}
        for card in self.cards.values():
            self._column.addWidget(card)
            card.show()  # at once: what is hidden has no place in the order of Tab
        self.empty.setVisible(not paths)

    def _card(self, path: Path) -> Card:
        card = Card(path.name or str(path), path, self._desk.appearance)
        card.set_icon("file" if path.suffix else "folder")
        card.activated.connect(partial(self.open_requested.emit, path))
        words = self.tr("Remove {0} from this list").format(path.name)
        card.add_tool("close", words).clicked.connect(partial(self._remove, path))
        return card

    def _remove(self, path: Path, *_: object) -> None:
        self.remove(path)

    def _look_for_missing(self) -> None:
        if self.cards:
            loop.start(self._grey_missing(tuple(self.cards)))

    async def _grey_missing(self, paths: Sequence[Path]) -> None:
        """Grey what is not there any more; a disk that answers late holds nothing up."""
        found = await asyncio.to_thread(_existing, paths)
        if not shiboken6.isValid(self):
            return
        for path, card in self.cards.items():
            if path in paths:
                gone = self.tr("{0} is not there any more").format(path)
                card.set_greyed("" if path in found else gone)


def _existing(paths: Sequence[Path]) -> set[Path]:
    return {path for path in paths if os.path.lexists(path)}
