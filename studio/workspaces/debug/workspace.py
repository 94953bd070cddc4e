"""The debug workspace: the log of the run, its input, how it stands and what it uses.

Built and destroyed at any moment of a run: the log belongs to the session, what the view
remembers lies with the project (`project.views`), and nothing here is the only copy of anything.
"""

from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from session.log.entry import Severity
from session.run_id import RunId
from studio.desk import Desk
from studio.look.tokens import SPACE_S, SPACE_XS
from studio.open_project import OpenProject, Place
from studio.widgets.empty_place import EmptyPlace
from studio.widgets.plots.panel import UsagePanel
from studio.widgets.plots.series import words_of
from studio.widgets.progress_strip import ProgressStrip
from studio.widgets.runs.card import RunCard
from studio.widgets.runs.listing import RunListing
from studio.widgets.runs.words import title
from studio.widgets.short_label import ShortLabel
from studio.workspaces.debug.input_line import InputLine
from studio.workspaces.debug.log_pane import LogPane
from studio.workspaces.debug.log_saving import LogSaving
from studio.workspaces.debug.places import find_file
from studio.workspaces.debug.program_input import ProgramInput
from studio.workspaces.debug.run_menu import RunMenu
from studio.workspaces.debug.run_status import RunStatus
from studio.workspaces.debug.shown_run import RunChoice

_VIEW: Final = "debug"
#: How soon after a change what is to be found again is taken down, in milliseconds.
_KEEP_MS: Final = 200
#: How often the log of a run that another Playhead plays is looked at.
_LOOK_MS: Final = 500
_PLOTS_WIDTH: Final = 220


class DebugWorkspace(QWidget):
    """Shows the session's run, or an earlier one."""

    def __init__(self, project: OpenProject, desk: Desk) -> None:
        super().__init__()
        self._project = project
        self._desk = desk
        self._kept: dict[str, Any] = project.views.setdefault(_VIEW, {})
        self.choice = RunChoice(project, self)
        self.listing = RunListing.of(project, project.service.history, project.path)
        self._make_parts()
        self._build()
        self._input = ProgramInput(project, self.input, self.choice, self._kept)
        self.status = RunStatus(project, desk, self.card, self.choice, self._kept)
        self._saving = LogSaving(project, desk, self.pane, self.strip)
        self._keeping = QTimer(self, interval=_KEEP_MS, singleShot=True)
        self._looking = QTimer(self, interval=_LOOK_MS)
        self._make_menus()
        self._connect()
        self._restore()
        if not self.listing.known:
            self.listing.refresh()

    # what the actions ask for

    def show_run(self, run_id: str | None) -> None:
        """Show a run by its id, None for the session's own."""
        self.choice.show(RunId(run_id) if run_id else None)

    def back_to_current(self) -> None:
        """Show the session's own run again."""
        self.show_run(None)

    def has_log(self) -> bool:
        """Whether there is a log to look at."""
        return self.choice.shown.log is not None

    def is_earlier(self) -> bool:
        """Whether an earlier run is shown."""
        return self.choice.shown.earlier

    def open_find(self) -> None:
        """Open the find bar."""
        self.pane.open_find()

    def find_next(self) -> None:
        """Find the next row."""
        self.pane.find_next()

    def find_previous(self) -> None:
        """Find the previous row."""
        self.pane.find_previous()

    def focus_filter(self) -> None:
        """Put the focus into the filter."""
        self.pane.bar.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.pane.bar.field.selectAll()

    def clear_filter(self) -> None:
        """Show every row again."""
        self.pane.bar.clear()

    def toggle_follow(self) -> None:
        """Follow the newest row, or stay."""
        self.pane.bar.follow.toggle()

    def toggle_pause(self) -> None:
        """Hold the view still, or go on."""
        self.pane.bar.pause.toggle()

    def toggle_wrap(self) -> None:
        """Wrap long lines, or cut them."""
        self.pane.bar.wrap.toggle()

    def toggle_collapse(self) -> None:
        """Show equal rows once, or each."""
        self.pane.bar.collapse.toggle()

    def toggle_usage(self) -> None:
        """Show the plots, or hide them."""
        self.pane.bar.usage.toggle()

    def copy(self) -> None:
        """Copy the selected rows' messages."""
        self.pane.view.copy(columns=False)

    def copy_with_columns(self) -> None:
        """Copy the selected rows with their times and sources."""
        self.pane.view.copy(columns=True)

    def export(self) -> None:
        """Ask for a file and write the rows that are shown into it."""
        self._saving.ask()

    def open_as_text(self) -> None:
        """Write the rows that are shown into a text file and open that."""
        self._saving.open_as_text()

    def next_error(self) -> None:
        """Go to the next error."""
        self.pane.next_error()

    def previous_error(self) -> None:
        """Go to the error before."""
        self.pane.previous_error()

    def show_first_error(self) -> None:
        """Go to the first error of the log."""
        self.pane.show_first_error()

    def focus_input(self) -> None:
        """Put the focus into the program's input."""
        self.input.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keep(self) -> None:
        """Take down what is to be found again, now."""
        self._keeping.stop()
        self._kept["pane"] = self.pane.state()
        if self.has_log() and not self.is_earlier():
            self._kept["place"] = self.pane.place() | {"run": self.choice.shown.run_id}
        self._kept["earlier"] = self.choice.earlier
        self._kept["usage"] = self.pane.bar.usage.isChecked()
        self._kept["input"] = self.input.kept()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Take down what is to be found again: what is hidden is often destroyed next."""
        self.keep()
        super().hideEvent(event)

    # parts

    def _make_parts(self) -> None:
        """Make everything where it stays: a widget that changes its parent is styled anew."""
        look = self._desk.appearance
        self._pages = QStackedWidget(self)
        self._log_page = QWidget(self._pages)
        self.pane = LogPane(look, self._desk.settings, self._log_page)
        self.plots: UsagePanel | None = None
        self.empty: EmptyPlace | None = None
        self.card = RunCard(look, self._log_page)
        self.strip = ProgressStrip(self._log_page)
        self.input = InputLine(look, self._log_page)
        self.banner = QFrame(self._log_page)
        self.banner.setProperty("look", "banner")
        self._banner_text = ShortLabel(self.banner)
        self.back = QPushButton(self.tr("Back to the current run"), self.banner)
        self.back.setProperty("look", "flat")

    def _build(self) -> None:
        line = QHBoxLayout(self.banner)
        line.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_XS)
        line.addWidget(self._banner_text, 1)
        line.addWidget(self.back)
        self._row = QHBoxLayout()
        self._row.setSpacing(0)
        self._row.addWidget(self.pane, 1)
        column = QVBoxLayout(self._log_page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addLayout(self._row, 1)
        column.addWidget(self.strip)
        column.addWidget(self.card)
        column.addWidget(self.input)
        self._pages.addWidget(self._log_page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        self.setFocusProxy(self.pane.view)

    def _make_menus(self) -> None:
        bar = self.pane.bar
        self.runs = RunMenu(self._desk.appearance, self)
        bar.runs.setMenu(self.runs)
        self.runs.aboutToShow.connect(self._show_menu)
        self.runs.aboutToShow.connect(self.listing.refresh)  # others may have played it meanwhile
        self._more = QMenu(self)
        self._more.aboutToShow.connect(self._fill_more)
        bar.more.setMenu(self._more)

    def _fill_more(self) -> None:
        """Fill the menu the first time that it opens: a panel opens more often than its menu."""
        more = self._more
        if more.actions():
            return
        for text, run in (
            (self.tr("Find"), self.open_find),
            (self.tr("Next error"), self.next_error),
            (self.tr("Previous error"), self.previous_error),
            (None, None),
            (self.tr("Copy"), self.copy),
            (self.tr("Copy with columns"), self.copy_with_columns),
            (self.tr("Export…"), self.export),
            (self.tr("Open as text"), self.open_as_text),
            (None, None),
            (self.tr("Hold the view still"), self.toggle_pause),
            (self.tr("Wrap long lines"), self.toggle_wrap),
            (self.tr("Show equal rows once"), self.toggle_collapse),
            (self.tr("Memory, processor and log rate"), self.toggle_usage),
        ):
            if text is None or run is None:
                more.addSeparator()
            else:
                more.addAction(text).triggered.connect(run)
        times = self.pane.bar.times.menu()
        if times is not None:
            more.addMenu(times)

    def _connect(self) -> None:
        bridge = self._project.bridge
        bridge.log_grew.connect(self._grow)
        bridge.tail_changed.connect(self._change_tail)
        bridge.usage_changed.connect(self._show_use)
        bridge.run_started.connect(self.listing.refresh)
        bridge.run_ended.connect(self._end_run)
        self.choice.changed.connect(self._show_run)
        self.choice.failed.connect(self._say)
        self.listing.changed.connect(self._refill_menu)
        self.runs.run_chosen.connect(self.show_run)
        self.back.clicked.connect(self.back_to_current)
        self.card.play_again_requested.connect(self._play_again)
        self.card.first_error_requested.connect(self.show_first_error)
        self.pane.bar.usage.toggled.connect(self._show_plots)
        self.pane.link_activated.connect(self._go_to)
        self._input.focus_left.connect(self.pane.view.setFocus)
        self._keeping.timeout.connect(self.keep)
        self._looking.timeout.connect(self._follow_other)
        for signal in (self.pane.changed, self.input.changed):
            signal.connect(self._keep_soon)

    def _restore(self) -> None:
        """Show what was shown when this panel was last there."""
        self.input.restore(self._kept.get("input"))
        self.pane.restore(self._kept.get("pane"))
        self.pane.bar.usage.setChecked(bool(self._kept.get("usage")))
        self._show_run()
        earlier = self._kept.get("earlier")
        if earlier:
            self.show_run(str(earlier))

    # what happens

    def _show_run(self) -> None:
        shown = self.choice.shown
        self._show_page(empty=shown.log is None)
        # By the record: when a run has just been made, the state still tells of the one before.
        live = not shown.earlier and shown.record is not None and shown.record.ended is None
        self.pane.show_log(shown.log, live=live, earlier=shown.earlier)
        self.banner.setVisible(shown.earlier)
        if shown.earlier and shown.record is not None:
            text = self.tr("Earlier run: {}").format(title(shown.record, live=shown.live))
            self._banner_text.setText(text)
        elif shown.log is not None:
            self._restore_place()
        if shown.live:
            self._looking.start()
        self._show_use()

    def _restore_place(self) -> None:
        """Find the place in this run's log again; another run is followed from its beginning."""
        kept = self._kept.get("place")
        if isinstance(kept, dict) and kept.get("run") == self.choice.shown.run_id:
            self.pane.go_to_place(kept)

    def _keep_soon(self) -> None:
        if not self._keeping.isActive():  # in a flood there is a change with every frame
            self._keeping.start()

    def _follow_other(self) -> None:
        """Take up what another Playhead has added to the log that is shown."""
        shown = self.choice.shown
        if not shown.live or shown.log is None:
            self._looking.stop()
        elif shown.log.refresh():
            self.pane.view.grow()

    def _grow(self) -> None:
        if not self.is_earlier():
            self.pane.view.grow()

    def _change_tail(self) -> None:
        if not self.is_earlier():
            self.pane.view.tail_changed()

    def _end_run(self) -> None:
        self._grow()
        self.listing.refresh()
        self._input.refresh()

    def _refill_menu(self) -> None:
        if self.runs.isVisible():
            self._show_menu()

    def _show_menu(self) -> None:
        current = self._project.session.run_id
        self.runs.show_runs(self.listing.runs, current, self.choice.shown.run_id)

    def _show_plots(self, visible: bool) -> None:
        if visible and self.plots is None:
            self.plots = UsagePanel(self._desk.appearance, self._log_page)
            self.plots.setFixedWidth(_PLOTS_WIDTH)
            self._row.addWidget(self.plots)
        if self.plots is not None:
            self.plots.setVisible(visible)
        self._show_use()
        self._keep_soon()

    def _show_page(self, *, empty: bool) -> None:
        if empty and self.empty is None:
            self.empty = EmptyPlace(
                self._desk.appearance,
                "debug",
                self.tr("Nothing has been played yet"),
                self.tr(
                    "Play prepares the project and runs it; everything that happens is shown here."
                ),
                self.tr("Play (F5)"),
            )
            self.empty.pressed.connect(self._play)
            self._pages.addWidget(self.empty)
        self._pages.setCurrentWidget(self.empty if empty and self.empty else self._log_page)

    def _show_use(self) -> None:
        samples = () if self.is_earlier() else tuple(self._project.bridge.usage)
        if self.plots is not None:
            self.plots.show_samples(samples)
        words = words_of(samples) if self._project.session.state.active else None
        name = self.tr("Memory, processor and log rate")
        now = " · ".join(words) if words else ""
        self.pane.bar.usage.describe(name, more=now)
        self._input.refresh()

    def _play(self) -> None:
        self._project.play_requested.emit(None)

    def _play_again(self) -> None:
        record = self.choice.shown.record
        self._project.play_requested.emit(record.request if record else None)

    def _go_to(self, link: Any) -> None:  # noqa: ANN401 - a LogLink; signals carry no types
        """Show a place that the log names: the project's own file where it is one."""
        run_id = self.choice.shown.run_id
        folder = self._project.service.history.folder(run_id) if run_id else Path()
        found = find_file(link.path, self._project.root, folder)
        if found is None:
            self._say(self.tr("{} is not there any more.").format(link.path))
            return
        line, column = (link.line, link.column) if found.has_line else (None, None)
        self._project.location_requested.emit(Place(found.path, line, column, run_id))

    def _say(self, sentence: str) -> None:
        self._project.notices.post(sentence, Severity.WARNING)
