"""Cuts raw output into lines: any chunking in, whole batches out. Pure, no line is an object."""

from array import array
from io import BytesIO
from itertools import accumulate
from typing import Final, NamedTuple

#: A line longer than this many bytes is wrapped into several rows.
WRAP: Final = 64 * 1024


class Batch(NamedTuple):
    """Rows ready for the spool.

    `parts` joined are every row's bytes plus a newline each; they are not joined to spare a copy
    of everything. `ends` is the offset after each row counted from the spool's start, where the
    batch begins at `base`. `continued` are the indexes of rows whose line goes on in the next.
    """

    parts: "tuple[bytes | memoryview, ...]"
    base: int
    ends: "array[int]"
    continued: tuple[int, ...] = ()

    @property
    def block(self) -> bytes:
        """All rows in one piece."""
        return b"".join(self.parts)

    def after(self, rows: int) -> bytes:
        """Return what the program wrote in the rows that follow the first `rows`."""
        start = self.ends[rows - 1] - self.base if rows else 0
        block = self.block
        if not self.continued:
            return block[start:]
        wrapped, parts = set(self.continued), []
        for row in range(rows, len(self.ends)):
            stop = self.ends[row] - self.base
            parts.append(block[start : stop - (row in wrapped)])
            start = stop
        return b"".join(parts)


def line_ends(block: bytes, base: int) -> "array[int]":
    """Return the offset after every newline of `block`, which begins at offset `base`."""
    # Lines of a BytesIO end at newlines only; each is gone before the next one is made.
    ends = list(accumulate(map(len, BytesIO(block)), initial=base))
    if not block.endswith(b"\n"):
        del ends[-1]
    return array("Q", ends)[1:]


class LineSplitter:
    """One stream's splitter: keeps the unfinished line, at most `WRAP` bytes of it."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._backlog = False  # whether whole lines are held, given back after a failed write

    @property
    def tail(self) -> bytes:
        """The unfinished line as a terminal would show it: what follows its last return."""
        line = self._held[self._held.rfind(b"\n") + 1 :] if self._backlog else self._held
        shown = line.rstrip(b"\r")  # `end="\r"` leaves the cursor there, the text stays visible
        return bytes(shown[shown.rfind(b"\r") + 1 :])

    def push(self, data: bytes, base: int) -> Batch | None:
        """Take output; return the rows that are complete now, or None where there are none."""
        if self._backlog:
            data, self._backlog = bytes(self._held) + data, False
            self._held.clear()
        cut = data.rfind(b"\n") + 1
        if not cut:
            self._held += data
            return self._wrapped(b"", base) if len(self._held) > WRAP else None
        if len(data) - cut > WRAP or self._has_long_line(data):
            block = bytes(self._held) + data[:cut]
            self._held[:] = data[cut:]
            return self._wrapped(block, base)
        head = bytes(self._held)
        self._held[:] = data[cut:]
        return Batch((head, memoryview(data)[:cut]), base, line_ends(data, base + len(head)))

    def finish(self, base: int) -> Batch | None:
        """Return the unfinished line as a row (after whole lines given back), if there is one."""
        unfinished = self._held and self._held[-1] != 10
        return self.push(b"\n" if unfinished else b"", base)

    def give_back(self, batch: Batch, rows: int) -> None:
        """Keep what `batch` holds after its first `rows` rows; the next call offers it again."""
        self._held[:0] = batch.after(rows)
        self._backlog = True

    def _has_long_line(self, data: bytes) -> bool:
        """Whether a line must be wrapped: one that long leaves half of its length bare."""
        half, first = WRAP // 2, len(self._held) + data.find(b"\n")
        windows = range(0, len(data) - half, half)
        if first <= WRAP and all(data.find(b"\n", at, at + half) >= 0 for at in windows):
            return False
        return first > WRAP or max(map(len, data.split(b"\n"))) > WRAP

    def _wrapped(self, block: bytes, base: int) -> Batch | None:
        """Return the rows of `block` and of the held line, long ones in pieces."""
        rows: list[bytes] = []
        continued: list[int] = []
        for line in block.split(b"\n")[:-1]:
            pieces = wrap(line)
            continued.extend(range(len(rows), len(rows) + len(pieces) - 1))
            rows.extend(pieces)
        *pieces, rest = wrap(bytes(self._held))
        continued.extend(range(len(rows), len(rows) + len(pieces)))
        rows.extend(pieces)
        self._held[:] = rest
        ends = array("Q", accumulate((len(row) + 1 for row in rows), initial=base))[1:]
        return Batch((b"".join(row + b"\n" for row in rows),), base, ends, tuple(continued))


def wrap(line: bytes) -> list[bytes]:
    """Return `line` in pieces of at most `WRAP` bytes, cut between code points where it can be."""
    pieces = []
    start = 0
    while len(line) - start > WRAP:
        stop = _cut(line, start + WRAP)
        pieces.append(line[start:stop])
        start = stop
    pieces.append(line[start:])
    return pieces


def _cut(line: bytes, stop: int) -> int:
    """Return where to cut at or just before `stop`: in front of a code point's first byte."""
    for back in range(4):
        if line[stop - back] & 0xC0 != 0x80:
            return stop - back
    return stop
