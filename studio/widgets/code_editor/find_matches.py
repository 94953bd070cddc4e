"""What was found in one text so far: counted, stepped through, the visible part told. Pure.

Positions are in Qt's units, so that cursors can be put there; offsets count characters.
"""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Final, NamedTuple

#: More are not looked for.
MOST: Final = 1_000_000
_WIDE: Final = re.compile("[\U00010000-\U0010ffff]")


class Step(NamedTuple):
    """A match to go to, and whether it lies beyond the end or beginning."""

    start: int
    end: int
    wrapped: bool


class Matches:
    """The matches in a text, as they come, from its beginning on.

    `scope` limits them to a part, from and to, in Qt's units. `known_to` is the offset up to
    which every match is known that begins before it; `finished` once all are.
    """

    def __init__(self, text: str, scope: tuple[int, int] | None = None) -> None:
        self.text = text
        self.finished = False
        self._wide = [match.start() for match in _WIDE.finditer(text)] if _is_wide(text) else []
        self._wide_units = [place + number for number, place in enumerate(self._wide)]
        whole = (0, len(text))
        self.scope = whole if scope is None else (self.offset(scope[0]), self.offset(scope[1]))
        self.known_to = self.scope[0]
        self._starts = array("q")
        self._ends = array("q")

    def __len__(self) -> int:
        return len(self._starts)

    @property
    def overflowed(self) -> bool:
        """Whether there may be more than were looked for."""
        return len(self) >= MOST

    def add(self, start: int, end: int) -> None:
        """Take one more match, given by its offsets."""
        self._starts.append(start)
        self._ends.append(end)

    def add_all(self, spans: Iterable[int]) -> None:
        """Take matches: start and end in turn."""
        flat = array("q", spans)
        self._starts.extend(flat[0::2])
        self._ends.extend(flat[1::2])
        if flat:
            self.known_to = max(self.known_to, flat[-1])

    def match(self, index: int) -> tuple[int, int]:
        """Return where a match begins and ends."""
        return self.units(self._starts[index]), self.units(self._ends[index])

    def span(self, index: int) -> tuple[int, int]:
        """Return the offsets of a match."""
        return self._starts[index], self._ends[index]

    def index_of(self, start: int, end: int) -> int | None:
        """Return which match begins and ends there, if one does."""
        index = bisect_left(self._starts, self.offset(start))
        found = index < len(self) and self.match(index) == (start, end)
        return index if found else None

    def next_from(self, position: int) -> Step | None:
        """Return the first match from a position on, or of all.

        None where there is none, or it is not known yet (`finished` tells which).
        """
        index = bisect_left(self._starts, self.offset(position))
        if index < len(self):
            return Step(*self.match(index), wrapped=False)
        return Step(*self.match(0), wrapped=True) if self.finished and len(self) else None

    def previous_from(self, position: int) -> Step | None:
        """Return the last match that begins before a position, or of all; None as above."""
        offset = self.offset(position)
        if not self.finished and self.known_to < offset:
            return None
        index = bisect_left(self._starts, offset) - 1
        if index >= 0:
            return Step(*self.match(index), wrapped=False)
        return Step(*self.match(len(self) - 1), wrapped=True) if self.finished and self else None

    def between(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the matches that lie in or reach into a stretch."""
        first = bisect_right(self._ends, self.offset(start))
        last = bisect_left(self._starts, self.offset(end))
        return [self.match(index) for index in range(first, last)]

    def units(self, offset: int) -> int:
        """Return an offset into the text in Qt's units."""
        return offset + bisect_left(self._wide, offset) if self._wide else offset

    def offset(self, units: int) -> int:
        """Return a position of Qt's as an offset into the text."""
        return units - bisect_left(self._wide_units, units) if self._wide else units


def _is_wide(text: str) -> bool:
    """Whether a text has characters that take two of Qt's units."""
    return not text.isascii() and len(text.encode("utf-16-le", "surrogatepass")) > 2 * len(text)
