"""A line of text that is cut in the middle where there is no room; whole in its tooltip."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

_LEAST = 24


class CutLabel(QLabel):
    """Takes what room there is, up to what its text needs; with `greedy` all of it."""

    def __init__(self, *, greedy: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        policy = QSizePolicy.Policy
        self.setSizePolicy(policy.Expanding if greedy else policy.Maximum, policy.Preferred)

    def show_text(self, text: str) -> None:
        """Show a text on one line."""
        self.setText(" ".join(text.split()))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the least room."""
        return QSize(_LEAST if self.text() else 0, super().minimumSizeHint().height())

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint as much as there is room for."""
        painter = QPainter(self)
        place = self.contentsRect()
        mode = Qt.TextElideMode.ElideMiddle
        painter.setPen(self.palette().color(self.foregroundRole()))
        shown = self.fontMetrics().elidedText(self.text(), mode, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()
