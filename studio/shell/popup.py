"""A small panel over the window, beside what it explains; a click elsewhere or Escape closes it."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from studio.look.appearance import Appearance
from studio.look.tokens import SPACE_XS


class Popup(QFrame):
    """Paints its own ground and edge."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._appearance = appearance
        self.setFrameShape(QFrame.Shape.NoFrame)

    def show_beside(self, anchor: QWidget) -> None:
        """Show it above or below `anchor`, wholly on its screen."""
        there = QRect(anchor.mapToGlobal(QPoint(0, 0)), anchor.size())
        leading = there.center().x() < anchor.window().geometry().center().x()
        screen = anchor.screen().availableGeometry()
        self.move(place_beside(there, self.size(), screen, leading=leading))
        self.show()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the edge that sets it apart from what lies below it."""
        tokens = self._appearance.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.panel))
        painter.setPen(QColor(tokens.border))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()


def place_beside(anchor: QRect, size: QSize, screen: QRect, *, leading: bool) -> QPoint:
    """Return where something of a size stands: above, or below where there is no room.

    With `leading` its left edge is the anchor's, otherwise its right one.
    """
    top = anchor.top() - SPACE_XS - size.height()
    if top < screen.top():
        top = anchor.bottom() + 1 + SPACE_XS
    left = anchor.left() if leading else anchor.right() + 1 - size.width()
    left = max(screen.left(), min(left, screen.right() - size.width()))
    return QPoint(left, top)
