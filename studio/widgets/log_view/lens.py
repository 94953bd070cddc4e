"""Which rows of a log are displayed: those that pass the filter, repeated ones once. Pure."""

from collections.abc import Sequence

from studio.widgets.log_view.passed_rows import PassedRows
from studio.widgets.log_view.repeats import Repeat, Repeats


class Lens:
    """Displayed rows 0, 1, … over sequence numbers; `collapse` on or off."""

    def __init__(self) -> None:
        self.passed = PassedRows(0)
        self._repeats: Repeats | None = None

    @property
    def repeats(self) -> Repeats | None:
        """What collapses rows, or None where every row is displayed."""
        return self._repeats

    @property
    def collapsed(self) -> bool:
        """Whether repeated rows are displayed once."""
        return self._repeats is not None

    def __len__(self) -> int:
        places = len(self.passed)
        return places if self._repeats is None else self._repeats.rows(places)

    def replace(self, passed: PassedRows) -> None:
        """Show other rows from now on."""
        self.passed = passed
        self.look_again()

    def set_collapsed(self, collapsed: bool) -> None:
        """Begin or end to display repeated rows once."""
        if collapsed != self.collapsed:
            self._repeats = Repeats() if collapsed else None

    def look_again(self) -> None:
        """Forget what was found to be repeated: places have moved."""
        if self._repeats is not None:
            self._repeats = Repeats()

    def seq_at(self, row: int) -> int:
        """Return the sequence number of a displayed row; IndexError where there is none."""
        return self.passed.seq_at(row if self._repeats is None else self._repeats.place_of(row))

    def row_of(self, seq: int) -> int:
        """Return the displayed row that shows a sequence number, or the next one shown."""
        place = self.passed.place_of(seq)
        return place if self._repeats is None else self._repeats.row_of(place)

    def repeat_at(self, row: int) -> Repeat | None:
        """Return the repetition that begins at a displayed row, if one does."""
        return None if self._repeats is None else self._repeats.repeat_at(row)

    def seqs(self, first: int, stop: int) -> list[int]:
        """Return the sequence numbers of displayed rows, as far as there are any."""
        first, stop = max(first, 0), min(stop, len(self))
        if self._repeats is None:
            return list(self.passed.page(first, stop))
        return [self.seq_at(row) for row in range(first, stop)]

    def between(self, first: int, last: int) -> Sequence[int]:
        """Return the numbers from `first` to `last` that pass, hidden repetitions with them."""
        if not len(self):
            return ()
        end = min(self.row_of(last), len(self) - 1)
        return self.between_rows(min(self.row_of(first), end), end)

    def between_rows(self, first: int, last: int) -> Sequence[int]:
        """Return the numbers that displayed rows `first` to `last` stand for."""
        if self._repeats is None:
            return self.passed.page(first, last + 1)
        beyond = last + 1 >= len(self)
        stop = len(self.passed) if beyond else self._repeats.place_of(last + 1)
        return self.passed.page(self._repeats.place_of(first), stop)
