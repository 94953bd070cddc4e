"""Showing a text of very many lines in slices, so that the window lives on meanwhile."""

from collections.abc import Iterator
from typing import Final

from PySide6.QtGui import QTextCursor

from studio.widgets.code_editor.editor import CodeEditor
from studio.widgets.code_editor.shown_text import to_shown

#: A text with more than this is long.
_LINES: Final = 4_000
_CHARACTERS: Final = 256 * 1024
#: A slice: about so many lines, and characters.
_SLICE_LINES: Final = 2_000
_SLICE: Final = 64 * 1024


def is_long(text: str) -> bool:
    """Whether to lay a text out at once would hold the window up."""
    return len(text) > _CHARACTERS or text.count("\n") > _LINES


def slices_of(
    editor: CodeEditor, text: str, file_name: str, *, read_only: bool = False
) -> Iterator[None]:
    """Show a text as `CodeEditor.show_text` does, a slice each time that more is asked for.

    Until the end it is not to be edited, and not to be looked at.
    """
    editor.show_text("", file_name)
    document = editor.document()
    document.setUndoRedoEnabled(False)
    own = editor.textCursor()
    own.setKeepPositionOnInsert(True)  # it stays at the beginning
    editor.setTextCursor(own)
    cursor = QTextCursor(document)
    for part in parts_of(text):
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(to_shown(part))
        yield
    own = editor.textCursor()
    own.setKeepPositionOnInsert(False)
    editor.setTextCursor(own)
    document.setUndoRedoEnabled(True)
    editor.text_shown(text, file_name, read_only=read_only)


def parts_of(text: str) -> Iterator[str]:
    """Divide a text after line ends, unless a line is longer than a part. Pure."""
    start = 0
    while start < len(text):
        end = start
        for _ in range(_SLICE_LINES):
            found = text.find("\n", end)
            end = len(text) if found < 0 else found + 1
            if end - start >= _SLICE or end == len(text):
                break
        yield text[start:end]
        start = end
