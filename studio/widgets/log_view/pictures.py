"""Pictures of lines that are dressed in many pieces: painted once, shown from then on.

A line that changes its colour with every character costs milliseconds. One page paints a bounded
number of such pieces; lines beyond that are shown without their dress until the next one.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from studio.widgets.log_view.shown_line import ShownLine

#: Pieces that are cheap enough to be painted each time.
FEW: Final = 24
#: Pieces that one painting takes at most, but for the line that goes beyond.
_BUDGET: Final = 500
#: Bytes of pictures that are kept though they are out of sight.
_KEPT: Final = 16_000_000

Key = tuple[int, int, int, int, bool]


class _Picture(NamedTuple):
    line: ShownLine
    pixmap: QPixmap


class Pictures:
    """The pictures of one page in one theme."""

    def __init__(self) -> None:
        self._kept: dict[Key, _Picture] = {}
        self._used: set[Key] = set()
        self._size = 0
        self._left = _BUDGET
        #: Whether lines of the last page still wait for their dress.
        self.unfinished = False

    def begin(self) -> None:
        """Begin to paint a page."""
        if self._size > _KEPT:
            self._kept = {key: self._kept[key] for key in self._used if key in self._kept}
            self._size = sum(_size(one.pixmap) for one in self._kept.values())
        self._used.clear()
        self._left = _BUDGET
        self.unfinished = False

    def afford(self, pieces: int) -> bool:
        """Whether so many pieces can still be painted on this page; they are then paid for."""
        if self._left <= 0:
            self.unfinished = True
            return False
        self._left -= pieces
        return True

    def show(
        self,
        painter: QPainter,
        key: Key,
        line: ShownLine,
        box: QRectF,
        pieces: int,
        paint: Callable[[QPainter, QPointF], None],
    ) -> bool:
        """Show a line's picture, made by `paint` at its corner; False where it has to wait."""
        self._used.add(key)
        found = self._kept.get(key)
        if found is None or found.line is not line:
            if not self.afford(pieces):
                return False
            found = _Picture(line, _made(painter, box, paint))
            self._kept[key] = found
            self._size += _size(found.pixmap)
        painter.drawPixmap(box.topLeft(), found.pixmap)
        return True


def _made(painter: QPainter, box: QRectF, paint: Callable[[QPainter, QPointF], None]) -> QPixmap:
    ratio = painter.device().devicePixelRatioF()
    pixmap = QPixmap(round(box.width() * ratio) + 1, round(box.height() * ratio) + 1)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    own = QPainter(pixmap)
    try:
        paint(own, QPointF(0, 0))
    finally:
        own.end()
    return pixmap


def _size(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4
