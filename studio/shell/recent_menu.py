"""The recent projects as a menu, filled whenever it opens."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from studio.desk import Desk
from studio.shell.projects import recent_texts
from studio.shell.text_label import short_path

#: More than these are on the welcome page.
SHOWN: Final = 12


class RecentMenu(QMenu):
    """Newest first. Touches no project: one that is gone says so when it is opened."""

    open_requested = Signal(Path)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Recent projects"))
        self._desk = desk
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        for text in recent_texts(self._desk)[:SHOWN]:
            path = Path(text)
            name = f"{path.name}    {short_path(path.parent)}".replace("&", "&&")
            action = self.addAction(name)
            action.setData(text)
            action.triggered.connect(self._open)
        if self.isEmpty():
            self.addAction(self.tr("What you open is listed here")).setEnabled(False)

    def _open(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.open_requested.emit(Path(action.data()))
