"""How much a run has written: what its folders take on the disk, in short walks one after another.

Links are not followed, and what vanishes in mid-walk is passed over. A file that has no name any
more is not seen.
"""

from __future__ import annotations

import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Between the beginnings of two walks.
PERIOD_S = 0.5
#: How long one slice of a walk may take, and from one slice to the next.
SLICE_S, _REST_S = 0.003, 0.06
_BLOCK = 512
#: What a file counts for that has nothing in it: its name takes room as well.
_LEAST = 512


class DiskGauge:
    """Tells when folders have grown by more than `limit` bytes since it was made."""

    def __init__(self, limit: int, folders: Sequence[str]) -> None:
        self.limit = limit
        self._folders = tuple(folders)
        self._before = sum(_taken(self._folders))
        self._spaces: list[tuple[str, int]] = []
        self._walk: Iterator[int] | None = None
        self._sum = 0
        self._start = time.monotonic() + PERIOD_S
        #: When to look again, by the monotonic clock.
        self.due = self._start

    def count_as_well(self, spaces: Sequence[str]) -> None:
        """Count whole file systems too, from what they hold now; one out of reach is left out."""
        self._spaces = [(path, _held(path)) for path in spaces]

    def over(self) -> int | None:
        """Walk on for a moment; return by how much they have grown where that is too much."""
        began = time.monotonic()
        if self._walk is None:
            self._walk, self._start = _taken(self._folders), began + PERIOD_S
            self._sum = sum(max(_held(path) - before, 0) for path, before in self._spaces)
            if self._sum > self.limit:
                return self._sum
        for size in self._walk:
            self._sum += size
            if self._sum - self._before > self.limit:
                return self._sum - self._before
            if time.monotonic() - began > SLICE_S:
                self.due = began + _REST_S
                return None
        self._walk, self.due = None, self._start
        return None


def _held(path: str) -> int:
    try:
        state = os.statvfs(path)
    except OSError:
        return 0
    return (state.f_blocks - state.f_bfree) * state.f_frsize


def _taken(folders: Sequence[str]) -> Iterator[int]:
    """Yield the bytes on disk of everything in the folders, a file with several names once."""
    seen: set[tuple[int, int]] = set()
    queue = list(folders)
    while queue:
        try:
            with os.scandir(queue.pop()) as entries:
                for entry in entries:
                    yield _size(entry, queue, seen)
        except OSError:
            continue


def _size(entry: os.DirEntry[str], queue: list[str], seen: set[tuple[int, int]]) -> int:
    try:
        info = entry.stat(follow_symlinks=False)
        if entry.is_dir(follow_symlinks=False):
            queue.append(entry.path)
    except OSError:
        return 0
    if info.st_nlink > 1 and not entry.is_dir(follow_symlinks=False):
        identity = info.st_dev, info.st_ino
        if identity in seen:
            return 0
        seen.add(identity)
    return max(info.st_blocks * _BLOCK, _LEAST)
