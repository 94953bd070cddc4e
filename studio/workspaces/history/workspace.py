"""The history workspace: this project's runs, newest first, and what can be done with them.

Holds no run: the list is read off the disk, and what the view remembers lies with the project.
"""

from collections.abc import Collection
from typing import Any, Final

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QActionEvent, QDesktopServices, QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHeaderView,
    QMenu,
    QSplitter,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from session.log.entry import Severity
from session.record import RunRecord
from session.run_id import RunId
from studio.desk import Desk
from studio.look.tokens import LIST_ROW_HEIGHT, SPACE_S
from studio.open_project import OpenProject
from studio.widgets.action_keys import ActionKeys, keys_in_window, keys_of
from studio.widgets.empty_place import EmptyPlace
from studio.widgets.runs.listing import ListedRun, RunListing
from studio.widgets.runs.words import command_line, not_in_command
from studio.workspaces.history.comparison_page import ComparisonPage
from studio.workspaces.history.deletions import Deletions
from studio.workspaces.history.history_bar import HistoryBar
from studio.workspaces.history.run_details import RunDetails
from studio.workspaces.history.runs_model import WHY, RunsModel

_VIEW: Final = "history"
#: How often the time of a live run is told, in milliseconds.
_TELL_MS: Final = 1000
_EMPTY, _LIST, _COMPARISON = range(3)
_WIDTHS: Final = (140, 120, 90, 180, 0, 90, 90)


class HistoryWorkspace(QWidget):
    """Runs of one project; can be built and destroyed at any time."""

    def __init__(self, project: OpenProject, desk: Desk) -> None:
        super().__init__()
        self._project = project
        self._kept: dict[str, Any] = project.view(_VIEW)
        history = project.service.history
        self.listing = RunListing.of(project, history, project.path)
        self.deletions = Deletions.of(project)
        self.model = RunsModel(desk.appearance, self)
        self.bar = HistoryBar(desk.appearance, self)
        self.details = RunDetails(desk.appearance, history, self)
        self.comparison = ComparisonPage(desk.appearance, history, self)
        self.empty = EmptyPlace(
            desk.appearance,
            "history",
            self.tr("No runs yet"),
            self.tr(
                "Each press of Play leaves a run here: its log, why it ended and what it wrote. "
                "Runs can be opened again, compared and repeated."
            ),
            self.tr("Play"),
            self,
        )
        self.empty.button.setToolTip(self.tr("Prepare the project and run it"))
        self._keys = ActionKeys(self)
        self._chosen = False
        self._make_table()
        self._build()
        self._connect()
        self._tell_keys()
        self._show_runs()
        compared = self._kept.get("comparison")
        if isinstance(compared, list) and len(compared) == 2 and all(map(_is_text, compared)):
            self.compare_runs(*compared)

    @property
    def selected(self) -> list[ListedRun]:
        """The selected runs, newest first."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [self.model.runs[row] for row in rows]

    @property
    def one(self) -> RunRecord | None:
        """The one run that is selected."""
        selected = self.selected
        return selected[0].record if len(selected) == 1 else None

    def has_one(self) -> bool:
        """Whether exactly one run is selected."""
        return self.one is not None

    def has_two(self) -> bool:
        """Whether exactly two runs are selected."""
        return len(self.selected) == 2

    def has_some(self) -> bool:
        """Whether a run is selected that can be deleted."""
        return any(not run.live for run in self.selected)

    def open_log(self) -> None:
        """Show the log of the selected run in the debug workspace."""
        if self.one is not None:
            self._project.run_requested.emit(self.one.run_id)

    def show_first_error(self) -> None:
        """Show the log of the selected run at its first error."""
        if self.one is not None:
            self._project.ask_for_first_error(self.one.run_id)

    def compare(self) -> None:
        """Compare the two selected runs, here."""
        selected = self.selected
        if len(selected) == 2:
            self.compare_runs(selected[1].run_id, selected[0].run_id)

    def compare_runs(self, left: str, right: str) -> None:
        """Show two runs side by side."""
        self._kept["comparison"] = [left, right]
        self.comparison.compare(RunId(left), RunId(right))
        self._pages.setCurrentIndex(_COMPARISON)
        self.comparison.table.setFocus()

    def close_comparison(self) -> None:
        """Go back to the list."""
        self._kept.pop("comparison", None)
        self.comparison.give_up()
        self._show_runs()
        self.table.setFocus()

    def play_again(self) -> None:
        """Play with what the selected run was played with."""
        if self.one is not None:
            self._project.play_requested.emit(self.one.request)

    def copy_command(self) -> None:
        """Copy the command that plays the same in a terminal."""
        if self.one is not None:
            QGuiApplication.clipboard().setText(command_line(self.one))
            if left_out := not_in_command(self.one):
                self._project.notices.post(left_out, Severity.WARNING)

    def delete(self) -> None:
        """Delete the selected runs; there is a way back for a while."""
        doomed = [run.record.run_id for run in self.selected if not run.live]
        if not doomed:
            return
        at = self.table.selectionModel().selectedRows()[0].row()
        self.deletions.add(doomed)
        if self.model.runs and not self.selected:  # the keys go on with what is in its place
            self._select({self.model.runs[min(at, len(self.model.runs) - 1)].run_id})

    def undo_delete(self) -> None:
        """Bring back what was deleted last, selected as it was."""
        hidden = self.deletions.hidden
        self.deletions.undo()
        if back := hidden - self.deletions.hidden:
            self._select(back)

    def open_folder(self) -> None:
        """Open the folder in which the run is kept."""
        if self.one is not None:
            folder = self._project.service.history.folder(self.one.run_id)
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def copy_written(self) -> None:
        """Copy what the selected run wrote into the project."""
        if self.one is not None and self.one.written:
            self.details.card.copy_requested.emit(False)

    def wrote_something(self) -> bool:
        """Whether the selected run wrote files."""
        return self.one is not None and bool(self.one.written)

    def can_undo(self) -> bool:
        """Whether a deletion can be taken back."""
        return bool(self.deletions.undoable)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Look at the disk again: others may have played the project meanwhile."""
        super().showEvent(event)
        keys = keys_in_window(self, "run.play")
        self.empty.button.setText(self.tr("Play ({})").format(keys) if keys else self.tr("Play"))
        self.listing.refresh()

    def actionEvent(self, event: QActionEvent) -> None:  # noqa: N802 - Qt's name
        """Take note of an action's keys."""
        super().actionEvent(event)
        self._keys.take(event)

    def _tell_keys(self) -> None:
        """Have tooltips say the user's keys, now and when they are changed."""
        bar = self.bar
        for name, button in (
            ("history.open_log", bar.open_log),
            ("history.compare", bar.compare),
            ("history.play_again", bar.again),
            ("history.delete", bar.delete),
            ("history.undo_delete", bar.undo),
        ):
            self._keys.tell_tip(name, button)

    def _key(self, name: str) -> str:
        keys = next((keys_of(one) for one in self.actions() if one.objectName() == name), "")
        return f"\t{keys}" if keys else ""

    def _make_table(self) -> None:
        table = self.table = QTableView(self)
        table.setModel(self.model)
        table.setAccessibleName(self.tr("Runs, newest first"))
        table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setStyleSheet(f"QTableView::item {{ padding: 0 {SPACE_S}px; }}")
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(LIST_ROW_HEIGHT)
        head = table.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(WHY, QHeaderView.ResizeMode.Stretch)
        for column, width in enumerate(_WIDTHS):
            if width:
                table.setColumnWidth(column, width)

    def _build(self) -> None:
        self._splitter = QSplitter(Qt.Orientation.Vertical, self)
        self._splitter.addWidget(self.table)
        self._splitter.addWidget(self.details)
        self._splitter.setStretchFactor(0, 3)
        self._splitter.setStretchFactor(1, 2)
        self._splitter.setChildrenCollapsible(False)
        lists = QWidget(self)
        column = QVBoxLayout(lists)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self._splitter, 1)
        self._pages = QStackedWidget(self)
        for page in (self.empty, lists, self.comparison):
            self._pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        self.setProperty("look", "page")
        self.setFocusProxy(self.table)

    def _connect(self) -> None:
        bridge, bar = self._project.bridge, self.bar
        bridge.run_started.connect(self.listing.refresh)
        bridge.run_ended.connect(self.listing.refresh)
        bridge.state_changed.connect(self.listing.refresh)
        self.listing.changed.connect(self._show_runs)
        self.deletions.changed.connect(self._show_runs)
        self.deletions.deleted.connect(self.listing.refresh)
        self._project.comparison_requested.connect(self.compare_runs)
        self.table.selectionModel().selectionChanged.connect(self._show_selection)
        self.table.activated.connect(self.open_log)
        self.table.customContextMenuRequested.connect(self._open_menu)
        self.empty.pressed.connect(self._play)
        self.comparison.closed.connect(self.close_comparison)
        self.details.play_again_requested.connect(self.play_again)
        self.details.first_error_requested.connect(self.show_first_error)
        bar.open_log.clicked.connect(self.open_log)
        bar.compare.clicked.connect(self.compare)
        bar.again.clicked.connect(self.play_again)
        bar.delete.clicked.connect(self.delete)
        bar.undo.clicked.connect(self.undo_delete)
        bar.more.clicked.connect(self._open_more)
        self._clock = QTimer(self, interval=_TELL_MS)
        self._clock.timeout.connect(self.model.tell_times)

    def _show_runs(self) -> None:
        hidden = self.deletions.hidden
        runs = [run for run in self.listing.runs if run.record.run_id not in hidden]
        self.model.show_runs(runs)
        self.bar.show_deleted(self.deletions.undoable)
        if "comparison" not in self._kept:
            something = runs or hidden or not self.listing.known
            self._show_page(_LIST if something else _EMPTY)
        if any(run.live for run in runs):
            self._clock.start()
        else:
            self._clock.stop()
        self._restore_selection()
        self._show_selection()

    def _show_page(self, page: int) -> None:
        """Show a page; a focus that was on the one before goes to the list."""
        had_focus = self._pages.currentIndex() != page and self._has_focus()
        self._pages.setCurrentIndex(page)
        if had_focus and page == _LIST:
            self.table.setFocus()

    def _has_focus(self) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and (focus is self or self.isAncestorOf(focus))

    def _restore_selection(self) -> None:
        """Select what was selected when this page was last there, or else the newest run."""
        if self._chosen or not self.model.runs or self.selected:
            return
        self._chosen = True
        wanted = self._kept.get("selected")
        if not isinstance(wanted, list) or not any(r.run_id in wanted for r in self.model.runs):
            wanted = [self.model.runs[0].run_id]
        self._select(wanted)

    def _select(self, wanted: Collection[str]) -> None:
        """Select runs by their names; the keys go on from the first."""
        chosen = QItemSelection()
        for row, run in enumerate(self.model.runs):
            if run.run_id in wanted:
                index = self.model.index(row, 0)
                chosen.select(index, index)
        flags = QItemSelectionModel.SelectionFlag
        model = self.table.selectionModel()
        model.select(chosen, flags.ClearAndSelect | flags.Rows)
        if indexes := model.selectedRows():
            model.setCurrentIndex(indexes[0], flags.NoUpdate)

    def _show_selection(self) -> None:
        selected = self.selected
        if self._chosen:
            self._kept["selected"] = [run.run_id for run in selected]
        self.details.show_runs(selected)
        self.bar.enable(
            one=len(selected) == 1, two=len(selected) == 2, some=any(not r.live for r in selected)
        )

    def _open_more(self) -> None:
        below = self.bar.more.rect().bottomLeft()
        self._pop_up(self.bar.more.mapToGlobal(below))

    def _open_menu(self, at: QPoint) -> None:
        self._pop_up(self.table.viewport().mapToGlobal(at))

    def _pop_up(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        one, some, wrote = self.has_one(), self.has_some(), self.wrote_something()
        for text, name, run, enabled in (
            (self.tr("Open log"), "open_log", self.open_log, one),
            (self.tr("Compare"), "compare", self.compare, self.has_two()),
            (self.tr("Play again"), "play_again", self.play_again, one),
            (self.tr("Copy command line"), "copy_command", self.copy_command, one),
            (
                self.tr("Copy what it wrote into the project"),
                "copy_written",
                self.copy_written,
                wrote,
            ),
            (self.tr("Open run folder"), "open_folder", self.open_folder, one),
            (self.tr("Delete"), "delete", self.delete, some),
        ):
            action = menu.addAction(text + self._key(f"history.{name}"))
            action.triggered.connect(run)
            action.setEnabled(enabled)
        menu.popup(at)

    def _play(self) -> None:
        self._project.play_requested.emit(None)


def _is_text(value: object) -> bool:
    return isinstance(value, str)
