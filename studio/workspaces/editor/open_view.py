"""Where one was in a document: cursor and scroll position, as plain data and back."""

from typing import Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QTextCursor

from studio.widgets.code_editor.editor import CodeEditor
from studio.widgets.code_editor.text_changes import position_of
from studio.workspaces.editor.document import Document


def view_of(document: Document) -> dict[str, Any]:
    """Return path, line and column of the cursor (from 1), and the first line in sight (from 0)."""
    line, column = document.editor.place() if document.ready else (1, 1)
    top = document.editor.firstVisibleBlock().blockNumber() if document.ready else 0
    return {"path": str(document.path), "line": line, "column": column, "top": top}


def show_view(document: Document, view: dict[str, Any]) -> None:
    """Put cursor and view back to where `view_of` found them, as far as the text reaches."""
    line, column, top = (_number(view.get(key)) for key in ("line", "column", "top"))
    editor = document.editor
    block = editor.document().findBlockByNumber(max(0, line - 1))
    if block.isValid():
        cursor = QTextCursor(block)
        cursor.setPosition(position_of(block, max(0, column - 1)))
        editor.setTextCursor(cursor)
    scroll = _Scroll(editor, top)
    if editor.isVisible():
        scroll.apply()
    else:
        editor.installEventFilter(scroll)


class _Scroll(QObject):
    """Scrolls an editor once it has a size, which behind another tab it has not."""

    def __init__(self, editor: CodeEditor, top: int) -> None:
        super().__init__(editor)
        self._editor = editor
        self._top = top

    def apply(self) -> None:
        block = self._editor.document().findBlockByNumber(self._top)
        if block.isValid():
            self._editor.verticalScrollBar().setValue(block.firstLineNumber())
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Paint or event.type() == QEvent.Type.Show:
            self._editor.removeEventFilter(self)
            self.apply()
        return super().eventFilter(watched, event)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
