"""Brings a highlighting onto the screen: the visible lines first, the rest in slices.

Formats only lines that are or were in sight. Never touches the text or its undo stack.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QColor, QTextBlock, QTextCharFormat, QTextDocument, QTextLayout

from studio.look.tokens import Tokens
from studio.widgets.code_editor.languages import Language, highlighting_of
from studio.widgets.code_editor.line_lexer import Span

if TYPE_CHECKING:
    from studio.widgets.code_editor.highlighting import Highlighting, Key

logger = logging.getLogger(__name__)

#: How long a slice takes, in seconds, and the pause after it, in milliseconds.
SLICE_S: Final = 0.003
_PAUSE_MS: Final = 1
_ROLES: Final = ("keyword", "name", "string", "number", "comment", "operator", "decorator")
_UNSEEN: Final = object()


class DocumentLines:
    """A document's lines for a highlighting."""

    def __init__(self, document: QTextDocument) -> None:
        self._document = document
        self._block = QTextBlock()

    def count(self) -> int:
        """Return the number of lines."""
        return self._document.blockCount()

    def line(self, number: int) -> str:
        """Return a line; quick where it follows the last one that was asked for."""
        self._block = self._document.findBlockByNumber(number)
        return self._block.text()

    def text(self) -> str:
        """Return everything."""
        return self._document.toRawText().replace("\u2029", "\n")


class Highlighter(QObject):
    """Colours one document, of which `visible()` returns the first and last line in sight."""

    def __init__(
        self,
        document: QTextDocument,
        tokens: Tokens,
        visible: Callable[[], tuple[int, int]],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._lines = DocumentLines(document)
        self._visible = visible
        self._formats = _formats(tokens)
        self._highlighting: Highlighting | None = None
        self._shown: list[Key] = []
        self._count = document.blockCount()
        self._timer = QTimer(self, interval=_PAUSE_MS)
        self._timer.timeout.connect(self._step)
        document.contentsChange.connect(self._edited)

    @property
    def settled(self) -> bool:
        """Whether everything has been lexed."""
        return self._highlighting is None or self._highlighting.settled

    def pause(self) -> None:
        """Listen no more, until the next `start`: the whole text is about to be replaced."""
        self._highlighting = None
        self._timer.stop()

    def start(self, language: Language) -> None:
        """Highlight the document, which is in this language, from now on."""
        self._count = self._document.blockCount()
        length = self._document.characterCount()
        self._highlighting = highlighting_of(language, self._lines, length)
        self._shown = [_UNSEEN] * self._count
        self._go_on()

    def set_tokens(self, tokens: Tokens) -> None:
        """Use other colours."""
        self._formats = _formats(tokens)
        self._shown = [_UNSEEN] * self._count
        self.show_visible()

    def show_visible(self) -> None:
        """Format the lines in sight that do not look as they have to."""
        with self._or_plain():
            self._show_visible()

    def _show_visible(self) -> None:
        if self._highlighting is None:
            return
        first, last = self._visible()
        last = min(last, self._count - 1)
        keys = self._highlighting.keys(first, last)
        if keys == self._shown[first : last + 1]:
            return
        block = self._document.findBlockByNumber(first)
        for number, key in enumerate(keys, first):
            if key is not None and key != self._shown[number]:
                self._format(block, self._highlighting.spans(number, key))
                self._shown[number] = key
            block = block.next()

    def spans_at(self, number: int) -> list[Span]:
        """Return the spans of a line, as far as they are known."""
        with self._or_plain():
            if self._highlighting is not None:
                key = self._highlighting.keys(number, number)[0]
                return [] if key is None else self._highlighting.spans(number, key)
        return []

    def _edited(self, position: int, _removed: int, added: int) -> None:
        count = self._document.blockCount()
        grown, self._count = count - self._count, count
        if self._highlighting is None:
            return
        first = self._document.findBlock(position).blockNumber()
        last_block = self._document.findBlock(position + added)
        last = last_block.blockNumber() if last_block.isValid() else count - 1
        new = last - first
        old = max(0, new - grown)
        new = old + grown
        self._shown[first : first + old + 1] = [_UNSEEN] * (new + 1)
        self._highlighting.edited(first, old, new)
        self._go_on()

    def _go_on(self) -> None:
        """Begin to find out what is not known; what is in sight is shown at once."""
        self._lex(SLICE_S / 3)
        self.show_visible()
        if not self.settled:
            self._timer.start()

    def _step(self) -> None:
        self._lex(SLICE_S)
        self.show_visible()
        if self.settled:
            self._timer.stop()

    def _lex(self, seconds: float) -> None:
        with self._or_plain():
            if self._highlighting is not None:
                self._highlighting.step(seconds)

    @contextmanager
    def _or_plain(self) -> Iterator[None]:
        """Show the text plain from now on if a lexer fails; the text can be edited all the same."""
        try:
            yield
        except Exception:  # a lexer is somebody else's code
            logger.exception("highlighting failed")
            self.pause()

    def _format(self, block: QTextBlock, spans: list[Span]) -> None:
        ranges: list[QTextLayout.FormatRange] = []
        for start, length, role in in_units(block.text(), spans):
            item = QTextLayout.FormatRange()
            item.start = start
            item.length = length
            item.format = self._formats[role]
            ranges.append(item)
        block.layout().setFormats(ranges)
        self._document.markContentsDirty(block.position(), block.length())


def in_units(text: str, spans: list[Span]) -> list[Span]:
    """Return spans in the units Qt counts: characters beyond U+FFFF are two of them."""
    if text.isascii() or all(character <= "\uffff" for character in text):
        return spans
    return [
        (units(text, start), units(text, start + length) - units(text, start), role)
        for start, length, role in spans
    ]


def units(text: str, column: int) -> int:
    """Return how many of Qt's units the first `column` characters take."""
    return column + sum(character > "\uffff" for character in text[:column])


def _formats(tokens: Tokens) -> dict[str, QTextCharFormat]:
    formats: dict[str, QTextCharFormat] = {}
    for role in _ROLES:
        formats[role] = QTextCharFormat()
        formats[role].setForeground(QColor(getattr(tokens, f"code_{role}")))
    formats["comment"].setFontItalic(True)
    return formats
