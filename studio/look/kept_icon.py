"""An icon that keeps its pictures: drawn from a font, it is drawn anew for every look otherwise."""

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap

#: How much is left of an icon that cannot be pressed, of 1.
_DISABLED: Final = 0.5


class KeptIconEngine(QIconEngine):
    """Shows another icon, each of its pictures drawn once."""

    def __init__(self, source: QIcon) -> None:
        super().__init__()
        self._source = source
        self._pictures: dict[tuple[int, int, QIcon.Mode, QIcon.State], QPixmap] = {}

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Paint its picture; nothing where there is no room."""
        if not rect.isEmpty():
            size = rect.size() * painter.device().devicePixelRatio()
            painter.drawPixmap(rect, self.pixmap(size, mode, state))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return a picture of `size` device pixels; an empty one for a place without room."""
        if size.isEmpty():  # a panel that is squeezed to nothing asks for it
            return QPixmap()
        key = (size.width(), size.height(), mode, state)
        if key not in self._pictures:
            picture = self._source.pixmap(size, 1.0, mode, state)
            self._pictures[key] = _dimmed(picture) if mode is QIcon.Mode.Disabled else picture
        return self._pictures[key]


def _dimmed(picture: QPixmap) -> QPixmap:
    """Return a picture of what cannot be pressed: a muted colour alone hardly differs."""
    dimmed = QPixmap(picture.size())
    dimmed.fill(Qt.GlobalColor.transparent)
    painter = QPainter(dimmed)
    painter.setOpacity(_DISABLED)
    painter.drawPixmap(0, 0, picture)
    painter.end()
    return dimmed


def kept(source: QIcon) -> QIcon:
    """Return the icon, keeping its pictures."""
    return QIcon(KeptIconEngine(source))
