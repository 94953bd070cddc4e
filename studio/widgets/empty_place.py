"""What an empty place shows: what belongs here, and the one thing to do about it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.look.appearance import Appearance
from studio.look.tokens import SPACE_M, SPACE_XL

_ICON = 32
_WIDEST = 420


class EmptyPlace(QWidget):
    """An icon, a line, a sentence, one button; what is empty takes no room."""

    pressed = Signal()

    def __init__(
        self,
        appearance: Appearance,
        icon: str,
        title: str = "",
        text: str = "",
        button: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._name = icon
        self._icon = QLabel(self)
        self._title = QLabel(self)
        self._title.setProperty("look", "title")
        self._text = QLabel(self)
        self._text.setProperty("look", "muted")
        for label in (self._title, self._text):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.button = QPushButton(button, self)
        self.button.setToolTip(button)
        self.button.setVisible(bool(button))
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self.pressed)
        self._build()
        self.say(title, text)
        appearance.changed.connect(self._recolour)
        self._recolour()

    def say(self, title: str, text: str = "") -> None:
        """Set other words."""
        for label, words in ((self._title, title), (self._text, text)):
            label.setText(words)
            label.setVisible(bool(words))
        self.setAccessibleName(self.words)

    @property
    def words(self) -> str:
        """What is said, as a screen reader reads it."""
        return f"{self._title.text()} {self._text.text()}".strip()

    def _build(self) -> None:
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("look", "page")
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
        self._icon.setVisible(bool(self._name))
        if not self._name:
            return
        icon = self._appearance.icon(self._name, "muted")
        self._icon.setPixmap(icon.pixmap(Appearance.size(_ICON)))
