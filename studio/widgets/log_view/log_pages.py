"""Rows of a log by sequence number, read in pages that are small enough for one slice."""

from collections.abc import Iterator, Sequence
from typing import Final

from session.log.entry import Row
from session.log.store import LogStore
from studio.widgets.log_view.shown_line import lost_bytes

#: Rows read at a time.
PAGE: Final = 128
_WASTE: Final = 4

RawRow = tuple[Row, bytes | None]


def raw_rows(log: LogStore, seqs: Sequence[int]) -> Iterator[RawRow]:
    """Yield rows one by one, each with its bytes where decoding lost some; `seqs` ascend."""
    for first in range(0, len(seqs), PAGE):
        for row in rows_of(log, seqs[first : first + PAGE]):
            yield row, log.raw(row.seq) if lost_bytes(row) else None


def rows_of(log: LogStore, seqs: Sequence[int]) -> list[Row]:
    """Return some rows; those between them are read along where they are few."""
    if not seqs:
        return []
    first, last = seqs[0], seqs[-1]
    if last - first >= _WASTE * len(seqs):
        return [log.row(seq) for seq in seqs]
    rows = log.read(first - 1, last - first + 1)
    if len(rows) == len(seqs):
        return rows
    wanted = set(seqs)
    return [row for row in rows if row.seq in wanted]
