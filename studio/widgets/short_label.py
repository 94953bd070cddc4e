"""A label of few lines that is cut where it does not fit; the whole of it is in its tooltip."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent, QTextLayout
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from studio.widgets.plain import PlainLabel, plain_tip


class ShortLabel(PlainLabel):
    """Takes any width; a path is cut in its middle with `mode`, a sentence has up to `lines`."""

    def __init__(
        self,
        parent: QWidget | None = None,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        lines: int = 1,
    ) -> None:
        self._mode = mode
        self._lines = lines
        super().__init__(parent=parent)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(lines > 1)
        self.setSizePolicy(policy)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return that nearly no width will do."""
        return QSize(24, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return room for one line."""
        hint = super().sizeHint()
        return hint if self._lines == 1 else QSize(hint.width(), self.minimumSizeHint().height())

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """Return whether a narrow label is a higher one."""
        return self._lines > 1

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """Return the height that the lines take."""
        if self._lines == 1:
            return super().heightForWidth(width)
        return len(self._cut(width)) * self.fontMetrics().lineSpacing()

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
        painter.drawText(self.contentsRect(), self.alignment(), "\n".join(self.shown))

    @property
    def shown(self) -> list[str]:
        """The lines as they are painted."""
        return self._cut(self.contentsRect().width())

    def _cut(self, width: int) -> list[str]:
        line = self.text().partition("\n")[0]
        lines: list[str] = []
        while len(lines) + 1 < self._lines and (fits := self._fitting(line, width)) < len(line):
            lines.append(line[:fits].rstrip())
            line = line[fits:]
        return [*lines, self.fontMetrics().elidedText(line, self._mode, width)]

    def _fitting(self, text: str, width: int) -> int:
        """Return how many characters, up to a whole word, fit into a line."""
        layout = QTextLayout(text, self.font())
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(width)
        layout.endLayout()
        return line.textLength() or len(text)

    def _tell(self) -> None:
        whole = "".join(self.shown).replace(" ", "") == self.text().replace(" ", "")
        self.setToolTip("" if whole else plain_tip(self.text()))


def paint_text(label: QLabel, colour: str) -> None:
    """Give a label's text a colour; far cheaper than a style sheet of its own."""
    palette = label.palette()
    palette.setColor(label.foregroundRole(), QColor(colour))
    label.setPalette(palette)
