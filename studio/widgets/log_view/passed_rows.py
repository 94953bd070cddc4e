"""The rows that pass the filter: sequence numbers by place, without a copy where all pass. Pure."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence


class PassedRows:
    """Places 0, 1, … of the rows that pass, oldest first; `seq_at` and `place_of` translate.

    Without a filter every row up to `last` passes and nothing is kept. With one, numbers are
    added at the new end by `append` and, as a search goes back in time, at the old end by
    `prepend`.
    """

    def __init__(self, last: int | None = None) -> None:
        """Let all rows up to `last` pass, or none yet where it is None."""
        self._last = last
        self._older = array("Q")  # descending
        self._newer = array("Q")  # ascending

    @property
    def everything(self) -> bool:
        """Whether no row is filtered out."""
        return self._last is not None

    def __len__(self) -> int:
        return self._last if self._last is not None else len(self._older) + len(self._newer)

    def grow_to(self, last: int) -> None:
        """Let every row up to `last` pass too; only where nothing is filtered."""
        self._last = last

    def append(self, seqs: Iterable[int]) -> None:
        """Add newer rows, ascending."""
        self._newer.extend(seqs)

    def prepend(self, seqs: Iterable[int]) -> None:
        """Add older rows, descending."""
        self._older.extend(seqs)

    def settle(self) -> None:
        """Note that no older rows will come; from here on pages are read quickly."""
        if self._older:
            self._older.reverse()
            self._older.extend(self._newer)
            self._newer, self._older = self._older, array("Q")

    def seq_at(self, place: int) -> int:
        """Return the sequence number of a place; IndexError where there is none."""
        if not 0 <= place < len(self):
            message = f"there is no place {place}"
            raise IndexError(message)
        if self._last is not None:
            return place + 1
        older = len(self._older)
        return self._older[older - 1 - place] if place < older else self._newer[place - older]

    def page(self, first: int, stop: int) -> Sequence[int]:
        """Return the sequence numbers of places `first` to `stop`, as far as there are any."""
        first, stop = max(first, 0), min(stop, len(self))
        if self._last is not None:
            return range(first + 1, stop + 1)
        if not self._older:
            return self._newer[first:stop]
        older = len(self._older)
        page = self._older[max(older - stop, 0) : max(older - first, 0)]
        page.reverse()
        page.extend(self._newer[max(first - older, 0) : max(stop - older, 0)])
        return page

    def place_of(self, seq: int) -> int:
        """Return the place of a row or, where it does not pass, of the next one that does."""
        if self._last is not None:
            return min(max(seq - 1, 0), self._last)
        if self._older and seq <= self._older[0]:
            # The first place whose number is not below `seq`, in an array that descends.
            below = bisect_left(self._older, -seq + 1, key=lambda number: -number)
            return len(self._older) - below
        return len(self._older) + bisect_left(self._newer, seq)

    def holds(self, seq: int) -> bool:
        """Whether a row passes."""
        place = self.place_of(seq)
        return place < len(self) and self.seq_at(place) == seq
