"""Repeated rows shown once, with a count: which places are displayed. Pure.

A block of one to eight rows that follows itself is shown once. The places are looked at from
the oldest on, in as many steps as one likes: the result depends on what was fed alone.
"""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from itertools import islice
from operator import eq
from typing import Final, NamedTuple

#: The longest block of rows whose repetition is noticed.
MAX_PERIOD: Final = 8


class Repeat(NamedTuple):
    """How many times the block that begins at a row stands there, and of how many rows it is."""

    times: int
    period: int


class Repeats:
    """Rows as displayed over `done` places that are certain, and a few more that are not yet.

    What comes after all that was looked at is displayed as is.
    """

    def __init__(self) -> None:
        self.done = 0
        self._shown = array("Q")  # place of each displayed row
        self._repeats: dict[int, Repeat] = {}  # by displayed row
        self._block: list[int] = []  # the block that may go on at `done`
        self._block_row = 0
        # The last rows, as they look as long as no others follow.
        self._end: list[int] = []  # place of each displayed row
        self._end_places = 0
        self._end_repeats: dict[int, Repeat] = {}

    @property
    def seen(self) -> int:
        """How many places have been looked at."""
        return self.done + self._end_places

    def rows(self, places: int) -> int:
        """Return how many rows display `places` places."""
        return len(self._shown) + len(self._end) + max(places - self.seen, 0)

    def place_of(self, row: int) -> int:
        """Return the place that a displayed row shows first."""
        shown = len(self._shown)
        if row < shown:
            return self._shown[row]
        row -= shown
        return self._end[row] if row < len(self._end) else self.seen + row - len(self._end)

    def row_of(self, place: int) -> int:
        """Return the displayed row that shows a place."""
        if place >= self.seen:
            return len(self._shown) + len(self._end) + place - self.seen
        if place >= self.done:
            return len(self._shown) + max(bisect_right(self._end, place) - 1, 0)
        return max(bisect_right(self._shown, place) - 1, 0)

    def repeat_at(self, row: int) -> Repeat | None:
        """Return the repetition that begins at a displayed row, if one does."""
        return self._repeats.get(row) or self._end_repeats.get(row)

    def feed(self, keys: Sequence[int]) -> None:
        """Look at the keys of places `done`, `done + 1`, …, alike for alike rows.

        What more keys might change is looked at again by the next call; `done` says from where.
        """
        keys, at = list(keys), 0
        marks = _marks(keys)
        while at < len(keys):
            at = self._continued(keys, at) if self._block else at
            if self._block or at >= len(keys):
                break
            at = self._singles(keys, marks, at)
            period = _period(keys, at)
            if period is None:
                break
            if period:
                self._begin(keys[at : at + period])
                at += 2 * period
                self.done += 2 * period
            else:
                self._show(1)
                at += 1
        self._guess(keys[at:])

    def _guess(self, keys: list[int]) -> None:
        """Show the last rows as they look if no others follow."""
        self._end, self._end_places, self._end_repeats = [], len(keys), {}
        at = 0
        while at < len(keys):
            period = next((p for p in range(1, MAX_PERIOD + 1) if _twice(keys, at, p)), 0)
            row, size, times = len(self._shown) + len(self._end), period or 1, 1
            self._end.extend(range(self.done + at, self.done + at + size))
            while _twice(keys, at + (times - 1) * size, size) and period:
                times += 1
            if period:
                self._end_repeats[row] = Repeat(times, size)
            at += times * size

    def _begin(self, block: list[int]) -> None:
        self._block, self._block_row = block, len(self._shown)
        self._shown.extend(range(self.done, self.done + len(block)))
        self._repeats[self._block_row] = Repeat(2, len(block))

    def _continued(self, keys: list[int], at: int) -> int:
        """Count on in the block that is open; return where it ends, or where keys run out."""
        period, count = len(self._block), 0
        stop = at
        while keys[stop : stop + period] == self._block:
            stop += period
            count += 1
        if count:
            found = self._repeats[self._block_row]
            self._repeats[self._block_row] = Repeat(found.times + count, period)
            self.done += count * period
        rest = keys[stop : stop + period]
        if rest != self._block[: len(rest)] or len(rest) == period:
            self._block = []
        return stop

    def _singles(self, keys: list[int], marks: bytes, at: int) -> int:
        """Show the rows that repeat nothing; return where that is not certain any more."""
        certain = max(len(keys) - MAX_PERIOD, at)
        found = marks.find(1, at, certain)
        stop = certain if found < 0 else found
        self._show(stop - at)
        return stop

    def _show(self, count: int) -> None:
        self._shown.extend(range(self.done, self.done + count))
        self.done += count


def _marks(keys: list[int]) -> bytes:
    """Return a one for every key that stands again one to `MAX_PERIOD` places on."""
    found = 0
    for period in range(1, MAX_PERIOD + 1):
        found |= int.from_bytes(bytes(map(eq, keys, islice(keys, period, None))), "little")
    return found.to_bytes(len(keys), "little")


def _twice(keys: list[int], at: int, period: int) -> bool:
    """Whether a block stands at `at` two times in a row."""
    second = keys[at + period : at + 2 * period]
    return len(second) == period and keys[at : at + period] == second


def _period(keys: list[int], at: int) -> int | None:
    """Return the length of the block that repeats at `at`, 0 for none, None for not yet known."""
    for period in range(1, MAX_PERIOD + 1):
        second = keys[at + period : at + 2 * period]
        if keys[at : at + len(second)] == second:
            if len(second) < period:
                return None
            return period
    return 0
