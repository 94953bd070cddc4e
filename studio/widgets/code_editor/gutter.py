"""The strip left of the text: line numbers, signs of marks.

Lanes from left to right: `BREAKPOINT_LANE` (kept free: a step debugger puts its breakpoints
there), the numbers, `SIGN_LANE` (the worst mark of the line).
"""

from typing import Final

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from studio.look.tokens import SPACE_XS
from studio.widgets.code_editor.code_view import CodeView
from studio.widgets.code_editor.marks import role_of, tool_tip_of

BREAKPOINT_LANE: Final = 14
SIGN_LANE: Final = 18
_FEWEST_DIGITS: Final = 3
_ALIGNED: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Gutter(QWidget):
    """Shows the number and the sign of every visible line; a click selects the line."""

    def __init__(self, editor: CodeView) -> None:
        super().__init__(editor)
        self._editor = editor
        self._pressed: int | None = None
        self.setAccessibleName(self.tr("Line numbers"))

    def needed_width(self) -> int:
        """Return the width that the numbers and the lanes take."""
        digits = max(_FEWEST_DIGITS, len(str(self._editor.blockCount())))
        number = self._editor.fontMetrics().horizontalAdvance("9") * digits
        return BREAKPOINT_LANE + number + SIGN_LANE + SPACE_XS

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self.needed_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        editor, tokens = self._editor, self._editor.appearance.tokens
        painter.fillRect(event.rect(), QColor(tokens.panel))
        painter.setFont(editor.font())
        current = editor.textCursor().blockNumber()
        width = self.width() - SIGN_LANE - SPACE_XS
        height = editor.line_height
        signs = editor.marks.by_line()
        for line in editor.visible_lines(event.rect().top(), event.rect().bottom()):
            painter.setPen(QColor(tokens.text if line.number == current else tokens.muted))
            top = round(line.top)
            place = QRect(0, top, width, height)
            painter.drawText(place, _ALIGNED, str(line.number + 1))
            if line.number + 1 in signs:
                role = role_of(signs[line.number + 1][0].mark)
                self._draw_sign(painter, role, top, height)
        painter.end()

    def _draw_sign(self, painter: QPainter, role: str, top: int, height: int) -> None:
        size = min(SIGN_LANE - SPACE_XS, height)
        pixmap = self._editor.appearance.icon(role, role if role != "info" else "muted").pixmap(
            QSize(size, size), self.devicePixelRatioF()
        )
        left = self.width() - SIGN_LANE
        painter.drawPixmap(left, top + (height - size) // 2, pixmap)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = self._editor.marks.message_of_line(self._line_at(event.y()) + 1)
            if text:
                QToolTip.showText(event.globalPos(), tool_tip_of(text), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() == Qt.MouseButton.LeftButton:
            line = self._line_at(round(event.position().y()))
            extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            start = self._editor.textCursor().anchor() if extend else None
            block = self._editor.document().findBlock(start or 0)
            self._pressed = block.blockNumber() if extend else line
            self._editor.select_lines(self._pressed, line)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self._pressed is not None:
            self._editor.select_lines(self._pressed, self._line_at(round(event.position().y())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002, N802 - Qt's name
        self._pressed = None

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        self._editor.wheelEvent(event)

    def _line_at(self, y: int) -> int:
        lines = self._editor.visible_lines()
        for line in lines:
            if y < line.top + line.height:
                return line.number
        return lines[-1].number if lines else 0
