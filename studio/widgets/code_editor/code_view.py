"""The part of the code editor that its parts know: the text, how it is laid out, what is in sight.

Gutter, layers, keys and edits work on a `CodeView`; `CodeEditor` puts them together.
"""

from PySide6.QtCore import QMimeData
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QMouseEvent,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from studio.look.appearance import Appearance
from studio.settings.store import SettingsStore
from studio.widgets.code_editor.highlighter import Highlighter
from studio.widgets.code_editor.languages import PLAIN, Language
from studio.widgets.code_editor.line_layout import LineLayout
from studio.widgets.code_editor.marks import DocumentMarks
from studio.widgets.code_editor.shown_text import from_shown, to_shown
from studio.widgets.code_editor.snapping import snapped, snapped_drop
from studio.widgets.code_editor.text_changes import column_of
from studio.widgets.code_editor.text_pieces import TextPieces
from studio.widgets.code_editor.visible_line import VisibleLine


class CodeView(QPlainTextEdit):
    """A plain text edit whose text is exact, highlighted, and laid out as the look asks for."""

    def __init__(
        self, appearance: Appearance, settings: SettingsStore, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.appearance = appearance
        self.settings = settings
        self.language: Language = PLAIN
        self._line_layout = self._new_document()
        self.marks = DocumentMarks(self.document())
        self.highlighter = Highlighter(
            self.document(), appearance.tokens, self.visible_numbers, self
        )

    def _new_document(self) -> LineLayout:
        document = QTextDocument(self)
        layout = LineLayout(document)
        document.setDocumentLayout(layout)
        self.setDocument(document)
        self.pieces = TextPieces(document)
        return layout

    @property
    def line_height(self) -> int:
        """The height of a row of text, in pixels."""
        return self._line_layout.line_height

    def text(self) -> str:
        r"""Return the text, its lines ended by "\n"."""
        return self.pieces.text()

    def toPlainText(self) -> str:  # noqa: N802 - Qt's name
        """Return the same; Qt's own would change hard spaces."""
        return self.text()

    def place(self) -> tuple[int, int]:
        """Return line and column of the cursor, from 1."""
        cursor = self.textCursor()
        return cursor.blockNumber() + 1, column_of(cursor) + 1

    def select_lines(self, first: int, last: int) -> None:
        """Select whole lines (from 0), the cursor at the end of `last`."""
        document = self.document()
        start, end = document.findBlockByNumber(first), document.findBlockByNumber(last)
        cursor = self.textCursor()
        if first <= last:
            anchor, position = start.position(), end.position() + end.length() - 1
            if end.next().isValid():
                position += 1
        else:
            anchor, position = start.position() + start.length() - 1, end.position()
        cursor.setPosition(anchor)
        cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def visible_lines(self, top: float = 0, bottom: float | None = None) -> list[VisibleLine]:
        """Return the lines in sight, or those of them between two heights in pixels."""
        lines: list[VisibleLine] = []
        end = self.viewport().height() if bottom is None else bottom
        block = self.firstVisibleBlock()
        place = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        number = block.blockNumber()
        wraps = self.lineWrapMode() != QPlainTextEdit.LineWrapMode.NoWrap
        height: float = self.line_height
        while block.isValid() and place <= end:
            if wraps:
                height = self.blockBoundingRect(block).height()
            if place + height >= top:
                lines.append(VisibleLine(number, block, place, height))
            block, place, number = block.next(), place + height, number + 1
        return lines

    def visible_numbers(self) -> tuple[int, int]:
        """Return the first line in sight, and one that is not before the last.

        While lines go, Qt may still take one for the first that is not there any more.
        """
        first = max(0, self.firstVisibleBlock().blockNumber())
        return first, first + self.viewport().height() // max(1, self.line_height) + 1

    # ---- Qt -----------------------------------------------------------------------------------

    def createMimeDataFromSelection(self) -> QMimeData:  # noqa: N802 - Qt's name
        data = QMimeData()
        data.setText(from_shown(self.textCursor().selectedText()))
        return data

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802 - Qt's name
        if source.hasText():
            text = source.text().replace("\r\n", "\n").replace("\r", "\n")
            self.textCursor().insertText(to_shown(text))
            self.ensureCursorVisible()

    # Between two rows there is a gap that belongs to no text, and Qt puts the cursor at the
    # beginning or end of a line when the mouse is there.

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        with snapped(self, event) as at_text:
            super().mousePressEvent(at_text)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        with snapped(self, event) as at_text:
            super().mouseMoveEvent(at_text)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        with snapped(self, event) as at_text:
            super().mouseReleaseEvent(at_text)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        with snapped(self, event) as at_text:
            super().mouseDoubleClickEvent(at_text)

    # Files that are dropped are to be opened, not to become their paths: that is for whoever
    # is around the editor.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        if event.mimeData().hasUrls():
            event.ignore()
        else:
            super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802 - Qt's name
        with snapped_drop(self, event) as at_text:
            super().dragMoveEvent(at_text)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        with snapped_drop(self, event) as at_text:
            super().dropEvent(at_text)
