"""Draws a line that was found, with what matched in it, and what would replace it."""

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.look.appearance import Appearance
from studio.look.tokens import ROW_HEIGHT, SPACE_XS
from studio.workspaces.editor.file_search import Match

Index = QModelIndex | QPersistentModelIndex
#: A row's `Match`.
MATCH_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1


def pieces_of(match: Match, *, replacing: bool) -> list[tuple[str, str]]:
    """Return the parts of a line with what they are: plain, match, gone or new. Pure."""
    end = match.at + match.length
    found = match.shown[match.at : end]
    pieces = [("plain", match.shown[: match.at]), ("gone" if replacing else "match", found)]
    if replacing:
        pieces.append(("new", match.replacement or ""))
    pieces.append(("plain", match.shown[end:]))
    return [(kind, text.replace("\n", "⏎")) for kind, text in pieces if text]


class MatchDelegate(QStyledItemDelegate):
    """Rows that carry a `Match` are drawn in the code's font; others as usual."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.replacing = False

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one row."""
        match = index.data(MATCH_ROLE)
        if not isinstance(match, Match):
            super().paint(painter, option, index)
            return
        self.initStyleOption(option, index)
        option.text = ""
        widget = option.widget
        style = widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, widget)
        painter.save()
        painter.setClipRect(option.rect)
        self._draw(painter, option.rect.adjusted(SPACE_XS, 0, 0, 0), match)
        painter.restore()

    def _draw(self, painter: QPainter, rect: QRect, match: Match) -> None:
        tokens = self._appearance.tokens
        font = self._appearance.code_font()
        metrics = QFontMetrics(font)
        baseline = rect.center().y() + (metrics.ascent() - metrics.descent()) // 2
        at = rect.left()
        number = f"{match.line:>4}  "
        at = self._word(painter, font, QPoint(at, baseline), number, tokens.muted)
        colours = {"match": tokens.warning, "gone": tokens.error, "new": tokens.play}
        for kind, text in pieces_of(match, replacing=self.replacing):
            font.setBold(kind == "match")
            font.setStrikeOut(kind == "gone")
            font.setUnderline(kind in ("new", "match"))
            colour = colours.get(kind, tokens.text)
            at = self._word(painter, font, QPoint(at, baseline), text, colour)
            if at > rect.right():
                return

    @staticmethod
    def _word(painter: QPainter, font: QFont, at: QPoint, text: str, colour: str) -> int:
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(at, text)
        return at.x() + QFontMetrics(font).horizontalAdvance(text)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        """All rows are of one height."""
        size = super().sizeHint(option, index)
        size.setHeight(ROW_HEIGHT)
        return size
