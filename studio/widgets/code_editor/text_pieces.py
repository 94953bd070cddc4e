"""The text of a document, kept in pieces: after an edit only the piece it lies in is read again.

To read all of a large document takes Qt tens of milliseconds, and savings, searches and the
keeping of unsaved text each need it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QTextCursor, QTextDocument

from studio.widgets.code_editor.shown_text import from_shown
from studio.widgets.code_editor.text_changes import utf16_length

#: About how long a piece is, in characters; one of twice the size is divided.
SIZE: Final = 256 * 1024


@dataclass
class _Piece:
    """A stretch of the document, `units` of Qt's long; `text` is None where it was edited."""

    units: int
    text: str | None


class TextPieces(QObject):
    """Follows one document. Made before whoever else reads the text while it changes."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._document = document
        self._pieces = [_Piece(document.characterCount() - 1, None)]
        self._whole: str | None = None
        document.contentsChange.connect(self._changed)

    def text(self) -> str:
        r"""Return everything, lines ended by "\n"; the same object until something changes."""
        if self._whole is None:
            self._read_edited()
            self._whole = "".join(piece.text or "" for piece in self._pieces)
        return self._whole

    def take(self, text: str) -> None:
        """The document was made to hold exactly this text, so it need not be read."""
        pieces = [_Piece(utf16_length(part), part) for part in _parts(text)]
        if sum(piece.units for piece in pieces) == self._document.characterCount() - 1:
            self._pieces, self._whole = pieces, text

    def _changed(self, position: int, removed: int, added: int) -> None:
        self._whole = None
        first, last = self._touched(position, position + removed)
        units = sum(piece.units for piece in self._pieces[first : last + 1]) - removed + added
        self._pieces[first : last + 1] = [_Piece(units, None)]
        length = self._document.characterCount() - 1
        if units < 0 or sum(piece.units for piece in self._pieces) != length:
            self._pieces = [_Piece(length, None)]  # Qt counts the last line's end now and then

    def _touched(self, start: int, end: int) -> tuple[int, int]:
        """Return the first and the last piece that reach into a stretch."""
        first = last = len(self._pieces) - 1
        place = 0
        for number, piece in enumerate(self._pieces):
            place += piece.units
            if start < place and number < first:
                first = number
            if end <= place:
                last = number
                break
        return min(first, last), last

    def _read_edited(self) -> None:
        place = 0
        pieces: list[_Piece] = []
        for piece in self._pieces:
            if piece.text is None:
                text = self._read(place, piece.units)
                if piece.units > 2 * SIZE:
                    pieces += [_Piece(utf16_length(part), part) for part in _parts(text)]
                else:
                    pieces.append(_Piece(piece.units, text))
            else:
                pieces.append(piece)
            place += piece.units
        self._pieces = pieces

    def _read(self, place: int, units: int) -> str:
        cursor = QTextCursor(self._document)
        cursor.setPosition(place)
        cursor.setPosition(place + units, QTextCursor.MoveMode.KeepAnchor)
        return from_shown(cursor.selectedText())


def _parts(text: str) -> Iterator[str]:
    """Divide a text after line ends. Pure."""
    start = 0
    while len(text) - start > 2 * SIZE:
        end = text.find("\n", start + SIZE) + 1 or len(text)
        yield text[start:end]
        start = end
    yield text[start:]
