"""What tests do with the documents of an editor workspace."""

from pathlib import Path

from PySide6.QtGui import QTextCursor

from studio.workspaces.editor.document import Document
from studio.workspaces.editor.workspace import EditorWorkspace
from tests.support.qt_loop import QtRunner


def open_(qt: QtRunner, workspace: EditorWorkspace, path: Path) -> Document:
    """Open a file and return its document."""
    document = qt.run(workspace.opened(path))
    assert document is not None
    return document


def type_(document: Document, text: str) -> None:
    """Type text at the end."""
    document.editor.moveCursor(QTextCursor.MoveOperation.End)
    document.editor.insertPlainText(text)


def bar(document: Document) -> str:
    """Return what the bar over the text says."""
    return document.bar.shown.text if document.bar.shown is not None else ""


def press(document: Document, text: str) -> None:
    """Press a button of that bar."""
    next(b for b in document.bar.buttons if b.text() == text).click()
