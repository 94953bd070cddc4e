"""Lays out lines at the height that the look asks for; Qt's own puts them as near as they fit."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontInfo, QTextBlock, QTextDocument
from PySide6.QtWidgets import QPlainTextDocumentLayout

from studio.look.tokens import LINE_SPACING


class LineLayout(QPlainTextDocumentLayout):
    """The layout of a document of code: every row is `line_height` pixels high."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self.line_height = 0
        #: What Qt takes for the height of a block of one row that was put in its place already.
        self._placed = -1.0

    def fit(self) -> None:
        """Take the height from the document's font."""
        pixels = QFontInfo(self.document().defaultFont()).pixelSize()
        self.line_height = round(pixels * LINE_SPACING)
        self._placed = -1.0

    def blockBoundingRect(self, block: QTextBlock) -> QRectF:  # noqa: N802 - Qt's name
        rect = super().blockBoundingRect(block)
        if rect.height() == self._placed:  # called very often, and nearly always so
            rect.setHeight(self.line_height)
        elif self.line_height and rect.height():
            self._place(block, rect)
        return rect

    def _place(self, block: QTextBlock, rect: QRectF) -> None:
        """Put every row of a block where it belongs, and have `rect` hold all of them."""
        layout = block.layout()
        count = layout.lineCount()
        if not count:
            return
        height = layout.lineAt(0).height()
        above = max(0.0, (self.line_height - height) / 2)
        if layout.lineAt(count - 1).y() != above + (count - 1) * self.line_height:
            for index in range(count):
                row = layout.lineAt(index)
                row.setPosition(QPointF(row.x(), above + index * self.line_height))
        margin = 0.0 if block.next().isValid() else self.document().documentMargin()
        rect.setHeight(count * self.line_height + margin)
        self._placed = above + height
