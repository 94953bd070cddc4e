"""How much a line of the program's stderr matters, told from its beginning. Pure.

Standard output is never looked at: it is info. Standard error is info unless a line begins as
logging writes it, is part of a traceback, or comes from the warnings module.
"""

import re
from bisect import bisect_right
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from session.log.entry import Severity
from session.log.splitter import Batch

if TYPE_CHECKING:
    from array import array

#: No line is judged by more than its first bytes.
_HEAD: Final = 400
_LEVELS: Final = {
    b"DEBUG": Severity.DEBUG,
    b"WARN": Severity.WARNING,
    b"WARNING": Severity.WARNING,
    b"ERROR": Severity.ERROR,
    b"CRITICAL": Severity.ERROR,
    b"FATAL": Severity.ERROR,
}
_TRACEBACK: Final = b"Traceback (most recent call last):"
#: A line that holds none of these is info; finding them is one quick pass each over a block.
_SIGNS: Final = (_TRACEBACK, b"Warning: ", b"DEBUG", b"WARN", b"ERROR", b"CRITICAL", b"FATAL")

_PREFIX: Final = rb"(?:\x1b\[[\d;]*m|[\d\s\-:.,/+|\[\](){}<>*#=]|(?<=\d)[TZ](?=[\d\s\]+,]))*+"
_WORD: Final = rb"(DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL)(?![\w-])"
#: `ERROR: …`, `[ERROR] …`, `2026-11-20 10:00:00,123 ERROR …`, coloured or not.
_PLAIN: Final = re.compile(_PREFIX + _WORD)
#: `2026-11-20 10:00:00,123 - package.name - ERROR - …`: names first, a separator after.
_NAMED: Final = re.compile(
    _PREFIX
    + rb"(?:[\w.]{1,80}\s*[-:|\]]\s*){1,2}"
    + _WORD
    + rb"(?=\s*(?:\x1b\[[\d;]*m)?\s*[-:|\]])"
)
#: `/path/file.py:12: UserWarning: …`, or the category alone.
_WARNINGS_MODULE: Final = re.compile(rb"(?:.{1,300}?:\d+: )?\w*Warning: ")


class Inside(Enum):
    """What the line before left open."""

    NOTHING = "nothing"
    TRACEBACK = "traceback"
    GROUP = "exception group"


def severity_of(line: bytes) -> Severity:
    """Return the severity that a single line of standard error announces."""
    head = line[:_HEAD]
    found = _PLAIN.match(head) or _NAMED.match(head)
    if found is not None:
        return _LEVELS.get(found[1], Severity.INFO)
    if traceback_of(head) is not Inside.NOTHING:
        return Severity.ERROR
    return Severity.WARNING if _WARNINGS_MODULE.match(head) else Severity.INFO


def traceback_of(line: bytes) -> Inside:
    """Return which kind of traceback the line opens."""
    bare = line[:_HEAD].lstrip(b" |+")
    if bare.startswith((b"Exception Group " + _TRACEBACK, b"ExceptionGroup " + _TRACEBACK)):
        return Inside.GROUP
    return Inside.TRACEBACK if bare.startswith(_TRACEBACK) else Inside.NOTHING


class StderrSeverity:
    """The severities of one stream, batch by batch; remembers an open traceback."""

    def __init__(self) -> None:
        self._inside = Inside.NOTHING
        self._carried: int | None = None  # the severity of a line that goes on in the next batch

    def classify(self, batch: Batch) -> bytes:
        """Return one severity a row of `batch`."""
        lines = _Lines(batch.block, batch.base, batch.ends)
        marks = bytearray([Severity.INFO]) * len(batch.ends)
        row = self._walk(lines, 0, marks) if self._inside is not Inside.NOTHING else 0
        for candidate in lines.with_signs():
            if candidate < row:
                continue
            line = lines.head(candidate)
            marks[candidate] = severity_of(line)
            if marks[candidate] == Severity.ERROR:
                self._inside = traceback_of(line)
                if self._inside is not Inside.NOTHING:
                    row = self._walk(lines, candidate + 1, marks)
        self._carry(batch, marks)
        return bytes(marks)

    def _walk(self, lines: "_Lines", row: int, marks: bytearray) -> int:
        """Mark the rows of the open traceback from `row` on; return the first row after it."""
        while row < len(marks):
            line = lines.head(row)
            if not line.startswith((b" ", b"\t")):
                last = self._inside is Inside.TRACEBACK and bool(line)
                self._inside = Inside.NOTHING
                if last:
                    marks[row] = Severity.ERROR
                return row + last
            marks[row] = Severity.ERROR
            row += 1
        return row

    def _carry(self, batch: Batch, marks: bytearray) -> None:
        """Give the pieces of a wrapped line the severity of its first piece."""
        if self._carried is not None:
            marks[0] = self._carried
        for row in batch.continued:
            if row + 1 < len(marks):
                marks[row + 1] = marks[row]
        last = len(marks) - 1
        self._carried = marks[last] if last in batch.continued else None


class _Lines(NamedTuple):
    """The rows of a batch, to look at some of them."""

    block: bytes
    base: int
    ends: "array[int]"

    def head(self, row: int) -> bytes:
        """Return the beginning of a row."""
        start = self.ends[row - 1] - self.base if row else 0
        return self.block[start : min(self.ends[row] - self.base - 1, start + _HEAD)]

    def with_signs(self) -> list[int]:
        """Return the rows that hold one of the signs, in order."""
        block, base, ends = self
        find, rows = block.find, set()
        for sign in _SIGNS:
            row, at = 0, find(sign)
            while at >= 0:
                row = bisect_right(ends, base + at, row)
                rows.add(row)
                at = find(sign, ends[row] - base)
        return sorted(rows)
