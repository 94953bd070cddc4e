"""The view of a log: the surface, and what is shown on it: filter, find, copy, state.

Holds none of the data: rows come from the store by cursor, which rows is the lens's matter.
May be destroyed at any moment; `state` and `restore` carry over how the log was looked at.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from session.log.entry import LogQuery
from session.log.store import LogStore
from studio.look.appearance import Appearance
from studio.widgets.log_view.columns import TimeMode
from studio.widgets.log_view.copying import Copying
from studio.widgets.log_view.display import Display
from studio.widgets.log_view.filtering import Filtering
from studio.widgets.log_view.find import Finder, FindResult, Sought
from studio.widgets.log_view.kept_state import KeptState, read_state
from studio.widgets.log_view.log_area import LogArea
from studio.widgets.log_view.log_pages import raw_rows
from studio.widgets.log_view.plain_lines import PlainLines
from studio.widgets.log_view.searcher import Searcher
from studio.widgets.log_view.shown_line import ShownLine


class LogView(LogArea):
    """Shows one log. Rows are numbered as displayed, from 0; `seq` is the log's own number."""

    #: Rows shown and rows in all; told whenever either is another.
    counts_changed = Signal(int, int)
    #: Whether new rows are held back.
    paused_changed = Signal(bool)
    #: Rows are being looked for, here or in the other process, or no longer.
    searching_changed = Signal(bool)
    #: A sentence: the filter could not be used; the last good one stays.
    search_failed = Signal(str)
    #: A sentence: why a pattern cannot be found.
    find_failed = Signal(str)
    #: A `FindResult`.
    find_result = Signal(object)
    #: A sentence: what is in the clipboard now.
    copied = Signal(str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        filtering = Filtering()
        super().__init__(appearance, Display(filtering.lens), parent)
        filtering.setParent(self)
        self._filtering = filtering
        self._finder = Finder(filtering.lens, self)
        self._copying = Copying(self)
        self._log: LogStore | None = None
        self._live = self._paused = False
        self._told: tuple[int, int, bool] | None = None
        filtering.changed.connect(self.rows_changed)
        filtering.failed.connect(self.search_failed)
        self._finder.failed.connect(self.find_failed)
        self._finder.moved.connect(self._found)
        self._copying.copied.connect(self.copied)
        self.destroyed.connect(partial(_release, filtering.searcher, self._finder.searcher))

    async def release(self) -> None:
        """Drop all work, and wait until the processes beside are gone; usable again afterwards."""
        self._copying.cancel()
        self._filtering.release()
        self._finder.release()
        for searcher in (self._filtering.searcher, self._finder.searcher):
            await searcher.released()

    # ---- what is shown -------------------------------------------------------------------------

    @property
    def log(self) -> LogStore | None:
        """The log that is shown."""
        return self._log

    @property
    def query(self) -> LogQuery:
        """The filter."""
        return self._filtering.query

    @property
    def paused(self) -> bool:
        """Whether new rows are held back."""
        return self._paused

    @property
    def complete(self) -> bool:
        """Whether everything that passes the filter is shown: nothing is being looked for."""
        return self._filtering.complete

    @property
    def log_rows(self) -> int:
        """How many rows the log has."""
        return self._log.last_seq if self._log is not None else 0

    @property
    def copying(self) -> bool:
        """Whether rows are still being gathered for the clipboard."""
        return self._copying.busy

    def show_log(self, log: LogStore | None, *, live: bool, earlier: bool = False) -> None:
        """Show another log by the same filter; `earlier` greys it, for it is a run of the past."""
        self._log, self._live, self.earlier = log, live, earlier
        self.start_anew()
        self._set_paused(False)
        self.display.show(log)
        self._finder.show(log)
        self.matches, self.found = None, 0
        self._filtering.show(log)
        self._take_tails()
        self.take_rows()

    def grow(self) -> None:
        """Take up new rows; to be called when the log grew, once a frame."""
        if self._paused:
            self._tell_counts()
            return
        self._filtering.grow()
        self._take_tails()

    def tail_changed(self) -> None:
        """Take up the program's unfinished line; to be called when it changed, once a frame."""
        self._take_tails()

    def set_query(self, query: LogQuery) -> bool:
        """Filter; False and `search_failed` where a pattern is none, and the last filter stays."""
        if not self._filtering.set_query(query):
            return False
        self._take_tails()
        self.rows_changed()
        return True

    def set_collapse(self, collapse: bool) -> None:
        """Show repeated rows, and repeated blocks of rows, once with a count."""
        if collapse != self._filtering.lens.collapsed:
            self._filtering.set_collapsed(collapse)

    def set_times(self, mode: TimeMode) -> None:
        """Show times since Play, by the wall clock, since the row above, or not at all."""
        self.page.set_times(mode)
        self.rows_changed()

    def set_wrap(self, wrap: bool) -> None:
        """Break long lines at the edge of the view."""
        if wrap != self.page.wrap:
            self.page.set_wrap(wrap)
            self.rows_changed()

    def set_paused(self, paused: bool) -> None:
        """Hold back new rows, and the unfinished line, until it is undone."""
        if paused == self._paused:
            return
        self._set_paused(paused)
        self._filtering.freeze(paused)
        self._take_tails()
        self.rows_changed()

    def prepare_filter(self) -> None:
        """Start what searches for patterns; to be called when one is about to be typed."""
        self._filtering.searcher.warm_up()

    # ---- find ----------------------------------------------------------------------------------

    def find(  # type: ignore[override]  # hides a static method that finds windows by number
        self, pattern: str, *, regex: bool = False, backwards: bool = False, case: bool = False
    ) -> None:
        """Go to the next row that holds a pattern, apart from the filter; "" marks nothing."""
        start = self._finder.current or self.selection.head or self._find_start(backwards)
        sought = Sought(pattern, regex, case)
        self._finder.find(sought, self.query, start, backwards=backwards)
        self.matches = self._matches if self._finder.highlighter is not None else None
        self.found = self._finder.current
        self.viewport().update()

    def prepare_find(self) -> None:
        """Start what finds; to be called when a find field is opened."""
        self._finder.searcher.warm_up()

    def _matches(self, line: ShownLine) -> list[tuple[int, int]]:
        """Return what of a line in sight is to be marked as found."""
        highlighter = self._finder.highlighter
        if highlighter is None:
            return []
        if highlighter.whole:
            return [(0, len(line.text))] if self._finder.holds(line.seq) else []
        return highlighter.matches(line.text)

    def _find_start(self, backwards: bool) -> int:
        last = self._log.last_seq if self._log is not None else 0
        if self._following or not self.display.lens:
            return last + 1 if backwards else 0
        return self.display.lens.seq_at(min(self.page.anchor.row, len(self.display.lens) - 1))

    def _found(self, result: FindResult) -> None:
        self.found = self._finder.current
        if self._finder.current:
            row = self.display.row_of(self._finder.current)
            if row < self.display.lens_rows:
                self.stay_at(row)
                self.select(self.selection.at(self.display.seq_at(row)))
                self._show_match(row)
        self.viewport().update()
        self.find_result.emit(result)

    def _show_match(self, row: int) -> None:
        """Bring what was found in a row into sight: beyond the edge, or in what is folded."""
        line = self.display.line(row)
        if line.more and not self._matches(line):
            self.set_unfolded(line.seq, whole=True)
            line = self.display.line(row)
        if found := self._matches(line):
            sideways = self.page.reveal_part(row, *found[0])
            self._remember_top()
            self._sync_bars()
            self.horizontalScrollBar().setValue(sideways)

    # ---- selection and copy --------------------------------------------------------------------

    def selected_rows(self) -> Sequence[int]:
        """Return the selected rows by number, those with them that are shown as repetitions."""
        rows = self.selection.rows
        return self.display.lens.between(*rows) if rows is not None else ()

    def shown_rows(self) -> Sequence[int]:
        """Return every row that passes the filter, by number; for export."""
        passed = self.display.lens.passed
        return passed.page(0, len(passed))

    def selected_text(self, *, columns: bool = False) -> str:
        """Return what is selected; for few rows, `copy` is for many."""
        chosen = self.selection.characters
        if chosen is not None:
            row = self.display.row_of(chosen.seq)
            return self.display.line(row).text[chosen.start : chosen.stop]
        if self._log is None:
            return ""
        lines = PlainLines(self._log.started, self.page.times, columns=columns)
        texts = [lines.text(row, raw) for row, raw in raw_rows(self._log, self.selected_rows())]
        return "".join([*texts, lines.end()]).removesuffix("\n")

    def copy(self, *, columns: bool = False) -> None:
        """Copy what is selected, with or without what stands before the messages."""
        if self.selection.characters is not None:
            self._copying.copy_text(self.selected_text())
        elif self._log is not None and (seqs := self.selected_rows()):
            self._copying.copy_rows(self._log, seqs, columns=columns, times=self.page.times)

    # ---- state ---------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Return how the log is looked at, for `restore`; JSON can hold it."""
        return KeptState(
            self.query,
            self._top[0],
            self._following,
            self.page.wrap,
            self._filtering.lens.collapsed,
            self.page.times,
            tuple(self.display.unfolded),
            self.selection._replace(characters=None),
        ).as_json()

    def restore(self, state: dict[str, Any]) -> None:
        """Look at the log as before; to be called after `show_log`."""
        kept = read_state(state)
        self.page.set_times(kept.times)
        self.page.set_wrap(kept.wrap)
        for seq in kept.unfolded:
            self.display.unfold(seq, whole=True)
        self._filtering.set_collapsed(kept.collapse)
        self._filtering.set_query(kept.query)
        last = self._log.last_seq if self._log is not None else 0
        if max(kept.selection.anchor, kept.selection.head) <= last:
            self.selection = kept.selection
        self._top = (min(kept.top, last), 0)
        self._set_following(kept.following)
        self._take_tails()
        self.take_rows()

    # ---- rows up to date -----------------------------------------------------------------------

    def take_rows(self) -> None:
        """Bring the surface up to date with the rows there are."""
        super().take_rows()
        self._tell_counts()

    def _take_tails(self) -> None:
        if self._live and not self._paused:
            changed = self.display.take_tails(self.query)
        else:
            changed = self.display.drop_tails()
        if changed:
            self.rows_changed()

    def _tell_counts(self) -> None:
        total = self._log.last_seq if self._log is not None else 0
        shown = len(self._filtering.lens.passed)
        searching = self._filtering.searching
        told, self._told = self._told, (shown, total, searching)
        if told is None or told[:2] != (shown, total):
            self.counts_changed.emit(shown, total)
        if told is None or told[2] != searching:
            self.searching_changed.emit(searching)

    def _set_paused(self, paused: bool) -> None:
        if paused != self._paused:
            self._paused = paused
            self.paused_changed.emit(paused)


def _release(*searchers: Searcher) -> None:
    """Let go of the processes of a view that is gone."""
    for searcher in searchers:
        searcher.release()
