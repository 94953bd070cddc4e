"""What was found in one document: searched in slices, counted, the visible part told. No widget.

Positions are in Qt's units, so that cursors can be put there.
"""

import re
import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Final

#: More are not counted; the bar then says "10,000+".
MOST: Final = 10_000
#: How much text is searched before the time is looked at, in characters.
_CHUNK: Final = 256 * 1024


class FindSession:
    """The matches of a pattern in a text; `advance` until `finished`.

    `scope` limits it to a part of the text, from and to, in Qt's units.
    """

    def __init__(
        self, pattern: re.Pattern[str], text: str, scope: tuple[int, int] | None = None
    ) -> None:
        self.pattern = pattern
        self.text = text
        self.finished = False
        self._wide = (
            []
            if text.isascii()
            else [place for place, character in enumerate(text) if character > "\uffff"]
        )
        self._wide_units = [place + number for number, place in enumerate(self._wide)]
        whole = (0, len(text))
        self._scope = whole if scope is None else (self.offset(scope[0]), self.offset(scope[1]))
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._run = self._search()

    def __len__(self) -> int:
        return len(self._starts)

    @property
    def overflowed(self) -> bool:
        """Whether there may be more than were counted."""
        return len(self) >= MOST

    def advance(self, seconds: float) -> None:
        """Search on for about so long."""
        deadline = time.perf_counter() + seconds
        while not self.finished and time.perf_counter() < deadline:
            if next(self._run, self) is self:
                self.finished = True

    def finish(self) -> None:
        """Search to the end."""
        for _ in self._run:
            pass
        self.finished = True

    def match(self, index: int) -> tuple[int, int]:
        """Return where a match begins and ends."""
        return self.units(self._starts[index]), self.units(self._ends[index])

    def index_of(self, start: int, end: int) -> int | None:
        """Return which match begins and ends there, if one does."""
        index = bisect_left(self._starts, self.offset(start))
        found = index < len(self) and self.match(index) == (start, end)
        return index if found else None

    def next_from(self, position: int) -> tuple[int, int, bool] | None:
        """Return where the first match from a position on begins and ends, and whether that
        wrapped. It need not have been counted yet.
        """
        start, end = self._scope
        here = max(start, self.offset(position))
        for begins, ends, wrapped in ((here, end, False), (start, end, True)):
            for match in self.pattern.finditer(self.text, begins, ends):
                if match.end() > match.start():
                    return self.units(match.start()), self.units(match.end()), wrapped
        return None

    def previous_from(self, position: int) -> tuple[int, int, bool] | None:
        """Return the last match that begins before a position, of those that were counted."""
        if not self._starts:
            return None
        index = bisect_left(self._starts, self.offset(position)) - 1
        return (*self.match(index), False) if index >= 0 else (*self.match(len(self) - 1), True)

    def between(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the matches that lie in or reach into a stretch."""
        first = bisect_right(self._ends, self.offset(start))
        last = bisect_left(self._starts, self.offset(end))
        return [self.match(index) for index in range(first, last)]

    def all_matches(self) -> list[re.Match[str]]:
        """Return every match in the scope, however many there are."""
        found = self.pattern.finditer(self.text, *self._scope)
        return [match for match in found if match.end() > match.start()]

    def units(self, offset: int) -> int:
        """Return an offset into the text in Qt's units."""
        return offset + bisect_left(self._wide, offset) if self._wide else offset

    def offset(self, units: int) -> int:
        """Return a position of Qt's as an offset into the text."""
        return units - bisect_left(self._wide_units, units) if self._wide else units

    def _search(self) -> Iterator[None]:
        start, end = self._scope
        while start < end:
            stop = self._stop_after(start, end)
            for match in self.pattern.finditer(self.text, start, stop):
                if match.end() > match.start():
                    self._starts.append(match.start())
                    self._ends.append(match.end())
                    if len(self._starts) >= MOST:
                        return
                    if len(self._starts) % 256 == 0:
                        yield
            start = stop
            yield

    def _stop_after(self, start: int, end: int) -> int:
        if _may_cross_lines(self.pattern.pattern) or end - start <= _CHUNK:
            return end
        line_end = self.text.find("\n", start + _CHUNK, end)
        return end if line_end < 0 else line_end + 1


def _may_cross_lines(pattern: str) -> bool:
    return any(part in pattern for part in ("\n", r"\n", r"\s", r"\W", r"\D", "[^", "(?s", r"\Z"))
