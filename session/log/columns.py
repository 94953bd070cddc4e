"""A log's rows in memory, column by column: about 17 bytes a row and no object for any."""

from array import array


class Columns:
    """End offsets in the spool, wall times and meta bytes. Rows count from 0 here."""

    def __init__(self) -> None:
        self.ends: array[int] = array("Q")
        self.times: array[float] = array("d")
        self.meta = bytearray()

    def __len__(self) -> int:
        return len(self.meta)

    @property
    def size(self) -> int:
        """Where the last row ends in the spool, its newline included."""
        return self.ends[-1] if self.ends else 0

    def start(self, row: int) -> int:
        """Return where a row begins in the spool."""
        return self.ends[row - 1] if row else 0

    def extend(self, ends: "array[int]", times: "array[float]", meta: bytes) -> None:
        """Add rows at the end."""
        self.ends.extend(ends)
        self.times.extend(times)
        self.meta += meta

    def cut(self, rows: int) -> None:
        """Forget the rows after the first `rows`."""
        del self.ends[rows:], self.times[rows:], self.meta[rows:]
