"""Opening a log that someone wrote, or is writing: what of it can be believed. Never writes.

The index is believed up to its first damage. Spool bytes after that are shown too, as recovered
rows, unless the run is live: then they belong to a batch whose records are still to come.
"""

import os
import stat
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from session.log.columns import Columns
from session.log.liveness import is_locked
from session.log.records import (
    HEADER_SIZE,
    INDEX_NAME,
    RECORD_SIZE,
    RECOVERED_META,
    Header,
    Records,
    parse_header,
    trusted,
    unpack_records,
)
from session.log.splitter import line_ends
from session.log.spool import SpoolReader

#: Records and spool bytes taken at a time, so that opening a huge log needs little memory.
_RECORDS_AT_A_TIME = 256 * 1024
_BYTES_AT_A_TIME = 4 * 1024 * 1024


class _Seen(NamedTuple):
    """What the files looked like when they were last read."""

    live: bool
    index_size: int
    spool_size: int


class LogReader:
    """Fills columns from a run's folder, again and again while the run goes on."""

    def __init__(
        self, folder: Path, columns: Columns, spool: SpoolReader, live: bool | None
    ) -> None:
        """`live` None means: look whether the folder is locked, each time anew."""
        self.header: Header | None = None
        self.indexed = 0  # rows that the index vouches for; those after it are recovered
        self._folder = folder
        self._columns = columns
        self._spool = spool
        self._live = live
        self._seen: _Seen | None = None

    def refresh(self) -> bool:
        """Pick up what was written since; return whether there are more rows."""
        seen = self._look()
        if seen == self._seen:
            return False
        before = len(self._columns)
        self._columns.cut(self.indexed)
        self._read_index(seen)
        if not seen.live:
            self._recover(seen.spool_size)
        self._seen = seen
        return len(self._columns) > before

    def _look(self) -> _Seen:
        # The order matters: what is not live now will not get records any more, and the spool
        # has at least what the index names.
        live = is_locked(self._folder) if self._live is None else self._live
        try:
            status = (self._folder / INDEX_NAME).stat()
            index_size = status.st_size if stat.S_ISREG(status.st_mode) else 0
        except FileNotFoundError:
            index_size = 0
        return _Seen(live, index_size, self._spool.size())

    def _read_index(self, seen: _Seen) -> None:
        if seen.index_size < HEADER_SIZE:
            return
        with (self._folder / INDEX_NAME).open("rb", buffering=0) as index:
            self.header = self.header or parse_header(os.pread(index.fileno(), HEADER_SIZE, 0))
            if self.header is None:
                return
            for records in _record_runs(index.fileno(), self.indexed, seen.index_size):
                count = trusted(records, self._columns.size, seen.spool_size)
                self._take(records, count)
                if count < len(records.ends):
                    return

    def _take(self, records: Records, count: int) -> None:
        self._columns.extend(records.ends[:count], records.times[:count], records.meta[:count])
        self.indexed += count

    def _recover(self, spool_size: int) -> None:
        """Add a row for every line after the last trusted one; the last may lack its newline."""
        columns = self._columns
        if columns.size >= spool_size:
            return
        at = self._recovered_time()
        for start in range(columns.size, spool_size, _BYTES_AT_A_TIME):
            block = self._spool.read(start, min(start + _BYTES_AT_A_TIME, spool_size))
            _add_recovered(columns, line_ends(block, start), at)
        if columns.size < spool_size:
            _add_recovered(columns, array("Q", [spool_size + 1]), at)

    def _recovered_time(self) -> float:
        """Nobody noted when these lines came: after the last row, before the file's last change."""
        changed = self._spool.path.stat().st_mtime
        return max(changed, self._columns.times[-1]) if self._columns.times else changed


def _add_recovered(columns: Columns, ends: "array[int]", at: float) -> None:
    columns.extend(ends, array("d", [at]) * len(ends), bytes([RECOVERED_META]) * len(ends))


def _record_runs(descriptor: int, first: int, size: int) -> Iterator[Records]:
    """Yield the index's whole records from row `first` on, a run of them at a time."""
    for row in range(first, (size - HEADER_SIZE) // RECORD_SIZE, _RECORDS_AT_A_TIME):
        start = HEADER_SIZE + row * RECORD_SIZE
        stop = min(start + _RECORDS_AT_A_TIME * RECORD_SIZE, size)
        yield unpack_records(os.pread(descriptor, stop - start, start))
