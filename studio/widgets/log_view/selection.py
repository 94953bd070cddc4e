"""What is selected: rows between two sequence numbers, or characters of one row. Pure."""

from typing import NamedTuple


class Characters(NamedTuple):
    """Characters between two places of one row's text, in the order they were dragged over."""

    seq: int
    anchor: int
    head: int

    @property
    def start(self) -> int:
        """The first character."""
        return min(self.anchor, self.head)

    @property
    def stop(self) -> int:
        """Behind the last character."""
        return max(self.anchor, self.head)


class Selection(NamedTuple):
    """Rows from `anchor` to `head`, by sequence number; 0 for none. `head` has the focus.

    Numbers and not rows are kept: they stay right when rows come, go or move.
    """

    anchor: int = 0
    head: int = 0
    characters: Characters | None = None

    @property
    def rows(self) -> tuple[int, int] | None:
        """The first and the last selected sequence number."""
        if not self.anchor or not self.head or self.characters is not None:
            return None
        return min(self.anchor, self.head), max(self.anchor, self.head)

    def holds(self, seq: int) -> bool:
        """Whether a row is selected as a whole."""
        rows = self.rows
        return rows is not None and rows[0] <= seq <= rows[1]

    def at(self, seq: int) -> "Selection":
        """Return the selection of one row alone."""
        return Selection(seq, seq)

    def extended(self, seq: int) -> "Selection":
        """Return the selection from the anchor to another row."""
        return Selection(self.anchor or seq, seq)

    def over(self, seq: int, anchor: int, head: int) -> "Selection":
        """Return the selection of characters of one row."""
        return Selection(seq, seq, Characters(seq, anchor, head) if anchor != head else None)
