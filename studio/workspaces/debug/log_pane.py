"""The log with its filter and its find bar: what is shown of one log, and how.

Knows the log it was given and no session; its state is plain data, to be found again.
"""

import asyncio
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from session.log.entry import LogEntry, LogQuery, Severity
from session.log.store import LogStore
from studio.look.appearance import Appearance
from studio.settings.store import SettingsStore
from studio.widgets.log_view.columns import TIME_MODES
from studio.widgets.log_view.view import LogView
from studio.workspaces.debug.filter_bar import FilterBar
from studio.workspaces.debug.filter_choice import from_json, query_of, to_json
from studio.workspaces.debug.find_bar import FindBar, fault_of

_ERRORS: Final = LogQuery(severity=Severity.ERROR)
#: What of the view's state is a place in one log.
_PLACE: Final = ("top", "following", "unfolded", "selection")
#: Rows that are left above one that is gone to, where the panel is not too low for them.
_ROWS_ABOVE: Final = 4
#: How long an export waits for a search to end: looks, and the seconds between them.
_PATIENCE: Final = 200
_LOOK_S: Final = 0.05


class LogPane(QWidget):
    """One log, filtered by the bar above it."""

    #: A place that the log names was asked for (`LogLink`).
    link_activated = Signal(object)
    #: Something to be found again is different.
    changed = Signal()
    #: The find bar is there from now on.
    find_bar_made = Signal()

    def __init__(
        self, appearance: Appearance, settings: SettingsStore, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._log: LogStore | None = None
        self.bar = FilterBar(appearance, self)
        self._appearance = appearance
        self._find_bar: FindBar | None = None
        self.view = LogView(appearance, self)
        self.view.setAccessibleName(self.tr("Log"))
        self._times = settings.current.log_times
        self._times_menu = self._make_times_menu()
        self._build()
        self._connect()
        self.set_times(self._times)

    def show_log(self, log: LogStore | None, *, live: bool, earlier: bool) -> None:
        """Show a log from now on; `earlier` greys it."""
        self._log = log
        self.view.show_log(log, live=live, earlier=earlier)

    @property
    def log(self) -> LogStore | None:
        """The log that is shown."""
        return self._log

    async def shown_rows(self) -> Sequence[int]:
        """Return the numbers of the rows that are shown, once all of them have been found."""
        waited = 0
        while not self.view.complete and waited < _PATIENCE:
            waited += 1
            await asyncio.sleep(_LOOK_S)
        return self.view.shown_rows()

    def open_find(self) -> None:
        """Open the find bar with what is selected."""
        chosen = self.view.selection.characters
        self.find_bar.open_bar(self.view.selected_text() if chosen is not None else "")
        QTimer.singleShot(0, self.view, self.view.prepare_find)

    @property
    def find_bar(self) -> FindBar:
        """The find bar, made when it is first needed."""
        if self._find_bar is None:
            self._find_bar = FindBar(self._appearance, self)
            self._layout.insertWidget(1, self._find_bar)
            self.view.find_result.connect(self._find_bar.show_result)
            self.view.find_failed.connect(self._find_bar.show_fault)
            self._find_bar.find_requested.connect(self._find)
            self._find_bar.closed.connect(self._leave_find)
            self.find_bar_made.emit()
        return self._find_bar

    def add_below(self, part: QWidget) -> None:
        """Put something below the log."""
        self._layout.addWidget(part)

    def add_beside(self, part: QWidget) -> None:
        """Put something beside the rows: the bar above keeps its width."""
        self._middle.addWidget(part)

    def find_next(self) -> None:
        """Find the next row; without a pattern, ask for one."""
        self._find_again(self.find_bar.find_next)

    def find_previous(self) -> None:
        """Find the previous row; without a pattern, ask for one."""
        self._find_again(self.find_bar.find_previous)

    def show_row(self, seq: int) -> None:
        """Go to a row and select it; a filter that hides it is taken away."""
        self._make_visible(seq)
        above = max(seq - min(_ROWS_ABOVE, self.view.page.rows_a_page // 2), 1)
        place = {"top": above, "following": False, "selection": [seq, seq]}
        self.view.restore(self.view.state() | place)

    def show_first_error(self) -> bool:
        """Go to the first error; whether there is one."""
        errors = self._errors()
        return self._show_error(errors[:1])

    def next_error(self) -> bool:
        """Go to the next error below the current row, or to the first; whether there is one."""
        errors = self._errors()
        return self._show_error(errors[bisect_right(errors, self._current) :] or errors)

    def previous_error(self) -> bool:
        """Go to the next error above the current row, or to the last; whether there is one."""
        errors = self._errors()
        above = bisect_left(errors, self._current)
        return self._show_error(errors[above - 1 : above] or errors[-1:])

    def state(self) -> dict[str, Any]:
        """Return how logs are shown, whichever it is, as plain values."""
        return {
            "filter": to_json(self.bar.choice),
            "wrap": self.bar.wrap.isChecked(),
            "collapse": self.bar.collapse.isChecked(),
            "times": self._times,
        }

    def restore(self, kept: object) -> None:
        """Show logs as `state` said."""
        if isinstance(kept, dict):
            self.bar.set_choice(from_json(kept.get("filter")))
            self.bar.wrap.setChecked(bool(kept.get("wrap", self.bar.wrap.isChecked())))
            self.bar.collapse.setChecked(bool(kept.get("collapse", self.bar.collapse.isChecked())))
            self.set_times(str(kept.get("times", self._times)))

    def place(self) -> dict[str, Any]:
        """Return where in this log one is, as plain values."""
        state = self.view.state()
        return {name: state[name] for name in _PLACE} | {"pause": self.view.paused}

    def go_to_place(self, kept: object) -> None:
        """Go where `place` was, in the same log."""
        if isinstance(kept, dict):
            known = {name: kept[name] for name in _PLACE if name in kept}
            self.view.restore(self.view.state() | known)
            self.view.set_paused(bool(kept.get("pause")))

    @property
    def _current(self) -> int:
        return self.view.selection.head or 0

    def _errors(self) -> Sequence[int]:
        return self._log.select(_ERRORS) if self._log is not None else ()

    def _show_error(self, errors: Sequence[int]) -> bool:
        if errors:
            self.show_row(errors[0])
        return bool(errors)

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        self._middle = QHBoxLayout()
        self._middle.setSpacing(0)
        self._middle.addWidget(self.view, 1)
        layout.addLayout(self._middle, 1)
        self._layout = layout

    def _connect(self) -> None:
        bar, view = self.bar, self.view
        bar.changed.connect(self._apply_query)
        bar.left.connect(view.setFocus)
        self._warming = QTimer(self, interval=0, singleShot=True)
        self._warming.timeout.connect(view.prepare_filter)
        bar.entered.connect(self._warming.start)
        bar.follow.toggled.connect(view.set_following)
        bar.pause.toggled.connect(view.set_paused)
        bar.wrap.toggled.connect(view.set_wrap)
        bar.collapse.toggled.connect(view.set_collapse)
        for button in (bar.follow, bar.pause, bar.wrap, bar.collapse):
            button.toggled.connect(self.changed)
        self._defaults = self._set_defaults()
        view.following_changed.connect(bar.follow.setChecked)
        view.paused_changed.connect(bar.pause.setChecked)
        view.counts_changed.connect(bar.show_counts)
        view.searching_changed.connect(bar.show_searching)
        view.search_failed.connect(bar.show_fault)
        view.copied.connect(bar.say)
        view.selection_changed.connect(self.changed)
        view.link_activated.connect(self.link_activated)
        view.verticalScrollBar().valueChanged.connect(self.changed)
        self._settings.changed.connect(self._follow_settings)

    def _apply_query(self) -> None:
        self.bar.show_fault("")
        self.view.set_query(query_of(self.bar.choice))
        self.changed.emit()

    def _set_defaults(self) -> tuple[str, bool, bool]:
        """Show logs as the settings say, and remember what they say."""
        settings = self._settings.current
        self.bar.wrap.setChecked(settings.log_wrap)
        self.bar.collapse.setChecked(settings.log_collapse)
        self.bar.follow.setChecked(True)
        return settings.log_times, settings.log_wrap, settings.log_collapse

    def _follow_settings(self) -> None:
        """Take over what was changed in the settings; what else is chosen here stays."""
        settings = self._settings.current
        times, wrap, collapse = self._defaults
        self._defaults = (settings.log_times, settings.log_wrap, settings.log_collapse)
        if settings.log_times != times:
            self.set_times(settings.log_times)
        if settings.log_wrap != wrap:
            self.bar.wrap.setChecked(settings.log_wrap)
        if settings.log_collapse != collapse:
            self.bar.collapse.setChecked(settings.log_collapse)

    def set_times(self, wanted: str) -> None:
        """Show times in one of the ways that the settings know; another word changes nothing."""
        mode = next((known for known in TIME_MODES if known == wanted), None)
        if mode is None:
            return
        self._times = mode
        self.view.set_times(mode)
        for action in self._times_menu.actions():
            action.setChecked(action.data() == mode)
        self.changed.emit()

    def _make_times_menu(self) -> QMenu:
        words = {
            "since-play": self.tr("Time since Play"),
            "wall": self.tr("Time of day"),
            "delta": self.tr("Time since the row before"),
            "none": self.tr("No times"),
        }
        choices = [(mode, words[mode]) for mode in TIME_MODES]
        menu = self.bar.times.choose_from(self.tr("Times"), choices, self._times)
        menu.triggered.connect(self._take_times)
        return menu

    def _take_times(self, action: QAction) -> None:
        self.set_times(str(action.data()))

    def _make_visible(self, seq: int) -> None:
        """Show everything again where the filter hides a row that is to be seen."""
        query = query_of(self.bar.choice)
        if self.bar.choice.filters and self._log is not None and not _shows(self._log, query, seq):
            self.bar.clear()

    def _find_again(self, find: Callable[[], None]) -> None:
        if self.find_bar.field.text():
            self.find_bar.show()
            find()
        else:
            self.open_find()

    def _leave_find(self) -> None:
        """Mark nothing any more; the row that was found stays selected."""
        self.view.find("")
        self.view.setFocus()

    def _find(self, backwards: bool) -> None:
        bar = self.find_bar
        pattern, regex, case = bar.field.text(), bar.regex.isChecked(), bar.case.isChecked()
        fault = fault_of(pattern) if regex else ""
        if fault:
            bar.show_fault(fault)
        else:
            self.view.find(pattern, regex=regex, backwards=backwards, case=case)


def _shows(log: LogStore, query: LogQuery, seq: int) -> bool:
    """Whether a query shows a row that has a severity; looks at what costs nothing only."""
    row = log.row(seq)
    if query.text or query.regex or query.exclude or not isinstance(row, LogEntry):
        return False
    return row.severity >= query.severity and row.source in (query.sources or {row.source})
