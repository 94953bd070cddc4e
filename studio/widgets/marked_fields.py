"""Check boxes and choices whose signs are drawn in the palette's colours, visible in any theme.

Every dialog and panel takes them from here. The platform-free style takes their outline from
the window's own colour, which is lost on a dark ground, and a styled choice loses its arrow.
"""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QCheckBox, QComboBox, QStyle, QStyleOptionButton, QWidget

from studio.look.tokens import ROW_ICON, SPACE_S, SPACE_XS

_Role = QPalette.ColorRole


class CheckBox(QCheckBox):
    """A check box with an outline of its own."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the box over the style's."""
        super().paintEvent(event)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        element = QStyle.SubElement.SE_CheckBoxIndicator
        place = self.style().subElementRect(element, option, self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _draw_box(painter, self, place)
        painter.end()

    def hitButton(self, pos: object) -> bool:  # noqa: ARG002, N802 - Qt's name
        """Take a click anywhere on the row."""
        return True


class Choice(QComboBox):
    """A choice with an arrow of its own."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the arrow, at the end of the field."""
        super().paintEvent(event)
        half = SPACE_XS
        inset = SPACE_S + half
        x = inset if self.isRightToLeft() else self.width() - inset
        y = self.height() / 2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(_colour(self, _Role.PlaceholderText), 1.5))
        ends = [(x - half, y - half / 2), (x, y + half / 2), (x + half, y - half / 2)]
        painter.drawPolyline(QPolygonF([QPointF(*end) for end in ends]))
        painter.end()


def _draw_box(painter: QPainter, box: QCheckBox, place: QRect) -> None:
    side = min(place.width(), place.height(), ROW_ICON)
    frame = QRectF(0, 0, side - 1, side - 1)
    frame.moveCenter(QRectF(place).center())
    edge = _Role.Accent if box.hasFocus() or box.isChecked() else _Role.PlaceholderText
    painter.setPen(QPen(_colour(box, edge), 1))
    painter.setBrush(_colour(box, _Role.Highlight if box.isChecked() else _Role.Base))
    painter.drawRoundedRect(frame, SPACE_XS - 1, SPACE_XS - 1)
    if box.isChecked():
        tick = [(0.24, 0.52), (0.43, 0.70), (0.77, 0.30)]
        points = [
            QPointF(frame.left() + x * frame.width(), frame.top() + y * frame.height())
            for x, y in tick
        ]
        painter.setPen(QPen(_colour(box, _Role.Text), 1.6, Qt.PenStyle.SolidLine))
        painter.drawPolyline(QPolygonF(points))


def _colour(widget: QWidget, role: QPalette.ColorRole) -> QColor:
    return widget.palette().color(role)
