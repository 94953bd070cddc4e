"""Writing a log's two files, spool first, so that the index never names bytes that are not there.

A write that fails is taken back: what was acknowledged stays, nothing half-written does.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from session.log.records import (
    HEADER_SIZE,
    INDEX_NAME,
    RECORD_SIZE,
    SPOOL_NAME,
    Header,
    pack_header,
    pack_records,
)

if TYPE_CHECKING:
    from array import array

_FLAGS: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC

Part = bytes | bytearray | memoryview


class Written(NamedTuple):
    """How many rows of a batch are safe, and why the others are not."""

    rows: int
    error: OSError | None = None


class LogWriter:
    """The only writer of one run's log. The files must not exist before."""

    def __init__(self, folder: Path, header: Header) -> None:
        """Create both files; raise OSError where that fails, leaving neither behind."""
        packed = pack_header(header)
        self._rows = 0
        self._size = 0
        self._broken: OSError | None = None
        self._spool = self._index = -1
        self._spool = os.open(folder / SPOOL_NAME, _FLAGS, 0o600)
        try:
            self._index = os.open(folder / INDEX_NAME, _FLAGS, 0o600)
            _write(self._index, (packed,))
        except OSError:
            made = [SPOOL_NAME, INDEX_NAME] if self._index >= 0 else [SPOOL_NAME]
            self.close()
            for name in made:
                (folder / name).unlink()
            raise

    def write(self, parts: Sequence[Part], ends: "array[int]", at: float, meta: bytes) -> Written:
        """Write a batch of rows: their bytes, where each ends, when, what they are.

        Where the disk gives out, the rows whose records were written whole are kept: another
        process may have seen them already.
        """
        if self._broken is not None:
            return Written(0, self._broken)
        try:
            _write(self._spool, parts)
        except OSError as error:
            self._take_back(self._size)
            return Written(0, error)
        try:
            _write(self._index, (pack_records(ends, at, meta),))
        except OSError as error:
            kept = self._records_written()
            self._take_back(ends[kept - 1] if kept else self._size, kept)
            return Written(kept, error)
        self._advance(len(ends), ends[-1])
        return Written(len(ends))

    def sync(self) -> None:
        """Have the disk take everything; raise OSError where it does not."""
        if self._broken is not None:
            raise self._broken
        os.fdatasync(self._spool)
        os.fdatasync(self._index)

    def close(self) -> None:
        """Let go of both files; harmless when repeated."""
        for descriptor in (self._spool, self._index):
            if descriptor >= 0:
                os.close(descriptor)
        self._spool = self._index = -1
        self._broken = OSError("it is closed")

    def __del__(self) -> None:
        self.close()

    def _advance(self, rows: int, size: int) -> None:
        self._rows += rows
        self._size = size

    def _records_written(self) -> int:
        """Return how many whole records the index has beyond the acknowledged ones."""
        return (os.fstat(self._index).st_size - HEADER_SIZE) // RECORD_SIZE - self._rows

    def _take_back(self, size: int, kept: int = 0) -> None:
        """Cut both files to the acknowledged rows and the `kept` ones after them."""
        try:
            os.ftruncate(self._spool, size)
            os.ftruncate(self._index, HEADER_SIZE + (self._rows + kept) * RECORD_SIZE)
        except OSError as error:
            self._broken = error
        self._advance(kept, size)


def _write(descriptor: int, parts: Sequence[Part]) -> None:
    """Write all of `parts`: one call, and more only where the system took less."""
    done, whole = os.writev(descriptor, parts), sum(map(len, parts))
    if done < whole:
        rest = memoryview(b"".join(parts))
        while done < whole:
            done += os.write(descriptor, rest[done:])
