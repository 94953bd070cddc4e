"""Finding the rows that a query wants in blocks of the spool. Pure: bytes in, row numbers out.

Text is matched on a row's message, decoded as it is shown, line by line; where it holds colour
codes, with them and without. Whole blocks are searched at C speed for the rows that are plain
ASCII lines; the others are looked at alone.
"""

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import compress
from time import perf_counter
from typing import Final, NamedTuple, Protocol

from session.log.records import EXTRAS_BIT

#: Bytes of the spool that are searched at a time.
BLOCK_SIZE: Final = 1024 * 1024
_HAS_EXTRAS: Final = bytes(1 if meta & EXTRAS_BIT else 0 for meta in range(256))
#: How much of a block is searched to see which way is quickest, and after how many blocks again.
_SAMPLE: Final = 32 * 1024
_TRY_EVERY: Final = 16
_MARKS_AT_A_TIME: Final = 8192
#: Seconds that a row costs which holds a literal, besides finding it. Only chooses the way.
_HIT_COST: Final = 1.5e-6
#: Where fewer rows than one in this many are left, they are looked at one by one.
_RARE: Final = 6
#: What a terminal does not show: colours and cursor moves, titles and links.
_ESCAPE: Final = b"\x1b"
_ESCAPES: Final = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)?)")


class Block(NamedTuple):
    """Rows `first` to `stop` of some columns, and their bytes: `data` begins at offset `base`."""

    data: bytes
    base: int
    first: int
    stop: int
    ends: "array[int]"
    meta: bytes  # of these rows only

    def row_at(self, position: int, after: int) -> int:
        """Return the row that holds a position in `data`, known not to be before row `after`."""
        return bisect_right(self.ends, self.base + position, after, self.stop)

    def begin(self, row: int) -> int:
        """Return where a row begins in `data`."""
        return self.ends[row - 1] - self.base if row > self.first else 0

    def end(self, row: int) -> int:
        """Return where a row's bytes end in `data`, its newline not included."""
        return self.ends[row] - self.base - 1

    def message(self, row: int) -> bytes:
        """Return the row's message without its extras."""
        payload = self.data[self.begin(row) : self.end(row)]
        return payload.rpartition(b"\0")[0] if self.has_extras(row) else payload

    def has_extras(self, row: int) -> bool:
        """Whether more than the message is stored in the row."""
        return bool(self.meta[row - self.first] & EXTRAS_BIT)


class Matcher(Protocol):
    """Finds rows by their message."""

    def rows(self, block: Block, wanted: bytes) -> list[int]:
        """Return the matching rows, ascending. Unwanted rows (a zero byte) may be missing."""
        ...

    def matches(self, message: bytes) -> bool:
        """Whether one row's message matches."""
        ...


class TextMatcher:
    """Rows that hold a literal text within one line."""

    def __init__(self, text: str) -> None:
        self._needle = text.encode("utf-8", "backslashreplace")
        self._possible = "\n" not in text

    def rows(self, block: Block, wanted: bytes) -> list[int]:  # noqa: ARG002 - the protocol's
        """See `Matcher`."""
        if not self._possible:
            return []
        found = list(_found(block, self._needle, block.data))
        if _ESCAPE in block.data and self._needle in _ESCAPES.sub(b"", block.data):
            return _with_dressed(block, found, self.matches)
        return found

    def matches(self, message: bytes) -> bool:
        """See `Matcher`."""
        return self._possible and (self._needle in message or self._needle in _undressed(message))


class RegexMatcher:
    """Rows with a line in which a pattern is found.

    `in_blocks` is the pattern for whole blocks of ASCII lines, if there is one. `literals` are
    sets of strings, lower case where `lowered` says so: every match holds one string of each set.
    """

    def __init__(
        self,
        line: "re.Pattern[str]",
        in_blocks: "re.Pattern[bytes] | None",
        literals: Sequence[tuple[bytes, ...]],
        *,
        lowered: bool,
    ) -> None:
        self._search = line.search
        self._in_blocks = in_blocks
        self._choice = _Choice(in_blocks, literals, lowered=lowered) if in_blocks else None
        self._lowered = lowered

    def rows(self, block: Block, wanted: bytes) -> list[int]:
        """See `Matcher`."""
        if self._in_blocks is None or self._choice is None:
            return [row for row in _wanted_rows(block, wanted) if self.matches(block.message(row))]
        literals = self._choice.for_block(block)
        if literals:
            found = self._by_literals(block, self._in_blocks, literals)
        else:
            found = list(_searched(block, self._in_blocks))
        if _ESCAPE in block.data and self._in_blocks.search(_ESCAPES.sub(b"", block.data)):
            found = _with_dressed(block, found, self.matches)
        alone = _rows_to_see_alone(block, wanted)
        if not alone:
            return found
        skipped = set(alone)
        rows = [row for row in found if row not in skipped]
        rows.extend(row for row in alone if self.matches(block.message(row)))
        return sorted(rows)

    def matches(self, message: bytes) -> bool:
        """See `Matcher`."""
        if self._in_lines(message):
            return True
        return _ESCAPE in message and self._in_lines(_undressed(message))

    def _in_lines(self, message: bytes) -> bool:
        text = message.decode("utf-8", "replace")
        if "\n" in text:
            return any(map(self._search, text.split("\n")))
        return self._search(text) is not None

    def _by_literals(
        self, block: Block, pattern: "re.Pattern[bytes]", literals: tuple[bytes, ...]
    ) -> list[int]:
        """Return the matching rows by way of the strings of which they hold one."""
        data = block.data.lower() if self._lowered else block.data
        candidates: set[int] = set()
        for literal in literals:
            candidates.update(_found(block, literal, data))
        search, text, begin, end = pattern.search, block.data, block.begin, block.end
        return [row for row in sorted(candidates) if search(text, begin(row), end(row))]


class _Choice:
    """Which literals to look for first, if any: tried out now and then, since logs differ."""

    def __init__(
        self, pattern: "re.Pattern[bytes]", literals: Sequence[tuple[bytes, ...]], *, lowered: bool
    ) -> None:
        self._pattern = pattern
        self._sets = literals
        self._lowered = lowered
        self._left = 0  # blocks until the next trial
        self._chosen: tuple[bytes, ...] = ()

    def for_block(self, block: Block) -> tuple[bytes, ...]:
        """Return the literals to look for in `block`; () to search with the pattern at once."""
        if self._sets and self._left == 0:
            self._left = _TRY_EVERY
            sample = block.data[:_SAMPLE]
            costs = [(self._cost(sample, texts), texts) for texts in self._sets]
            self._chosen = min([*costs, (self._plain_cost(sample), ())])[1]
        self._left -= 1
        return self._chosen

    def _cost(self, sample: bytes, texts: tuple[bytes, ...]) -> float:
        started = perf_counter()
        text = sample.lower() if self._lowered else sample
        hits = sum(map(text.count, texts))
        return perf_counter() - started + hits * _HIT_COST

    def _plain_cost(self, sample: bytes) -> float:
        started = perf_counter()
        for _ in self._pattern.finditer(sample):
            pass
        return perf_counter() - started


class Query(NamedTuple):
    """A query made ready: which meta bytes are wanted, and what the message must hold or not."""

    accept: bytes  # for every meta byte, 1 where such rows are wanted
    matchers: tuple[Matcher, ...]
    exclude: Matcher | None


def scan(block: Block, query: Query) -> list[int]:
    """Return the rows of `block` that the query wants, ascending."""
    wanted = block.meta.translate(query.accept)
    if 1 not in wanted:
        return []
    rows = _included(block, query.matchers, wanted)
    if query.exclude is None or not rows:
        return rows
    if len(rows) * _RARE < block.stop - block.first:
        return [row for row in rows if not query.exclude.matches(block.message(row))]
    excluded = set(query.exclude.rows(block, wanted))
    return [row for row in rows if row not in excluded]


def marked(marks: bytes | bytearray, first: int) -> "array[int]":
    """Return the places of the ones in `marks`, counted from `first`."""
    found = array("Q")
    for start in range(0, len(marks), _MARKS_AT_A_TIME):
        part = marks[start : start + _MARKS_AT_A_TIME]
        if 1 not in part:
            continue
        numbers = range(first + start, first + start + len(part))
        found.fromlist(list(compress(numbers, part)))  # short lists: they stay in the cache
    return found


def spans(ends: "array[int]", first: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield rows `first` to `stop` in spans of about `BLOCK_SIZE` bytes, as first and stop."""
    while first < stop:
        limit = (ends[first - 1] if first else 0) + BLOCK_SIZE
        last = max(bisect_right(ends, limit, first, stop), first + 1)
        yield first, last
        first = last


def read_block(
    ends: "array[int]",
    meta: bytes | bytearray,
    first: int,
    stop: int,
    read: Callable[[int, int], bytes],
) -> Block:
    """Return rows `first` to `stop` as a block; `read` gets the spool's bytes by offset."""
    base = ends[first - 1] if first else 0
    return Block(read(base, ends[stop - 1]), base, first, stop, ends, bytes(meta[first:stop]))


def _included(block: Block, matchers: Sequence[Matcher], wanted: bytes) -> list[int]:
    if not matchers:
        return list(_wanted_rows(block, wanted))
    first, *others = matchers
    rows = [row for row in first.rows(block, wanted) if wanted[row - block.first]]
    for matcher in others:
        rows = [row for row in rows if matcher.matches(block.message(row))]
    return rows


def _wanted_rows(block: Block, wanted: bytes) -> Iterator[int]:
    return compress(range(block.first, block.stop), wanted)


def _found(block: Block, needle: bytes, data: bytes) -> Iterator[int]:
    """Yield the rows whose message holds `needle`; `data` is the block's, or lowered."""
    find, row, length = data.find, block.first, len(needle)
    position = find(needle)
    while position >= 0:
        row = block.row_at(position, row)
        if row >= block.stop:
            return
        stop = block.end(row)
        if block.has_extras(row):
            stop = block.begin(row) + len(block.message(row))
        if position + length <= stop:
            yield row
        position = find(needle, block.ends[row] - block.base)
        row += 1


def _searched(block: Block, pattern: "re.Pattern[bytes]") -> Iterator[int]:
    """Yield the rows in which the block's pattern is found."""
    search, row = pattern.search, block.first
    found = search(block.data)
    while found is not None:
        row = block.row_at(found.start(), row)
        if row >= block.stop:
            return
        yield row
        found = search(block.data, block.ends[row] - block.base)
        row += 1


def _undressed(message: bytes) -> bytes:
    """Return a message as it is seen, without colours."""
    return _ESCAPES.sub(b"", message) if _ESCAPE in message else message


def _with_dressed(
    block: Block, found: Sequence[int], matches: Callable[[bytes], bool]
) -> list[int]:
    """Return the rows found, and with them those that only match without their colours."""
    rows, row = set(found), block.first
    position = block.data.find(_ESCAPE)
    while position >= 0:
        row = block.row_at(position, row)
        if row >= block.stop:
            break
        if row not in rows and matches(block.message(row)):
            rows.add(row)
        position = block.data.find(_ESCAPE, block.ends[row] - block.base)
        row += 1
    return sorted(rows)


def _rows_to_see_alone(block: Block, wanted: bytes) -> list[int]:
    """Return the wanted rows that are not plain ASCII, or hold more than their message."""
    rows = set(_with_extras(block, wanted))
    if not block.data.isascii():
        rows.update(_not_ascii(block, wanted))
    return sorted(rows)


def _with_extras(block: Block, wanted: bytes) -> Iterator[int]:
    marks = block.meta.translate(_HAS_EXTRAS)
    index = marks.find(1)
    while index >= 0:
        if wanted[index]:
            yield block.first + index
        index = marks.find(1, index + 1)


def _not_ascii(block: Block, wanted: bytes) -> Iterator[int]:
    data, begin = block.data, 0
    for row in range(block.first, block.stop):
        end = block.ends[row] - block.base
        if not data[begin:end].isascii() and wanted[row - block.first]:
            yield row
        begin = end
