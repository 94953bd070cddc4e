"""Two logs side by side: which rows are the same, which differ. Pure.

Rows are compared by what they say; times, lengths of time, addresses, process numbers and run
ids in them differ from run to run and are passed over.
"""

import re
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import IntEnum
from itertools import pairwise
from typing import Final, NamedTuple

#: What differs between two runs of the same program although nothing is different.
_PASSING: Final = re.compile(
    r"\d{8}-\d{6}-\d{3}[0-9a-z]{3}"  # a run id, also inside the path of its view
    r"|\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|\b\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?\b"
    r"|\b\d+(?:[.,]\d+)?\s?(?:ns|µs|us|ms|s|sec|seconds|min|minutes|h)\b"
    r"|\b0x[0-9a-fA-F]{4,}\b"
    r"|\bpid \d+"
)
#: A stretch without any row that stands out is compared in pieces of so many rows of each side,
#: one beside the other: looked at as a whole, it would take time by its square.
_PIECE: Final = 256


class Kind(IntEnum):
    """What a line of the comparison is."""

    SAME = 0
    CHANGED = 1
    LEFT_ONLY = 2
    RIGHT_ONLY = 3


class Aligned(NamedTuple):
    """One line of the comparison: indexes into the two logs, -1 for none, and what it is."""

    left: "array[int]"
    right: "array[int]"
    kinds: bytearray

    @property
    def differences(self) -> list[int]:
        """The first line of each stretch of lines that differ."""
        padded = [Kind.SAME, *self.kinds]
        return [at for at, (before, kind) in enumerate(pairwise(padded)) if kind and not before]


def key_of(message: str) -> str:
    """Return what a row says, without what differs from run to run."""
    return _PASSING.sub("·", message)


def align(left: Sequence[str], right: Sequence[str]) -> Aligned:
    """Align two sequences of keys."""
    numbers: dict[str, int] = {}
    a = [numbers.setdefault(key, len(numbers)) for key in left]
    b = [numbers.setdefault(key, len(numbers)) for key in right]
    matches = sorted(_matches(a, b))
    return _laid_out(matches, len(a), len(b))


class _Span(NamedTuple):
    """A part of both sequences that is still to be aligned; ends are exclusive."""

    a: int
    a_end: int
    b: int
    b_end: int


def _matches(a: list[int], b: list[int]) -> list[tuple[int, int]]:
    """Return pairs of equal rows, rising in both; a stack, for the depth has no bound."""
    found: list[tuple[int, int]] = []
    spans = [_Span(0, len(a), 0, len(b))]
    while spans:
        span = _trim(a, b, spans.pop(), found)
        if span.a == span.a_end or span.b == span.b_end:
            continue
        anchors = _anchors(a, b, span)
        if anchors:
            found += anchors
            spans += _between(span, anchors)
        else:
            for piece in _pieces(span):
                found += _closely(a, b, piece)
    return found


def _trim(a: list[int], b: list[int], span: _Span, found: list[tuple[int, int]]) -> _Span:
    """Match what both begin and end with; return the rest."""
    low_a, high_a, low_b, high_b = span
    while low_a < high_a and low_b < high_b and a[low_a] == b[low_b]:
        found.append((low_a, low_b))
        low_a, low_b = low_a + 1, low_b + 1
    while low_a < high_a and low_b < high_b and a[high_a - 1] == b[high_b - 1]:
        high_a, high_b = high_a - 1, high_b - 1
        found.append((high_a, high_b))
    return _Span(low_a, high_a, low_b, high_b)


def _anchors(a: list[int], b: list[int], span: _Span) -> list[tuple[int, int]]:
    """Return rows that stand once on either side, as many as keep their order (patience)."""
    once_a = Counter(a[span.a : span.a_end])
    once_b = Counter(b[span.b : span.b_end])
    place = {b[i]: i for i in range(span.b, span.b_end) if once_b[b[i]] == 1}
    pairs = [
        (i, place[a[i]]) for i in range(span.a, span.a_end) if once_a[a[i]] == 1 and a[i] in place
    ]
    return _longest_rising(pairs)


def _longest_rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    ends: list[int] = []
    last: list[int] = []  # of each length, the pair that ends it lowest
    before = [-1] * len(pairs)
    for index, (_, right) in enumerate(pairs):
        length = bisect_left(ends, right)
        before[index] = last[length - 1] if length else -1
        ends[length : length + 1] = [right]
        last[length : length + 1] = [index]
    rising = []
    index = last[-1] if last else -1
    while index >= 0:
        rising.append(pairs[index])
        index = before[index]
    return rising[::-1]


def _between(span: _Span, anchors: list[tuple[int, int]]) -> list[_Span]:
    edges = [(span.a - 1, span.b - 1), *anchors, (span.a_end, span.b_end)]
    return [_Span(a + 1, next_a, b + 1, next_b) for (a, b), (next_a, next_b) in pairwise(edges)]


def _pieces(span: _Span) -> Iterator[_Span]:
    longest = max(span.a_end - span.a, span.b_end - span.b)
    for at in range(0, longest, _PIECE):
        a, b = min(span.a + at, span.a_end), min(span.b + at, span.b_end)
        yield _Span(a, min(a + _PIECE, span.a_end), b, min(b + _PIECE, span.b_end))


def _closely(a: list[int], b: list[int], span: _Span) -> list[tuple[int, int]]:
    matcher = SequenceMatcher(None, a[span.a : span.a_end], b[span.b : span.b_end], autojunk=False)
    return [
        (span.a + block.a + k, span.b + block.b + k)
        for block in matcher.get_matching_blocks()
        for k in range(block.size)
    ]


def _laid_out(matches: list[tuple[int, int]], left: int, right: int) -> Aligned:
    """Lay the matches out with what lies between them: changed pairs first, then the rest."""
    result = Aligned(array("l"), array("l"), bytearray())
    at_left = at_right = 0
    for a, b in [*matches, (left, right)]:
        _lay_gap(result, range(at_left, a), range(at_right, b))
        if a < left or b < right:
            _lay(result, a, b, Kind.SAME)
        at_left, at_right = a + 1, b + 1
    return result


def _lay_gap(result: Aligned, lefts: range, rights: range) -> None:
    for index in range(max(len(lefts), len(rights))):
        if index >= len(rights):
            _lay(result, lefts[index], -1, Kind.LEFT_ONLY)
        elif index >= len(lefts):
            _lay(result, -1, rights[index], Kind.RIGHT_ONLY)
        else:
            _lay(result, lefts[index], rights[index], Kind.CHANGED)


def _lay(result: Aligned, left: int, right: int, kind: Kind) -> None:
    result.left.append(left)
    result.right.append(right)
    result.kinds.append(kind)
