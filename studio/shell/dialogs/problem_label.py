"""What is wrong with a field, said beneath it: a glyph and a sentence, or nothing at all."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from studio.look.appearance import Appearance
from studio.look.tokens import ROW_ICON, SPACE_XS
from studio.shell.text_label import TextLabel


class ProblemLabel(QWidget):
    """Hidden while all is well. A screen reader finds the sentence as its name."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._sign = QLabel()
        self._label = TextLabel("", "error")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_XS)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._label, 1)
        appearance.changed.connect(self._paint_icon)
        self.hide()

    @property
    def text(self) -> str:
        """What is wrong, "" for nothing."""
        return self._label.text()

    def show_problem(self, text: str) -> None:
        """Say what is wrong; "" for nothing any more."""
        if text != self.text:
            self._label.setText(text)
            self.setAccessibleName(text)
        if text:
            self._paint_icon()
        self.setVisible(bool(text))

    def _paint_icon(self) -> None:
        icon = self._appearance.icon("error", "error")
        self._sign.setPixmap(icon.pixmap(self._appearance.size(ROW_ICON)))
