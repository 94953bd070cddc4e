"""An empty place that teaches: what this is, one button, its shortcut."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from studio.look.tokens import SPACE_M, SPACE_S, SPACE_XL


class EmptyState(QWidget):
    """A few centred lines, and at most one button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("look", "page")
        self._title = QLabel(self)
        self._text = QLabel(self)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self.button = QPushButton(self)
        self.button.hide()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_XL)
        rows.setSpacing(SPACE_S)
        rows.addStretch(1)
        self._title.setProperty("look", "title")
        self._text.setProperty("look", "muted")
        for label in (self._title, self._text):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            rows.addWidget(label)
        rows.addSpacing(SPACE_M)
        rows.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        rows.addStretch(2)

    def say(self, title: str, text: str = "") -> None:
        """Set the words."""
        self._title.setText(title)
        self._title.setVisible(bool(title))
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self.setAccessibleName(f"{title} {text}".strip())

    def offer(self, text: str, run: Callable[[], object], tip: str = "") -> None:
        """Set the button; called once."""
        self.button.setText(text)
        self.button.setToolTip(tip or text)
        self.button.clicked.connect(lambda *_: run())
        self.button.show()

    @property
    def words(self) -> str:
        """What is said, for tests and screen readers."""
        return self.accessibleName()
