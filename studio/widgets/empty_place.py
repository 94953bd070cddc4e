"""What an empty place shows: what belongs here, and the one thing to do about it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.look.appearance import Appearance
from studio.look.tokens import SPACE_M, SPACE_XL

_ICON = 32
_WIDEST = 420


class EmptyPlace(QWidget):
    """An icon, a line, a sentence, one button."""

    pressed = Signal()

    def __init__(
        self,
        appearance: Appearance,
        icon: str,
        title: str,
        text: str,
        button: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._name = icon
        self._icon = QLabel(self)
        self._title = QLabel(title, self)
        self._title.setProperty("look", "title")
        self._text = QLabel(text, self)
        self._text.setProperty("look", "muted")
        self._text.setWordWrap(True)
        self.button = QPushButton(button, self)
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self.pressed)
        self._build()
        appearance.changed.connect(self._recolour)
        self._recolour()

    def _build(self) -> None:
        inner = QWidget(self)
        inner.setMaximumWidth(_WIDEST)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_M)
        column.addStretch()
        for label in (self._icon, self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()
        # No alignment for the column: a text that wraps would be given too little height.
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_XL, SPACE_M, SPACE_XL, SPACE_M)
        layout.addStretch()
        layout.addWidget(inner, _WIDEST)
        layout.addStretch()

    def _recolour(self) -> None:
        icon = self._appearance.icon(self._name, "muted")
        self._icon.setPixmap(icon.pixmap(Appearance.size(_ICON)))
