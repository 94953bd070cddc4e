"""The marks of a document, each kept where its text goes while the user types."""

from collections.abc import Sequence
from html import escape
from typing import Final, NamedTuple

from PySide6.QtGui import QTextCursor, QTextDocument

from session.log.entry import Severity
from studio.widgets.code_editor.mark import Mark
from studio.widgets.code_editor.text_changes import position_of

_ROLES: Final = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "info",
    Severity.DEBUG: "info",
}
#: More are not followed through edits: following costs at every key.
_FOLLOWED: Final = 500


class PlacedMark(NamedTuple):
    """A mark and the text it stands at."""

    mark: Mark
    cursor: QTextCursor

    @property
    def line(self) -> int:
        """The line it begins in now, from 1."""
        return self.cursor.document().findBlock(self.cursor.selectionStart()).blockNumber() + 1


class DocumentMarks:
    """The marks shown in one document, the worst first in each line."""

    def __init__(self, document: QTextDocument) -> None:
        self._document = document
        self._placed: list[PlacedMark] = []

    def replace(self, marks: Sequence[Mark]) -> None:
        """Show these from now on; what lies beyond the text is shown at its end."""
        worst = sorted(marks, key=lambda mark: (-mark.severity, mark.line, mark.column or 0))
        self._placed = [self._place(mark) for mark in worst[:_FOLLOWED]]

    def all(self) -> list[PlacedMark]:
        """Return the marks, worst first."""
        return self._placed

    def by_line(self) -> dict[int, list[PlacedMark]]:
        """Return the marks of each line, from 1."""
        lines: dict[int, list[PlacedMark]] = {}
        for placed in self._placed:
            lines.setdefault(placed.line, []).append(placed)
        return lines

    def message_of_line(self, line: int) -> str:
        """Return what is to be said about a line, a mark a line of text."""
        return messages_of([placed.mark for placed in self._placed if placed.line == line])

    def message_at(self, position: int) -> str:
        """Return what is to be said about a place in the document."""
        return messages_of(
            [
                placed.mark
                for placed in self._placed
                if placed.cursor.selectionStart() <= position < placed.cursor.selectionEnd()
            ]
        )

    def _place(self, mark: Mark) -> PlacedMark:
        block = self._document.findBlockByNumber(max(0, mark.line - 1))
        if not block.isValid():
            block = self._document.lastBlock()
        start, end = span_of(mark, block.text())
        cursor = QTextCursor(self._document)
        cursor.setPosition(position_of(block, start))
        cursor.setPosition(position_of(block, end), QTextCursor.MoveMode.KeepAnchor)
        return PlacedMark(mark, cursor)


def span_of(mark: Mark, line: str) -> tuple[int, int]:
    """Return where a mark begins and ends in its line, in characters from 0. Pure."""
    text_start = len(line) - len(line.lstrip())
    if mark.column is None:
        return min(text_start, len(line)), len(line.rstrip()) or len(line)
    start = min(max(0, mark.column - 1), len(line))
    if mark.end_column is not None and mark.end_column - 1 > start:
        return start, min(mark.end_column - 1, len(line))
    end = start
    while end < len(line) and (line[end].isalnum() or line[end] == "_"):
        end += 1
    if end == start:
        end = min(start + 1, len(line))
    return (start, end) if end > start else (max(0, start - 1), end)


def role_of(mark: Mark) -> str:
    """Return what a mark is to the eye: `error`, `warning`, `info`. Pure."""
    return _ROLES[mark.severity]


def messages_of(marks: Sequence[Mark]) -> str:
    """Return the messages of marks, each with the word of its severity. Pure."""
    return "\n".join(f"{mark.severity.word.capitalize()}: {mark.message}" for mark in marks)


def tool_tip_of(messages: str) -> str:
    """Return messages as a tooltip that wraps, and shows angle brackets as they are. Pure."""
    return f"<qt>{escape(messages).replace(chr(10), '<br>')}</qt>" if messages else ""
