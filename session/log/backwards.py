"""Reading a log from its end, block by block, without its whole index in memory."""

import os
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from session.log.records import (
    HEADER_SIZE,
    INDEX_NAME,
    RECORD_SIZE,
    RECOVERED_META,
    SPOOL_NAME,
    unpack_records,
)
from session.log.scan import Block, read_block, spans
from session.log.splitter import line_ends
from session.log.spool import SpoolReader

#: Index records read at a time: few enough for the first screen to come at once.
_RECORDS_AT_A_TIME: Final = 16 * 1024


class Extent(NamedTuple):
    """What of a log is to be read: the rows after `after` up to `rows`, the newest.

    The index holds the first `indexed` rows of the log.
    """

    folder: Path
    rows: int
    indexed: int
    after: int = 0


class PlacedBlock(NamedTuple):
    """A block, and how many rows of the log come before the row that it counts as 0."""

    before: int
    block: Block


class BackwardsLog:
    """Blocks of a log, newest first. What it reads was found sound by the store that was asked."""

    def __init__(self, extent: Extent) -> None:
        """Open both files; raise OSError where that fails."""
        self._extent = extent
        self._spool = SpoolReader(extent.folder / SPOOL_NAME)
        self._index = os.open(extent.folder / INDEX_NAME, os.O_RDONLY) if extent.indexed else -1

    def newest_first(self) -> Iterator[PlacedBlock]:
        """Yield the blocks; the rows within each ascend.

        The last one may hold rows that are too old, where the index vouches for few.
        """
        rows, indexed = self._extent.rows, min(self._extent.indexed, self._extent.rows)
        after = min(self._extent.after, rows)
        if rows > max(indexed, after):
            yield from self._recovered(indexed, rows)
        for stop in range(indexed, after, -_RECORDS_AT_A_TIME):
            yield from self._indexed(max(stop - _RECORDS_AT_A_TIME, after), stop)

    def close(self) -> None:
        """Let go of the files."""
        self._spool.close()
        if self._index >= 0:
            os.close(self._index)
            self._index = -1

    def _indexed(self, first: int, stop: int) -> Iterator[PlacedBlock]:
        lead = int(first > 0)  # the row before is read too: it tells where the first one begins
        start, count = first - lead, stop - first + lead
        data = os.pread(self._index, count * RECORD_SIZE, HEADER_SIZE + start * RECORD_SIZE)
        records = unpack_records(data)
        yield from self._placed(start, lead, records.ends, records.meta)

    def _recovered(self, indexed: int, rows: int) -> Iterator[PlacedBlock]:
        """Yield the rows after the index: the lines of the rest of the spool."""
        base = self._end_of(indexed)
        size = self._spool.size()
        ends = line_ends(self._spool.read(base, size), base)
        if len(ends) < rows - indexed:  # the last line has no newline
            ends.append(size + 1)
        del ends[rows - indexed :]
        lead = array("Q", [base] if base else [])
        meta = bytes([RECOVERED_META]) * (len(lead) + len(ends))
        yield from self._placed(indexed - len(lead), len(lead), lead + ends, meta)

    def _end_of(self, rows: int) -> int:
        if not rows:
            return 0
        data = os.pread(self._index, RECORD_SIZE, HEADER_SIZE + (rows - 1) * RECORD_SIZE)
        return unpack_records(data).ends[0]

    def _placed(
        self, before: int, lead: int, ends: "array[int]", meta: bytes
    ) -> Iterator[PlacedBlock]:
        for first, stop in reversed(list(spans(ends, lead, len(ends)))):
            yield PlacedBlock(before, read_block(ends, meta, first, stop, self._spool.read))
