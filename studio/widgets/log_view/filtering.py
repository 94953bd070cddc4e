"""Keeps a lens in step with a log and a query: in slices here, patterns in another process."""

import asyncio
import contextlib
import time
from collections.abc import Iterator, Sequence
from typing import Final

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from session.errors import InvalidPattern, SearchFailed
from session.log.entry import LogQuery
from session.log.query import compile_query, wants_everything
from session.log.store import LogStore
from studio import loop
from studio.widgets.log_view.lens import Lens
from studio.widgets.log_view.passed_rows import PassedRows
from studio.widgets.log_view.searcher import Searcher
from studio.widgets.log_view.slices import Slices

#: Rows whose sources and severities are looked at in one step.
_ROWS_A_STEP: Final = 1 << 17
#: Rows that are looked at for repetitions in one step.
_KEYS_A_STEP: Final = 2048
#: Rows that are read together although some between them are not wanted: this many for one.
_WASTE: Final = 8
#: Seconds between two searches of what is new in a live log.
_SEARCH_EVERY_S: Final = 0.05


class Filtering(QObject):
    """The lens of one view. `changed` tells that rows came, went or moved; rarely is it once."""

    changed = Signal()
    #: A sentence that says why a query could not be carried out.
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lens = Lens()
        self.query = LogQuery()
        self._log: LogStore | None = None
        self._frozen: int | None = None
        self._covered = 0  # rows up to here have been looked at, as far as they are new
        self._generation = 0
        self._searching = False
        self._searched_at = 0.0
        self.searcher = Searcher()
        self._fill = Slices(self)
        self._collapse = Slices(self)

    @property
    def complete(self) -> bool:
        """Whether the lens shows what there is: nothing is being looked for."""
        return not (self._searching or self._fill.busy or self._collapse.busy or self._behind)

    @property
    def searching(self) -> bool:
        """Whether rows are still being looked for, be it here or in the other process."""
        return self._searching or self._fill.busy

    def show(self, log: LogStore | None) -> None:
        """Look at another log, by the same query."""
        self._log, self._frozen = log, None
        self.lens.replace(PassedRows())
        self._begin()

    def set_query(self, query: LogQuery) -> bool:
        """Show other rows; where a pattern is none, say so, keep the rows and return False."""
        try:
            compile_query(query)
        except InvalidPattern as error:
            self.failed.emit(error.message)
            return False
        if query != self.query:
            self.query = query
            self._begin()
        return True

    def set_collapsed(self, collapsed: bool) -> None:
        """Show repeated rows once, or each."""
        self._collapse.cancel()
        self.lens.set_collapsed(collapsed)
        self._collapse_more()
        self.changed.emit()

    def freeze(self, frozen: bool) -> None:
        """Take up no new rows until it is undone."""
        self._frozen = self._end if frozen else None
        if not frozen:
            self.grow()

    def grow(self) -> None:
        """Take up the rows that are new in the log."""
        if self._end <= self._covered or self._log is None:
            return
        if wants_everything(self.query):
            self._covered = self._end
            self.lens.passed.grow_to(self._end)
        elif self._by_pattern:
            self._search_more()
            return
        else:
            self._select_more(self._log)
        self._collapse_more()
        self.changed.emit()

    def release(self) -> None:
        """Let go of the other process and drop all work; usable again afterwards."""
        self._generation += 1
        self._searching = False
        self._fill.cancel()
        self._collapse.cancel()
        self.searcher.release()

    @property
    def _end(self) -> int:
        if self._log is None:
            return 0
        return self._log.last_seq if self._frozen is None else self._frozen

    @property
    def _by_pattern(self) -> bool:
        return bool(self.query.text or self.query.regex or self.query.exclude)

    @property
    def _behind(self) -> bool:
        return self._end > self._covered

    def _begin(self) -> None:
        """Look at everything anew, newest rows first."""
        self._generation += 1
        self._searching = False
        self._fill.cancel()
        self._collapse.cancel()
        self.searcher.cancel()
        self._covered = self._end
        if self._log is None or wants_everything(self.query):
            self.lens.replace(PassedRows(self._end))
            self._collapse_more()
        elif self._by_pattern:
            self._searching = True
            loop.start(self._search_all(self._log, self._generation))
            return
        else:
            passed = PassedRows()
            self.lens.replace(passed)
            self._fill.begin(self._select_all(self._log, passed), self._filled)
        self.changed.emit()

    # ---- sources and severities ----------------------------------------------------------------

    def _select_all(self, log: LogStore, passed: PassedRows) -> Iterator[None]:
        for stop in range(self._covered, 0, -_ROWS_A_STEP):
            found = log.select(self.query, max(stop - _ROWS_A_STEP, 0), stop)
            passed.prepend(reversed(found))
            self.changed.emit()
            yield

    def _filled(self) -> None:
        self.lens.passed.settle()
        self.grow()
        self._collapse_more()
        self.changed.emit()

    def _select_more(self, log: LogStore) -> None:
        if self._end - self._covered > _ROWS_A_STEP and not self._fill.busy:
            self._fill.begin(self._select_rest(log), self._filled)
            return
        until = min(self._end, self._covered + _ROWS_A_STEP)
        self.lens.passed.append(log.select(self.query, self._covered, until))
        self._covered = until

    def _select_rest(self, log: LogStore) -> Iterator[None]:
        while self._behind:
            until = min(self._end, self._covered + _ROWS_A_STEP)
            self.lens.passed.append(log.select(self.query, self._covered, until))
            self._covered = until
            self._collapse_more()
            self.changed.emit()
            yield

    # ---- patterns ------------------------------------------------------------------------------

    async def _search_all(self, log: LogStore, generation: int) -> None:
        passed = PassedRows()
        newest = self._covered
        with self._failure_told(generation):
            async for batch in self.searcher.begin(log, self.query, 0):
                if self._stale(generation):
                    return
                passed.prepend(_up_to(batch, newest))
                if passed:  # what was shown stays until there is something else to show
                    self._show(passed)
            if not self._stale(generation):
                passed.settle()
                self._show(passed)
                self._end_search()

    async def _search_new(self, log: LogStore, generation: int) -> None:
        await asyncio.sleep(max(self._searched_at + _SEARCH_EVERY_S - time.monotonic(), 0))
        if self._stale(generation):
            return
        newest, after = self._end, self._covered
        found: list[int] = []
        with self._failure_told(generation):
            async for batch in self.searcher.begin(log, self.query, after):
                found.extend(_up_to(batch, newest))
            if not self._stale(generation):
                self.lens.passed.append(reversed(found))
                self._covered = newest
                self._end_search()
                self.changed.emit()

    def _stale(self, generation: int) -> bool:
        """Whether nobody waits for the answer any more."""
        return generation != self._generation or not isValid(self)

    def _search_more(self) -> None:
        if not self._searching and self._log is not None:
            self._searching = True
            loop.start(self._search_new(self._log, self._generation))

    def _end_search(self) -> None:
        self._searching = False
        self._searched_at = time.monotonic()
        self._collapse_more()
        if self._behind:
            self._search_more()

    def _show(self, passed: PassedRows) -> None:
        if self.lens.passed is not passed:
            self.lens.replace(passed)
        self.changed.emit()

    @contextlib.contextmanager
    def _failure_told(self, generation: int) -> Iterator[None]:
        try:
            yield
        except SearchFailed as error:
            if not self._stale(generation):
                self._searching = False
                self.failed.emit(error.message)

    # ---- repeated rows -------------------------------------------------------------------------

    def _collapse_more(self) -> None:
        ready = self.lens.collapsed and not self.searching
        if ready and not self._collapse.busy and self._log is not None:
            self._collapse.begin(self._collapsing(self._log))

    def _collapsing(self, log: LogStore) -> Iterator[None]:
        repeats, passed = self.lens.repeats, self.lens.passed
        before = -1
        while repeats is not None and repeats is self.lens.repeats and repeats.done > before:
            before = repeats.done
            try:
                keys = keys_of(log, passed.page(before, before + _KEYS_A_STEP))
            except OSError:  # its folder is gone, say: what was not looked at is shown as it is
                return
            repeats.feed(keys)
            self.changed.emit()
            yield


def keys_of(log: LogStore, seqs: Sequence[int]) -> list[int]:
    """Return a number for each row, alike for rows that say the same; `seqs` ascend."""
    if not seqs:
        return []
    first, last = seqs[0], seqs[-1]
    if last - first >= _WASTE * len(seqs):
        return [log.digests(seq - 1, seq)[0] for seq in seqs]
    keys = log.digests(first - 1, last)
    return keys if len(keys) == len(seqs) else [keys[seq - first] for seq in seqs]


def _up_to(batch: Sequence[int], newest: int) -> Sequence[int]:
    """Return the part of a batch (which descends) that is not newer than `newest`."""
    if not batch or batch[0] <= newest:
        return batch
    return [seq for seq in batch if seq <= newest]
