"""Find, apart from the filter: one pattern, the rows that hold it, and the one found last."""

import asyncio
import re
from array import array
from bisect import bisect_left, bisect_right
from typing import Final, NamedTuple

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from session.errors import InvalidPattern, SearchFailed
from session.log.entry import LogQuery
from session.log.query import compile_query
from session.log.store import LogStore
from studio import loop
from studio.widgets.log_view.highlight import Highlighter
from studio.widgets.log_view.lens import Lens
from studio.widgets.log_view.searcher import Searcher

#: Rows of which it is looked up in one go whether they are shown.
_LOOK_UP: Final = 2000


class Sought(NamedTuple):
    """What is looked for."""

    pattern: str
    regex: bool = False
    case: bool = False

    def query(self, filtered: LogQuery) -> LogQuery:
        """Return the query that finds it among rows of the sources and severities shown."""
        plain = LogQuery(filtered.sources, filtered.severity)
        if not self.regex and self.case:
            return plain._replace(text=self.pattern)
        written = self.pattern if self.regex else re.escape(self.pattern)
        return plain._replace(regex=written if self.case else f"(?i){written}")


class FindResult(NamedTuple):
    """Where find stands: match `number` of `total` rows, from 1; 0 for none.

    `wrapped` says that it began again at the other end, `searching` that more may be found.
    """

    pattern: str
    number: int
    total: int
    wrapped: bool = False
    searching: bool = False


class Finder(QObject):
    """Steps through the shown rows that hold a pattern."""

    #: A `FindResult`.
    moved = Signal(object)
    #: A sentence that says why a pattern cannot be looked for.
    failed = Signal(str)

    def __init__(self, lens: Lens, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lens = lens
        self._log: LogStore | None = None
        self._sought = Sought("")
        self._query = LogQuery()
        self._found = array("Q")  # ascending, complete up to `_covered`
        self._covered = 0
        self._generation = 0
        self.searcher = Searcher()
        self.highlighter: Highlighter | None = None
        self.current = 0

    def show(self, log: LogStore | None) -> None:
        """Look in another log from now on."""
        self._log = log
        self.forget()

    def forget(self) -> None:
        """Look for nothing, and mark nothing."""
        self._generation += 1
        self._sought, self.highlighter = Sought(""), None
        self._found, self._covered, self.current = array("Q"), 0, 0

    def find(self, sought: Sought, filtered: LogQuery, start: int, *, backwards: bool) -> None:
        """Go to the next row from row `start` on (a sequence number) that holds a pattern.

        Row `start` itself is one that a pattern may be found in when it was not looked for before.
        """
        query = sought.query(filtered)
        if not sought.pattern or self._log is None:
            self.forget()
            self.moved.emit(FindResult("", 0, 0))
            return
        try:
            compile_query(query)
        except InvalidPattern as error:
            self.failed.emit(InvalidPattern(sought.pattern, *_reason(error)).message)
            return
        if (sought, query) != (self._sought, self._query):
            self.forget()
            self._sought, self._query = sought, query
            self.highlighter = Highlighter(sought.pattern, regex=sought.regex, case=sought.case)
            start += 1 if backwards else -1  # while one types, the row it stands at may do
        self._generation += 1
        loop.start(self._find(self._log, start, backwards, self._generation))

    def holds(self, seq: int) -> bool:
        """Whether a row is known to hold the pattern."""
        at = bisect_left(self._found, seq)
        return at < len(self._found) and self._found[at] == seq

    def release(self) -> None:
        """Let go of the other process; usable again afterwards."""
        self._generation += 1
        self.searcher.release()

    async def _find(self, log: LogStore, start: int, backwards: bool, generation: int) -> None:
        try:
            await self._look(log, start, backwards, generation)
        except SearchFailed as error:
            if not self._stale(generation):
                self.failed.emit(error.message)

    async def _look(self, log: LogStore, start: int, backwards: bool, generation: int) -> None:
        target, fresh = log.last_seq, array("Q")
        early = False
        soon = backwards and start > self._covered  # the newest come first
        if target > self._covered:
            async for batch in self.searcher.begin(log, self._query, self._covered):
                if self._stale(generation):
                    return
                fresh.extend([seq for seq in batch if seq <= target])
                early = early or (soon and self._told_early(fresh, start))
            if self._stale(generation):
                return
            fresh.reverse()
            self._found.extend(fresh)
            self._covered = target
        shown = await self._shown(self._found)
        if not self._stale(generation):
            self._tell(shown, start, backwards=backwards, again=not early)

    def _stale(self, generation: int) -> bool:
        """Whether nobody waits for the answer any more."""
        return generation != self._generation or not isValid(self)

    def _told_early(self, fresh: "array[int]", start: int) -> bool:
        """Go to the first match above `start` as soon as it is known."""
        for seq in fresh:
            if seq < start and self._lens.passed.holds(seq):
                self.current = seq
                self.moved.emit(FindResult(self._sought.pattern, 0, 0, searching=True))
                return True
        return False

    async def _shown(self, found: "array[int]") -> "array[int]":
        """Return the rows found that are shown."""
        passed = self._lens.passed
        if passed.everything:
            return found
        shown = array("Q")
        for first in range(0, len(found), _LOOK_UP):
            shown.extend(filter(passed.holds, found[first : first + _LOOK_UP]))
            await asyncio.sleep(0)
        return shown

    def _tell(self, shown: "array[int]", start: int, *, backwards: bool, again: bool) -> None:
        if not shown:
            self.current = 0
            self.moved.emit(FindResult(self._sought.pattern, 0, 0))
            return
        if not again:  # it has been gone to before all were known
            index = bisect_left(shown, self.current)
            self.moved.emit(FindResult(self._sought.pattern, index + 1, len(shown)))
            return
        index = bisect_left(shown, start) - 1 if backwards else bisect_right(shown, start)
        wrapped = not 0 <= index < len(shown)
        index %= len(shown)
        self.current = shown[index]
        self.moved.emit(FindResult(self._sought.pattern, index + 1, len(shown), wrapped))


def _reason(error: InvalidPattern) -> tuple[str, int | None]:
    """Return why a pattern is none, without the place: it was counted in our own."""
    return error.message.rpartition(": ")[2].rstrip("."), None
