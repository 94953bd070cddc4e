"""Reading the spool: bytes by offset, from one descriptor."""

import os
from pathlib import Path


class SpoolReader:
    """The payload bytes of a log. After `close` it still reads, opening the file each time."""

    def __init__(self, path: Path) -> None:
        """Open the spool; raise OSError where that fails, but accept that it is missing."""
        self.path = path
        self._closed = False
        self._descriptor: int | None = None
        self._opened()

    def size(self) -> int:
        """Return how long the spool is now, in bytes."""
        descriptor = self._opened()
        if descriptor is not None:
            return os.fstat(descriptor).st_size
        return self.path.stat().st_size if self.path.exists() else 0

    def read(self, start: int, stop: int) -> bytes:
        """Return the bytes from `start` up to `stop`, fewer where the spool ends before."""
        descriptor = self._opened()
        if descriptor is not None:
            return _pread(descriptor, start, stop)
        with self.path.open("rb") as spool:
            return _pread(spool.fileno(), start, stop)

    def close(self) -> None:
        """Let go of the descriptor."""
        self._closed = True
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __del__(self) -> None:
        # Whoever only looks at a log need not remember to close it.
        self.close()

    def _opened(self) -> int | None:
        """Return the descriptor; None after `close` and while the file is missing."""
        if self._descriptor is None and not self._closed:
            try:
                self._descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                return None
        return self._descriptor


def _pread(descriptor: int, start: int, stop: int) -> bytes:
    data = os.pread(descriptor, stop - start, start)
    while data and start + len(data) < stop:
        more = os.pread(descriptor, stop - start - len(data), start + len(data))
        if not more:
            break
        data += more
    return data
