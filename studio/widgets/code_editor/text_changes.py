"""Changes to a document as one undoable step, as small as they can be."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtGui import QTextBlock, QTextCursor, QTextDocument

from studio.documents.difference import line_changes
from studio.widgets.code_editor.shown_text import from_shown, to_shown


@contextmanager
def one_step(cursor: QTextCursor) -> Iterator[QTextCursor]:
    """Have everything done with the cursor be one step of undo."""
    cursor.beginEditBlock()
    try:
        yield cursor
    finally:
        cursor.endEditBlock()


def replace_all_text(document: QTextDocument, text: str) -> None:
    """Have the document hold `text`, changing only the lines that differ; one step of undo."""
    old = from_shown(document.toRawText()).split("\n")
    new = text.split("\n")
    with one_step(QTextCursor(document)) as cursor:
        for tag, start, end, other, other_end in reversed(line_changes(old, new)):
            if tag != "equal":
                _replace_lines(cursor, start, old[start:end], new[other:other_end], len(old))


def _replace_lines(
    cursor: QTextCursor, start: int, old: list[str], new: list[str], count: int
) -> None:
    """Replace the lines `old`, which begin at line `start`, by `new`; either may be empty."""
    document = cursor.document()
    end = start + len(old)
    before, after = "\n".join(old), "\n".join(new)
    if bool(old) != bool(new):  # whole lines, so one line end comes or goes with them
        if end < count:
            before, after = (before + "\n") * bool(old), (after + "\n") * bool(new)
        else:
            before, after = ("\n" + before) * bool(old), ("\n" + after) * bool(new)
    if old or start < count:
        position = document.findBlockByNumber(start).position()
    else:
        position = document.characterCount() - 1
    if old and not new and end >= count:
        position -= 1
    replace_span(cursor, position, to_shown(before), to_shown(after))


def replace_span(cursor: QTextCursor, position: int, before: str, after: str) -> None:
    """Replace `before`, which stands at `position`, by `after`, sparing what they share."""
    head = _shared(before, after)
    tail = _shared(before[head:][::-1], after[head:][::-1])
    start = position + utf16_length(before[:head])
    gone = before[head : len(before) - tail]
    cursor.setPosition(start)
    cursor.setPosition(start + utf16_length(gone), QTextCursor.MoveMode.KeepAnchor)
    cursor.insertText(after[head : len(after) - tail])


def utf16_length(text: str) -> int:
    """Return how many of Qt's units a text takes."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def position_of(block: QTextBlock, column: int) -> int:
    """Return the document's position of a column of a block, in characters from 0."""
    return block.position() + utf16_length(block.text()[:column])


def column_of(cursor: QTextCursor) -> int:
    """Return the column a cursor stands in, in characters from 0."""
    text, place = cursor.block().text(), cursor.positionInBlock()
    if text.isascii():
        return place
    return len(text.encode("utf-16-le", "surrogatepass")[: place * 2].decode("utf-16-le", "ignore"))


def _shared(one: str, other: str) -> int:
    most = min(len(one), len(other))
    if one[:most] == other[:most]:
        return most
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low
