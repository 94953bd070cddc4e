"""The lexer's state at the start of every line, brought up to date in slices. No Qt.

`starts[n]` is the state at the start of line n. The lines up to `_next` are right. From
`_agrees_from` up to `_reached` the states agree with each other: each follows from the one
before. So lexing goes on from `_next` only until it meets a state of that stretch that is what
it was, and then jumps to the stretch's end.
"""

from collections.abc import Callable

from studio.widgets.code_editor.line_lexer import ROOT, LineLexer, State


class LineStates:
    """States of the lines of one text, counted from 0."""

    def __init__(self, lexer: LineLexer, count: int) -> None:
        self._lexer = lexer
        #: The state at the start of each line; None where no one has been there yet.
        self.starts: list[State | None] = [ROOT, *[None] * (count - 1)]
        self._next = 0
        self._agrees_from = 0
        self._reached = 1

    @property
    def settled(self) -> bool:
        """Whether every line has the state it has to have."""
        return self._next >= len(self.starts) - 1

    def edited(self, first: int, removed: int, added: int) -> None:
        """Take in that line `first` changed and that `removed` lines after it became `added`."""
        self.starts[first + 1 : first + 1 + removed] = [None] * added
        delta, after = added - removed, first + added + 1
        if first < self._next < self._reached - 1:
            self._agrees_from = max(self._agrees_from, self._next + 1)
        self._agrees_from = max(after, self._agrees_from + delta)
        if self._reached > first + 1 + removed:
            self._reached += delta
        else:
            self._reached = min(self._reached, first + 1)
        self._next = min(self._next, first)

    def step(self, line_at: Callable[[int], str], ended: Callable[[], bool]) -> None:
        """Lex on until `ended()` or until all is settled."""
        while not self.settled:
            self._advance(line_at(self._next))
            if ended():
                return

    def _advance(self, line: str) -> None:
        number = self._next + 1
        state = self._lexer.advance(line, self.starts[self._next] or ROOT)
        if self._agrees_from <= number < self._reached and state == self.starts[number]:
            self._next = self._reached - 1
            return
        self.starts[number] = state
        self._reached = max(self._reached, number + 1)
        self._next = number
