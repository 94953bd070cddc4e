"""What keys do in the code editor beyond what every text edit does with them."""

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QTextBlock, QTextCursor

from studio.widgets.code_editor import line_edits
from studio.widgets.code_editor.bracket_search import BracketSearch
from studio.widgets.code_editor.code_view import CodeView
from studio.widgets.code_editor.indentation import (
    backspace_count,
    clause_indent,
    leading,
    next_indent,
    unopened,
)
from studio.widgets.code_editor.languages import PYTHON
from studio.widgets.code_editor.pairing import closer_of, is_open_string, is_pair, surrounding
from studio.widgets.code_editor.text_changes import column_of, one_step

_Key = Qt.Key
_MODIFIERS: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
_SHIFT: Final = Qt.KeyboardModifier.ShiftModifier
_KEYPAD: Final = Qt.KeyboardModifier.KeypadModifier
_KEEP: Final = QTextCursor.MoveMode.KeepAnchor
_MOVE: Final = QTextCursor.MoveMode.MoveAnchor


class Keys:
    """Takes the key events of one editor; what it does not take is left to Qt."""

    def __init__(self, editor: CodeView, brackets: BracketSearch) -> None:
        self._editor = editor
        self._brackets = brackets
        #: Tab leaves the editor: once after Escape, until it is pressed again after Ctrl+M.
        self._escaped = self._tab_leaves = False
        #: Brackets and quotes that were closed by themselves, and are typed over.
        self._closers: list[QTextCursor] = []

    def may_leave(self) -> bool:
        """Whether Tab moves the focus now."""
        return self._escaped or self._tab_leaves

    def forget(self) -> None:
        """Type over nothing: another text is shown."""
        self._closers.clear()
        self._escaped = False

    def take(self, event: QKeyEvent) -> bool:
        """Do what a key is for; false leaves it to Qt."""
        escaped = event.key() == _Key.Key_Escape
        if event.key() not in (_Key.Key_Tab, _Key.Key_Backtab, _Key.Key_Shift):
            self._escaped = escaped
        modifiers = event.modifiers() & ~_KEYPAD
        if event.key() == _Key.Key_M and modifiers == Qt.KeyboardModifier.ControlModifier:
            self._tab_leaves = not self._tab_leaves
            return True
        if event.key() == _Key.Key_Home and not modifiers & _MODIFIERS:
            return self._home(_KEEP if modifiers & _SHIFT else _MOVE)
        if self._editor.isReadOnly() or modifiers & _MODIFIERS:
            return False
        return self._edit(event)

    def _edit(self, event: QKeyEvent) -> bool:
        match event.key():
            case _Key.Key_Tab:
                line_edits.indent(self._editor)
            case _Key.Key_Backtab:
                line_edits.unindent(self._editor)
            case _Key.Key_Return | _Key.Key_Enter:
                self._new_line()
            case _Key.Key_Backspace:
                return self._backspace()
            case _:
                if event.text() == ":" and self._editor.language is PYTHON:
                    self._colon()
                return self._typed(event.text())
        return True

    def _home(self, mode: QTextCursor.MoveMode) -> bool:
        """Go to the first character that is not blank, or from there to the first column."""
        cursor = self._editor.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.StartOfLine, mode)
        block = cursor.block()
        if cursor.position() == block.position():  # not in a later row of a wrapped line
            first = block.position() + len(leading(block.text()))
            if self._editor.textCursor().position() != first:
                cursor.setPosition(first, mode)
        self._editor.setTextCursor(cursor)
        return True

    def _new_line(self) -> None:
        cursor = self._editor.textCursor()
        with one_step(cursor):
            cursor.removeSelectedText()
            text, column = cursor.block().text(), column_of(cursor)
            code = self._code(cursor.blockNumber(), text[:column])
            indent = self._next_indent(code, cursor.blockNumber())
            after = text[column:]
            blank = len(after) - len(after.lstrip(" \t")) if text[:column].strip() else 0
            for _ in range(blank):
                cursor.deleteChar()
            cursor.insertText("\n" + indent)
            if code.rstrip() and is_pair(code.rstrip()[-1:], after.lstrip()[:1]):
                here = cursor.position()
                cursor.insertText("\n" + leading(text))
                cursor.setPosition(here)
        self._editor.setTextCursor(cursor)
        self._editor.ensureCursorVisible()

    def _next_indent(self, code: str, line: int) -> str:
        python = self._editor.language is PYTHON
        unit = line_edits.unit_of(self._editor)
        closing = unopened(code)
        statement: str | None = None
        if closing is not None:
            found = self._brackets.partner_of(line, closing)
            if found is not None:
                statement = leading(self._editor.document().findBlockByNumber(found[0]).text())
        return next_indent(code, unit, python=python, statement=statement)

    def _code(self, line: int, text: str) -> str:
        """Return a line's text with strings and comments blanked out, a comment wholly."""
        out = list(text)
        for start, length, role in self._editor.highlighter.spans_at(line):
            if role == "comment":
                return "".join(out[:start])
            if role == "string":
                out[start : start + length] = "_" * len(out[start : start + length])
        return "".join(out)

    def _backspace(self) -> bool:
        cursor = self._editor.textCursor()
        if cursor.hasSelection():
            return False
        text, column = cursor.block().text(), column_of(cursor)
        before, after = text[:column], text[column:]
        with one_step(cursor):
            if is_pair(before, after) and self._is_ours(cursor.position()):
                cursor.deleteChar()
                cursor.deletePreviousChar()
            elif before and not before.strip(" "):
                for _ in range(backspace_count(before, line_edits.unit_of(self._editor))):
                    cursor.deletePreviousChar()
            else:
                return False
        self._editor.setTextCursor(cursor)
        self._editor.ensureCursorVisible()
        return True

    def _colon(self) -> None:
        """Move an `else` and its like to where it belongs, before its colon is typed."""
        cursor = self._editor.textCursor()
        block = cursor.block()
        if cursor.hasSelection() or not cursor.atBlockEnd():
            return
        code = self._code(block.blockNumber(), block.text())
        wanted = clause_indent(code, _lines_before(block)) if code else None
        if wanted is not None:
            cursor.setPosition(block.position())
            own = len(leading(block.text()))
            cursor.setPosition(block.position() + own, _KEEP)
            cursor.insertText(wanted)

    # ---- brackets and quotes ------------------------------------------------------------------

    def _typed(self, typed: str) -> bool:
        if len(typed) != 1 or not self._editor.settings.current.close_brackets:
            return False
        cursor = self._editor.textCursor()
        if cursor.hasSelection():
            return self._surround(cursor, typed)
        text, column = cursor.block().text(), column_of(cursor)
        if text[column : column + 1] == typed and self._is_ours(cursor.position()):
            cursor.movePosition(QTextCursor.MoveOperation.NextCharacter)
            self._editor.setTextCursor(cursor)
            return True
        closer = closer_of(
            typed,
            text[:column],
            text[column:],
            code=self._in_code(cursor.blockNumber(), text, column),
            python=self._editor.language is PYTHON,
        )
        if not closer:
            return False
        self._insert_pair(cursor, typed, closer)
        return True

    def _insert_pair(self, cursor: QTextCursor, typed: str, closer: str) -> None:
        with one_step(cursor):
            cursor.insertText(typed)
            here = cursor.position()
            cursor.insertText(closer)
            cursor.setPosition(here)
        for place in range(len(closer)):
            mine = QTextCursor(cursor)
            mine.setPosition(here + place)
            self._closers.append(mine)
        self._closers = self._closers[-32:]
        self._editor.setTextCursor(cursor)
        self._editor.ensureCursorVisible()

    def _surround(self, cursor: QTextCursor, typed: str) -> bool:
        pair = surrounding(typed)
        if pair is None:
            return False
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        with one_step(cursor):
            cursor.setPosition(end)
            cursor.insertText(pair[1])
            cursor.setPosition(start)
            cursor.insertText(pair[0])
        cursor.setPosition(start + 1)
        cursor.setPosition(end + 1, _KEEP)
        self._editor.setTextCursor(cursor)
        return True

    def _is_ours(self, position: int) -> bool:
        return any(closer.position() == position for closer in self._closers)

    def _in_code(self, line: int, text: str, column: int) -> bool:
        for start, length, role in self._editor.highlighter.spans_at(line):
            end = start + length
            if role == "comment" and start < column <= end:
                return False
            open_end = column == end and is_open_string(text[start:end])
            if role == "string" and (start < column < end or open_end):
                return False
        return True


def _lines_before(block: QTextBlock) -> Iterator[str]:
    """Yield the lines before a block, the nearest first."""
    while (block := block.previous()).isValid():
        yield block.text()
