"""What is done to whole lines: comment, indent, duplicate, move, delete, join.

Each is one step of undo, leaves the selection on the lines it worked on, and does nothing in a
text that cannot be changed.
"""

from PySide6.QtGui import QTextCursor

from studio.widgets.code_editor.code_view import CodeView
from studio.widgets.code_editor.comments import toggled
from studio.widgets.code_editor.indentation import (
    indent_unit,
    spaces_to_tab_stop,
    without_one,
)
from studio.widgets.code_editor.text_changes import (
    column_of,
    one_step,
    position_of,
    replace_span,
    utf16_length,
)

#: How many lines are looked at for how the text is indented.
_LOOKED_AT = 500
_KEEP = QTextCursor.MoveMode.KeepAnchor


def unit_of(editor: CodeView) -> str:
    """Return one indentation of the text in the editor."""
    block = editor.document().firstBlock()
    lines: list[str] = []
    while block.isValid() and len(lines) < _LOOKED_AT:
        lines.append(block.text())
        block = block.next()
    return indent_unit(lines, editor.settings.current.tab_width)


def selected_lines(cursor: QTextCursor) -> tuple[int, int]:
    """Return the first and the last line that the selection touches, from 0."""
    document = cursor.document()
    first = document.findBlock(cursor.selectionStart())
    last = document.findBlock(cursor.selectionEnd())
    touched = cursor.selectionEnd() > last.position() or first == last
    return first.blockNumber(), last.blockNumber() - (0 if touched else 1)


def toggle_comment(editor: CodeView) -> None:
    """Make the selected lines comments or no comments, where the language has them."""
    if editor.language.comment and not editor.isReadOnly():
        _rewrite(editor, toggled(_lines(editor), editor.language.comment))


def indent(editor: CodeView) -> None:
    """Indent the selected lines; without a selection insert white space up to the next stop."""
    if editor.isReadOnly():
        return
    unit, cursor = unit_of(editor), editor.textCursor()
    if cursor.hasSelection() and "\u2029" in cursor.selectedText():
        _rewrite(editor, [unit + line if line.strip() else line for line in _lines(editor)])
        return
    before = cursor.block().text()[: column_of(cursor)]
    cursor.insertText(spaces_to_tab_stop(before, unit))
    editor.setTextCursor(cursor)


def unindent(editor: CodeView) -> None:
    """Take one indentation from the selected lines."""
    if not editor.isReadOnly():
        unit = unit_of(editor)
        _rewrite(editor, [without_one(line, unit) for line in _lines(editor)])


def duplicate(editor: CodeView) -> None:
    """Repeat the selected lines below, the cursor in the copy."""
    if editor.isReadOnly():
        return
    cursor = editor.textCursor()
    first, last = selected_lines(cursor)
    text = "\n".join(_lines(editor))
    block = editor.document().findBlockByNumber(last)
    offset = (
        block.position() + block.length() - editor.document().findBlockByNumber(first).position()
    )
    anchor, position = cursor.anchor(), cursor.position()
    with one_step(QTextCursor(block)) as change:
        change.movePosition(QTextCursor.MoveOperation.EndOfBlock)
        change.insertText("\n" + text)
    cursor.setPosition(anchor + offset)
    cursor.setPosition(position + offset, _KEEP)
    editor.setTextCursor(cursor)


def delete(editor: CodeView) -> None:
    """Delete the selected lines; the cursor keeps its column where it can."""
    if editor.isReadOnly():
        return
    cursor = editor.textCursor()
    column = column_of(cursor)
    first, last = selected_lines(cursor)
    document = editor.document()
    start, end = document.findBlockByNumber(first), document.findBlockByNumber(last)
    begins, ends = start.position(), end.position() + end.length()
    if not end.next().isValid():  # the last line has no end of its own: it takes the one above
        begins, ends = max(0, begins - 1), ends - 1
    cursor.setPosition(begins)
    cursor.setPosition(ends, _KEEP)
    cursor.removeSelectedText()
    block = document.findBlockByNumber(min(first, document.blockCount() - 1))
    cursor.setPosition(position_of(block, column))
    editor.setTextCursor(cursor)


def join(editor: CodeView) -> None:
    """Join the line with the next one, or the selected lines with each other, by one space."""
    if editor.isReadOnly():
        return
    cursor = editor.textCursor()
    first, last = selected_lines(cursor)
    with one_step(cursor):
        for _ in range(max(1, last - first)):
            block = editor.document().findBlockByNumber(first)
            if not block.next().isValid():
                break
            head, tail = block.text().rstrip(), block.next().text().lstrip()
            cursor.setPosition(position_of(block, len(head)))
            following = block.next()
            cursor.setPosition(following.position() + following.length() - 1 - len(tail), _KEEP)
            cursor.insertText(" " if head and tail else "")
    editor.setTextCursor(cursor)


def move(editor: CodeView, direction: int) -> None:
    """Move the selected lines up (-1) or down (1) past their neighbour."""
    cursor, document = editor.textCursor(), editor.document()
    first, last = selected_lines(cursor)
    top = first + min(direction, 0)
    bottom = last + max(direction, 0)
    if editor.isReadOnly() or top < 0 or bottom >= document.blockCount():
        return
    lines = [document.findBlockByNumber(number).text() for number in range(top, bottom + 1)]
    moved = lines[1:] + lines[:1] if direction < 0 else lines[-1:] + lines[:-1]
    start = document.findBlockByNumber(top).position()
    offset = utf16_length(lines[0] if direction < 0 else lines[-1]) + 1
    anchor = cursor.anchor() + direction * offset
    position = cursor.position() + direction * offset
    with one_step(QTextCursor(document)) as change:
        replace_span(change, start, "\n".join(lines), "\n".join(moved))
    cursor.setPosition(anchor)
    cursor.setPosition(min(position, document.characterCount() - 1), _KEEP)
    editor.setTextCursor(cursor)


def _lines(editor: CodeView) -> list[str]:
    first, last = selected_lines(editor.textCursor())
    document = editor.document()
    return [document.findBlockByNumber(number).text() for number in range(first, last + 1)]


def _rewrite(editor: CodeView, lines: list[str]) -> None:
    """Replace the selected lines one by one, so that the cursor stays at its text."""
    cursor = editor.textCursor()
    first, last = selected_lines(cursor)
    document = editor.document()
    with one_step(QTextCursor(document)) as change:
        for number, line in enumerate(lines, first):
            block = document.findBlockByNumber(number)
            if block.text() != line:
                replace_span(change, block.position(), block.text(), line)
    if first != last:
        editor.select_lines(first, last)
