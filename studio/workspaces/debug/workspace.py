"""The debug workspace: the log of the run, its input, how it stands and what it uses.

Built and destroyed at any moment of a run: the log belongs to the session, what the view
remembers lies with the project (`project.views`), and nothing here is the only copy of anything.
"""

import asyncio
from pathlib import Path
from typing import Any, Final

import shiboken6
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QActionEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from session.log.entry import Severity
from session.run_id import RunId
from studio import loop
from studio.desk import Desk
from studio.open_project import OpenProject, Place
from studio.widgets.action_keys import ActionKeys, keys_in_window, keys_of
from studio.widgets.empty_place import EmptyPlace
from studio.widgets.log_view.links import LogLink
from studio.widgets.plots.panel import UsagePanel
from studio.widgets.plots.series import words_of
from studio.widgets.runs.card import RunCard
from studio.widgets.runs.listing import RunListing
from studio.widgets.runs.words import title
from studio.workspaces.debug.earlier_banner import EarlierBanner
from studio.workspaces.debug.input_line import InputLine
from studio.workspaces.debug.log_pane import LogPane
from studio.workspaces.debug.log_saving import LogSaving
from studio.workspaces.debug.more_menu import MoreEntry, MoreMenu
from studio.workspaces.debug.places import find_file
from studio.workspaces.debug.program_input import ProgramInput
from studio.workspaces.debug.run_menu import RunMenu
from studio.workspaces.debug.run_status import RunStatus
from studio.workspaces.debug.shown_run import RunChoice, ShownRun

_VIEW: Final = "debug"
#: How soon after a change what is to be found again is taken down, in milliseconds.
_KEEP_MS: Final = 200
#: How often the log of a run that another Playhead plays is looked at.
_LOOK_MS: Final = 500


class DebugWorkspace(QWidget):
    """Shows the session's run, or an earlier one."""

    def __init__(self, project: OpenProject, desk: Desk) -> None:
        super().__init__()
        self._project = project
        self._desk = desk
        self._kept: dict[str, Any] = project.view(_VIEW)
        self.choice = RunChoice(project, self)
        self.listing = RunListing.of(project, project.service.history, project.path)
        self._keys = ActionKeys(self)
        self._make_parts()
        self._build()
        self._tell_keys()
        self._input = ProgramInput(project, self.input, self.choice, self._kept)
        self.status = RunStatus(project, desk, self.card, self.choice, self._kept)
        self._saving = LogSaving(project, desk, self.pane)
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

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Say by which keys one plays."""
        super().showEvent(event)
        self._name_play()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Take down what is to be found again: what is hidden is often destroyed next."""
        self.keep()
        super().hideEvent(event)

    # parts

    def _make_parts(self) -> None:
        """Make everything where it stays: a widget that changes its parent is styled anew."""
        look = self._desk.appearance
        self._log_page = QWidget(self)
        self.pane = LogPane(look, self._desk.settings, self._log_page)
        self.plots: UsagePanel | None = None
        self.empty: EmptyPlace | None = None
        self.card = RunCard(look, self._log_page)
        self.input = InputLine(look, self._log_page)
        self.banner: EarlierBanner | None = None

    def _build(self) -> None:
        column = self._column = QVBoxLayout(self._log_page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.pane, 1)
        column.addWidget(self.card)
        column.addWidget(self.input)
        # No stack: that shows its page now, and so has everything styled once more than needed.
        self._places = QVBoxLayout(self)
        self._places.setContentsMargins(0, 0, 0, 0)
        self._places.addWidget(self._log_page)
        self.setFocusProxy(self.pane.view)

    def _make_menus(self) -> None:
        bar = self.pane.bar
        self.runs = RunMenu(self._desk.appearance, self)
        bar.runs.setMenu(self.runs)
        self.runs.aboutToShow.connect(self._show_menu)
        self.runs.aboutToShow.connect(self.listing.refresh)  # others may have played it meanwhile
        self.more = MoreMenu(bar, self)
        self.more.aboutToShow.connect(self._fill_more)
        bar.more.setMenu(self.more)

    def _fill_more(self) -> None:
        """Fill the menu when it opens: a panel is built more often than its menu is opened."""
        bar, some, keys = self.pane.bar, self.has_log(), self._keys_of
        offers = (
            (
                (self.tr("Find"), self.open_find, "debug.find"),
                (self.tr("Next error"), self.next_error, "debug.next_error"),
                (self.tr("Previous error"), self.previous_error, "debug.previous_error"),
            ),
            (
                (self.tr("Copy"), self.copy, "debug.copy"),
                (self.tr("Copy with columns"), self.copy_with_columns, "debug.copy_columns"),
                (self.tr("Export…"), self.export, "debug.export"),
                (self.tr("Open as text"), self.open_as_text, "debug.open_as_text"),
            ),
        )
        switches = (
            (self.tr("Follow the newest row"), "debug.follow", bar.follow),
            (self.tr("Hold the view still"), "debug.pause", bar.pause),
            (self.tr("Wrap long lines"), "debug.wrap", bar.wrap),
            (self.tr("Show equal rows once"), "debug.collapse", bar.collapse),
            (self.tr("Memory, processor and log rate"), "debug.usage", bar.usage),
        )
        groups = [
            [MoreEntry(text, run, keys(name), enabled=some) for text, run, name in group]
            for group in offers
        ]
        groups.append(
            [MoreEntry(text, one.toggle, keys(name), one) for text, name, one in switches]
        )
        self.more.fill(groups)

    def _keys_of(self, name: str) -> str:
        """Return the user's keys of an action of this workspace."""
        return next((keys_of(one) for one in self.actions() if one.objectName() == name), "")

    def _tell_keys(self) -> None:
        """Have tooltips say the user's keys, now and when they are changed."""
        bar = self.pane.bar
        for name, button in (
            ("debug.follow", bar.follow),
            ("debug.pause", bar.pause),
            ("debug.wrap", bar.wrap),
            ("debug.collapse", bar.collapse),
            ("debug.usage", bar.usage),
        ):
            self._keys.tell(name, button.set_keys)
        self._keys.tell_tip("debug.filter", bar.field)
        self._keys.tell_tip("debug.clear_filter", bar.reset)
        self._keys.tell_tip("debug.focus_input", self.input.field)
        self.pane.find_bar_made.connect(self._tell_find_keys)

    def _tell_find_keys(self) -> None:
        self._keys.tell("debug.find_next", self.pane.find_bar.next.set_keys)
        self._keys.tell("debug.find_previous", self.pane.find_bar.previous.set_keys)

    def actionEvent(self, event: QActionEvent) -> None:  # noqa: N802 - Qt's name
        """Take note of an action's keys."""
        super().actionEvent(event)
        self._keys.take(event)

    def _connect(self) -> None:
        bridge = self._project.bridge
        bridge.log_grew.connect(self._grow)
        bridge.tail_changed.connect(self._change_tail)
        bridge.usage_changed.connect(self._show_use)
        bridge.run_started.connect(self.listing.refresh)
        bridge.run_ended.connect(self._end_run)
        self.choice.changed.connect(self._show_run)
        self.choice.failed.connect(self._say)
        self.choice.ended.connect(self._end_other)
        self.listing.changed.connect(self._refill_menu)
        self.runs.run_chosen.connect(self.show_run)
        self.card.play_again_requested.connect(self._play_again)
        self.card.first_error_requested.connect(self.show_first_error)
        self.status.place_requested.connect(self._go_to)
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
        self._show_banner(shown)
        if shown.log is not None and not shown.earlier:
            self._restore_place()
        if shown.log is not None and self._project.first_error_of == shown.run_id:
            self._project.first_error_of = None
            self.show_first_error()
        if shown.live:
            self._looking.start()
        self._show_use()

    def _show_banner(self, shown: ShownRun) -> None:
        if shown.record is None or not shown.earlier:
            if self.banner is not None:
                self.banner.hide()
            return
        if self.banner is None:
            self.banner = EarlierBanner(self._log_page)
            self.banner.back_requested.connect(self.back_to_current)
            self._column.insertWidget(0, self.banner)
        self.banner.show_run(title(shown.record, live=shown.live), shown.missing)
        self.banner.show()

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
        if self.choice.follow():
            self.pane.view.grow()
        if not self.choice.shown.live:
            self._looking.stop()
        self.status.refresh()

    def _end_other(self) -> None:
        self._show_banner(self.choice.shown)
        self.listing.refresh()

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
        self._name_play()
        if self.runs.isVisible():
            self._show_menu()

    def _show_menu(self) -> None:
        current = self._project.session.run_id
        self.runs.show_runs(self.listing.runs, current, self.choice.shown.run_id)

    def _show_plots(self, visible: bool) -> None:
        if visible and self.plots is None:
            self.plots = UsagePanel(self._desk.appearance, self.pane)
            self.pane.add_beside(self.plots)
        if self.plots is not None:
            self.plots.setVisible(visible)
        self._show_use()
        self._keep_soon()

    def _show_page(self, *, empty: bool) -> None:
        if empty and self.empty is None:
            self.empty = EmptyPlace(
                self._desk.appearance,
                "debug",
                button=self.tr("Play"),
                parent=self,
            )
            self.empty.pressed.connect(self._leave_empty)
            self._places.addWidget(self.empty)
            self._name_play()
        for part, hidden in ((self.empty, not empty), (self._log_page, empty)):
            if part is not None and part.isHidden() != hidden:
                part.setHidden(hidden)

    def _name_play(self) -> None:
        """Say what is empty and what its button does: where there are runs, one can be shown."""
        if self.empty is None:
            return
        if self.listing.runs:
            self.empty.say(
                self.tr("Not played since it was opened"),
                self.tr("Its earlier runs are kept, with their logs."),
            )
            self.empty.button.setText(self.tr("Show the last run"))
            self.empty.button.setToolTip(self.tr("Show the log of the newest run"))
            return
        self.empty.say(
            self.tr("Nothing has been played yet"),
            self.tr(
                "Play prepares the project and runs it; everything that happens is shown here."
            ),
        )
        keys = keys_in_window(self, "run.play")
        self.empty.button.setText(self.tr("Play ({})").format(keys) if keys else self.tr("Play"))
        self.empty.button.setToolTip(self.tr("Prepare the project and run it"))

    def _leave_empty(self) -> None:
        if self.listing.runs:
            self.show_run(self.listing.runs[0].run_id)
        else:
            self._project.play_requested.emit(None)

    def _show_use(self) -> None:
        samples = () if self.is_earlier() else tuple(self._project.bridge.usage)
        if self.plots is not None:
            budget = self._project.session.budget if samples else None
            self.plots.show_samples(samples, budget)
        words = words_of(samples) if self._project.session.state.active else None
        name = self.tr("Memory, processor and log rate")
        now = " · ".join(words) if words else ""
        self.pane.bar.usage.describe(name, more=now)
        self._input.refresh()

    def _play_again(self) -> None:
        record = self.choice.shown.record
        self._project.play_requested.emit(record.request if record else None)

    def _go_to(self, link: LogLink) -> None:
        """Show a place that the log names: the project's own file where it is one."""
        run_id = self.choice.shown.run_id
        folder = self._project.service.history.folder(run_id) if run_id else Path()
        loop.start(self._find_and_show(link, folder, run_id))

    async def _find_and_show(self, link: LogLink, folder: Path, run_id: RunId | None) -> None:
        """The program chose the path: looking at it may take as long as it wants."""
        found = await asyncio.to_thread(find_file, link.path, self._project.root, folder)
        if not shiboken6.isValid(self):
            return
        if found is None:
            self._say(self.tr("{} is not there any more.").format(link.path))
            return
        line, column = (link.line, link.column) if found.has_line else (None, None)
        self._project.location_requested.emit(Place(found.path, line, column, run_id))

    def _say(self, sentence: str) -> None:
        self._project.notices.post(sentence, Severity.WARNING)
