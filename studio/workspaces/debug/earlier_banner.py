"""The line above the log of an earlier run: which one it is, and the way back."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from studio.look.tokens import SPACE_S, SPACE_XS
from studio.widgets.short_label import ShortLabel


class EarlierBanner(QFrame):
    """Says that this is not the current run."""

    back_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "banner")
        self._text = ShortLabel(self)
        self.back = QPushButton(self.tr("Back to the current run"), self)
        self.back.setProperty("look", "flat")
        self.back.setAutoDefault(False)
        self.back.setToolTip(self.tr("Show the run that Play and Stop are about"))
        self.back.clicked.connect(self.back_requested)
        line = QHBoxLayout(self)
        line.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_XS)
        line.addWidget(self._text, 1)
        line.addWidget(self.back)

    @property
    def title(self) -> str:
        """What it says."""
        return self._text.text()

    def show_run(self, title: str, missing: int = 0) -> None:
        """Name the run, and say how many rows of its log are not there any more."""
        text = self.tr("Earlier run: {}").format(title)
        if missing:
            lost = self.tr("{} rows of its log are missing on the disk")
            text += " · " + lost.format(f"{missing:,}")
        self._text.setText(text)
