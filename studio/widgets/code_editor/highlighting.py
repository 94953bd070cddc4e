"""What is highlighted in which role, line by line: two ways to find out. No Qt.

`LineHighlighting` lexes line by line and keeps only states; the lines that are looked at are
lexed when they are. `TextHighlighting` runs any Pygments lexer over the whole text in slices,
from the start after every edit, and keeps what it found.
"""

import time
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol

from studio.widgets.code_editor.line_lexer import LONGEST, ROOT, LineLexer, Span, State
from studio.widgets.code_editor.line_states import LineStates
from studio.widgets.code_editor.token_role import role_of

if TYPE_CHECKING:
    from pygments.lexer import Lexer

#: Lines whose spans are not found out again when they come back into sight, or out of a string.
_REMEMBERED: Final = 2_000
#: What a line's spans follow from; lines of equal keys and text look alike.
Key = object


class Lines(Protocol):
    """The text as a highlighting reads it."""

    def count(self) -> int:
        """Return the number of lines."""
        ...

    def line(self, number: int) -> str:
        """Return a line, counted from 0."""
        ...

    def text(self) -> str:
        """Return everything."""
        ...


class Highlighting(Protocol):
    """Knows the spans of each line, more and more of them."""

    @property
    def settled(self) -> bool:
        """Whether there is nothing left to find out."""
        ...

    def edited(self, first: int, removed: int, added: int) -> None:
        """Take in that line `first` changed and that `removed` lines after it became `added`."""
        ...

    def step(self, seconds: float) -> None:
        """Find out more, for about so long."""
        ...

    def keys(self, first: int, last: int) -> list[Key | None]:
        """Return the key of each line from `first` to `last`; None where nothing is known yet."""
        ...

    def spans(self, number: int, key: Key) -> list[Span]:
        """Return the spans of a line that has this key."""
        ...


class LineHighlighting:
    """Highlights a text whose lexer goes line by line."""

    def __init__(self, lexer: LineLexer, lines: Lines) -> None:
        self._lexer = lexer
        self._lines = lines
        self._states = LineStates(lexer, lines.count())
        self._lexed = lru_cache(maxsize=_REMEMBERED)(lexer.lex)

    @property
    def settled(self) -> bool:
        """Whether every line's state is known."""
        return self._states.settled

    def edited(self, first: int, removed: int, added: int) -> None:
        """Take in an edit."""
        self._states.edited(first, removed, added)

    def step(self, seconds: float) -> None:
        """Find out the states of further lines."""
        deadline = time.perf_counter() + seconds
        self._states.step(self._lines.line, lambda: time.perf_counter() >= deadline)

    def keys(self, first: int, last: int) -> list[Key | None]:
        """Return the states; where no one has been yet, what they are if nothing is open."""
        keys: list[Key | None] = []
        guess: State = ROOT
        for number in range(first, last + 1):
            state = self._states.starts[number]
            if state is None:
                state = guess
            keys.append(state)
            if number < last and self._states.starts[number + 1] is None:
                guess = self._lexer.advance(self._lines.line(number), state)
        return keys

    def spans(self, number: int, key: Key) -> list[Span]:
        """Lex a line."""
        state = key if isinstance(key, tuple) else ROOT
        return self._lexed(self._lines.line(number), state)[0]


class TextHighlighting:
    """Highlights a text with a lexer that has to see all of it."""

    def __init__(self, lexer: "Lexer", lines: Lines) -> None:
        self._lexer = lexer
        self._lines = lines
        self._found: list[tuple[Span, ...] | None] = [None] * lines.count()
        self._run: Iterator[None] | None = self._lex()

    @property
    def settled(self) -> bool:
        """Whether the whole text has been seen."""
        return self._run is None

    def edited(self, first: int, removed: int, added: int) -> None:
        """Start anew; what was found stands until it is found again, but for what changed."""
        self._found[first + 1 : first + 1 + removed] = [None] * added
        self._found[first] = None
        self._run = self._lex()

    def step(self, seconds: float) -> None:
        """Pull further tokens."""
        deadline = time.perf_counter() + seconds
        while self._run is not None and time.perf_counter() < deadline:
            if next(self._run, self) is self:
                self._run = None

    def keys(self, first: int, last: int) -> list[Key | None]:
        """Return what was found."""
        return list(self._found[first : last + 1])

    def spans(self, number: int, key: Key) -> list[Span]:  # noqa: ARG002 - the protocol's
        """Return the spans that are the key."""
        return list(key) if isinstance(key, tuple) else []

    def _lex(self) -> Iterator[None]:
        """Lex everything, a line being filed as soon as the next one begins."""
        line: list[Span] = []
        number, begins = 0, 0
        for start, token, text in self._lexer.get_tokens_unprocessed(self._lines.text()):
            role = role_of(token)
            place = start
            for part in text.split("\n"):
                if place > start:
                    self._file(number, line)
                    number, begins, line = number + 1, place, []
                if role and part and place - begins < LONGEST:
                    line.append((place - begins, len(part), role))
                place += len(part) + 1
            yield
        for rest in range(number, len(self._found)):
            self._file(rest, line if rest == number else [])

    def _file(self, number: int, line: list[Span]) -> None:
        if number < len(self._found):
            self._found[number] = tuple(line)


def spans_of(lexer: LineLexer, lines: list[str]) -> list[list[Span]]:
    """Return the spans of every line, lexed from the first to the last."""
    found: list[list[Span]] = []
    state = ROOT
    for line in lines:
        spans, state = lexer.lex(line, state)
        found.append(spans)
    return found
