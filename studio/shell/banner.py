"""A row below the toolbar for what is under way and can be called off."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from studio.look.tokens import SPACE_M, SPACE_S

_BAR_WIDTH = 120


class Banner(QWidget):
    """Says what happens; `urged`: at once, please; `called_off`: not at all."""

    urged = Signal()
    called_off = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.text = QLabel(self)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        bar = QProgressBar(self)
        bar.setRange(0, 0)
        bar.setFixedWidth(_BAR_WIDTH)
        bar.setTextVisible(False)
        self.urge = QPushButton(self.tr("Stop now"), self)
        self.urge.setAccessibleName(self.tr("Stop now"))
        self.urge.setToolTip(self.tr("Do not wait for the programs to end in order"))
        self.call_off = QPushButton(self.tr("Do not close"), self)
        self.call_off.setAccessibleName(self.tr("Do not close"))
        self.call_off.setToolTip(self.tr("The programs end all the same; the window stays"))
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_S)
        row.setSpacing(SPACE_M)
        row.addWidget(bar)
        row.addWidget(self.text, 1)
        row.addWidget(self.urge)
        row.addWidget(self.call_off)
        self.urge.clicked.connect(self.urged)
        self.call_off.clicked.connect(self.called_off)
        self.hide()

    def say(self, text: str) -> None:
        """Show the row with a text."""
        self.text.setText(text)
        self.setAccessibleName(text)
        self.show()
