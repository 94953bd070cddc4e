"""A label of one line that is cut where it does not fit; the whole of it is in its tooltip."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class ShortLabel(QLabel):
    """Takes any width; a path is cut in its middle with `mode`."""

    def __init__(
        self,
        parent: QWidget | None = None,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return that nearly no width will do."""
        return QSize(24, super().minimumSizeHint().height())

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Show the first line of a text, as much as there is room for."""
        super().setText(text)
        self._tell()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Look anew whether all of it fits."""
        super().resizeEvent(event)
        self._tell()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint what fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), self.alignment(), self._cut())

    def _cut(self) -> str:
        line = self.text().partition("\n")[0]
        return self.fontMetrics().elidedText(line, self._mode, self.contentsRect().width())

    def _tell(self) -> None:
        self.setToolTip("" if self._cut() == self.text() else self.text())


def paint_text(label: QLabel, colour: str) -> None:
    """Give a label's text a colour; far cheaper than a style sheet of its own."""
    palette = label.palette()
    palette.setColor(label.foregroundRole(), QColor(colour))
    label.setPalette(palette)
