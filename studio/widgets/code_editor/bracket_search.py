"""The bracket beside the cursor and its partner, found again when cursor or text change."""

from studio.widgets.code_editor.brackets import match_of
from studio.widgets.code_editor.code_view import CodeView
from studio.widgets.code_editor.text_changes import column_of, utf16_length
from studio.widgets.code_editor.visible_line import Place


class BracketSearch:
    """Looks for the pair at the cursor of one editor."""

    def __init__(self, editor: CodeView) -> None:
        self._editor = editor
        self._asked: tuple[int, int] | None = None
        self._found: list[Place] = []

    def places(self) -> list[Place]:
        """Return both brackets of the pair, nothing where there is none."""
        editor = self._editor
        asked = editor.textCursor().position(), editor.document().revision()
        if asked != self._asked:
            self._asked = asked
            self._found = self._search()
        return self._found

    def partner_of(self, line: int, column: int) -> tuple[int, int] | None:
        """Return where the bracket stands that belongs to the one at a place, all from 0."""
        document = self._editor.document()
        return match_of(
            lambda number: document.findBlockByNumber(number).text(),
            self.is_code,
            document.blockCount(),
            line,
            column,
        )

    def _search(self) -> list[Place]:
        cursor = self._editor.textCursor()
        line, column = cursor.blockNumber(), column_of(cursor)
        for place in (column, column - 1):
            found = self.partner_of(line, place) if place >= 0 else None
            if found is not None:
                return [self._place(line, place), self._place(*found)]
        return []

    def is_code(self, line: int, column: int) -> bool:
        """Whether a character is neither in a string nor in a comment."""
        return not any(
            start <= column < start + length and role in ("string", "comment")
            for start, length, role in self._editor.highlighter.spans_at(line)
        )

    def _place(self, line: int, column: int) -> Place:
        text = self._editor.document().findBlockByNumber(line).text()
        start = utf16_length(text[:column])
        return Place(line, start, start + 1)
