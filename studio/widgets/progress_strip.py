"""One line for work that takes a while: what is being done, how far, and a way to end it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QWidget

from studio.look.tokens import SPACE_S, SPACE_XS
from studio.widgets.plain import PlainLabel


class ProgressStrip(QFrame):
    """Hidden while nothing is done."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "banner")
        self._what = PlainLabel(parent=self)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self.cancel.setProperty("look", "flat")
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.cancelled)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_XS)
        layout.addWidget(self._what)
        layout.addWidget(self._bar, 1)
        layout.addWidget(self.cancel)
        self.hide()

    def begin(self, what: str) -> None:
        """Say what is being done."""
        self._what.setText(what)
        self._bar.setAccessibleName(what)
        self._bar.setRange(0, 0)
        self.show()

    def show_progress(self, done: int, total: int) -> None:
        """Say how far it is."""
        self._bar.setRange(0, 1000)
        self._bar.setValue(done * 1000 // max(total, 1))

    def end(self) -> None:
        """Nothing is being done any more."""
        self.hide()
