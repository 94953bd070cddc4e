"""Where the word under the cursor stands elsewhere in sight."""

import keyword
import re
from collections.abc import Iterator
from typing import Final

from studio.widgets.code_editor.code_view import CodeView
from studio.widgets.code_editor.languages import PYTHON
from studio.widgets.code_editor.shown_text import from_shown
from studio.widgets.code_editor.text_changes import column_of, utf16_length
from studio.widgets.code_editor.visible_line import Place

_WORD: Final = re.compile(r"\w+")
_SHORTEST: Final = 2
#: A selection of more than this is no word; it may be all of a huge text.
_LONGEST: Final = 200


class Occurrences:
    """Looks for the word at the cursor of one editor, in the lines that are seen."""

    def __init__(self, editor: CodeView) -> None:
        self._editor = editor

    def places(self) -> list[Place]:
        """Return where the word stands; nothing where it stands only once."""
        word = self._word()
        if not word:
            return []
        pattern = re.compile(rf"\b{re.escape(word)}\b")
        found: list[Place] = []
        for line in self._editor.visible_lines():
            text = line.block.text()
            if word in text:
                found += [Place(line.number, *span) for span in spans_in(pattern, text)]
        return found if len(found) > 1 else []

    def _word(self) -> str:
        cursor = self._editor.textCursor()
        if cursor.selectionEnd() - cursor.selectionStart() > _LONGEST:
            return ""
        if cursor.hasSelection():
            selected = from_shown(cursor.selectedText())
            return selected if _WORD.fullmatch(selected) and len(selected) >= _SHORTEST else ""
        word = word_at(cursor.block().text(), column_of(cursor))
        is_python = self._editor.language == PYTHON
        return "" if is_python and keyword.iskeyword(word) else word


def word_at(text: str, column: int) -> str:
    """Return the word that a column (from 0) lies in or ends, "" for a number or none. Pure."""
    for match in _WORD.finditer(text):
        if match.start() <= column <= match.end():
            word = match.group()
            return "" if len(word) < _SHORTEST or word[0].isdigit() else word
        if match.start() > column:
            break
    return ""


def spans_in(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Yield where a pattern matches in a line, in Qt's units; empty matches are none. Pure."""
    for match in pattern.finditer(text):
        if match.end() > match.start():
            start = utf16_length(text[: match.start()])
            yield start, start + utf16_length(match.group())
