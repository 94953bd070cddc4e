"""The panel with what is wrong with a project, where, and what mends it."""

import time
from typing import Final

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from session.log.entry import Fix, Severity
from studio.desk import Desk
from studio.look.tokens import ROW_ICON, SPACE_L, SPACE_S, SPACE_XS
from studio.open_project import OpenProject, Place
from studio.problems import Problem
from studio.widgets.empty_place import EmptyPlace
from studio.widgets.icon_button import IconButton
from studio.widgets.plain import PlainLabel, plain_tip
from studio.workspaces.editor.alive import start
from studio.workspaces.editor.bar import Bar, BarText
from studio.workspaces.editor.problem_groups import (
    copied,
    count_words,
    groups_of,
    message_words,
    place_words,
)
from studio.workspaces.editor.project_files import ProjectFiles

#: A row's `Problem`.
PROBLEM_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1


class ProblemsPanel(QWidget):
    """The list, the hint to the selected problem, and its fix."""

    def __init__(self, project: OpenProject, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._desk = desk
        self._files = ProjectFiles.of(project)
        self.counts = PlainLabel("", self)
        self.list = self._build_list()
        self.hint = PlainLabel("", self)
        self.fix = QPushButton(self)
        self.check = QPushButton(self.tr("Check again"), self)
        self.bar = Bar(desk.appearance, self)
        self._empty = EmptyPlace(desk.appearance, "", button=self.tr("Check"), parent=self)
        self._pages = QStackedWidget(self)
        self._arrange()
        self._listen()
        self._show()
        self._show_checking()

    def _build_list(self) -> QTreeWidget:
        rows = QTreeWidget(self)
        rows.setAccessibleName(self.tr("Problems"))
        rows.setColumnCount(4)
        rows.setHeaderLabels(
            [self.tr("Problem"), self.tr("Severity"), self.tr("Place"), self.tr("Code")]
        )
        rows.setHeaderHidden(True)
        rows.setUniformRowHeights(True)
        rows.setIndentation(SPACE_L)
        rows.setIconSize(self._desk.appearance.size(ROW_ICON))
        rows.setAllColumnsShowFocus(True)
        rows.setStyleSheet(f"QTreeView::item {{ padding-right: {SPACE_L}px; }}")
        header = rows.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2, 3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        return rows

    def _arrange(self) -> None:
        self.counts.setProperty("look", "muted")
        self.hint.setProperty("look", "muted")
        self.hint.setWordWrap(True)
        self.check.setToolTip(self.tr("Prepare the project without playing it, for its problems"))
        self.check.setAutoDefault(False)
        self.fix.setAutoDefault(False)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.list)
        top = QHBoxLayout()
        top.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_XS)
        top.addWidget(self.counts, 1)
        self._copy = IconButton(self._desk.appearance, "copy", self.tr("Copy"), self)
        self._copy.clicked.connect(self.copy)
        top.addWidget(self._copy)
        top.addWidget(self.check)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_XS)
        bottom.addWidget(self.hint, 1)
        bottom.addWidget(self.fix)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(top)
        rows.addWidget(self._pages, 1)
        rows.addLayout(bottom)
        rows.addWidget(self.bar)
        self.setFocusProxy(self.list)

    def _listen(self) -> None:
        project = self._project
        project.problems.changed.connect(self._show)
        project.problems.checked.connect(self._say_empty)
        project.checking_changed.connect(self._show_checking)
        self._desk.appearance.changed.connect(self._show)
        self.list.itemActivated.connect(self._open)
        self.list.currentItemChanged.connect(self._show_hint)
        self.check.clicked.connect(project.check)
        self.fix.clicked.connect(self.apply_fix)
        self._empty.pressed.connect(project.check)
        for keys, run in (
            (QKeySequence("Ctrl+."), self.apply_fix),
            (QKeySequence(QKeySequence.StandardKey.Copy), self.copy),
        ):
            shortcut = QShortcut(keys, self.list)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(run)

    # -- showing

    def _show(self) -> None:
        """Show the problems of now; what was selected and folded stays so."""
        selected, folded = self.selected(), self._folded()
        scrolled = self.list.verticalScrollBar().value()
        self.list.clear()
        for group in groups_of(self._project.problems.problems):
            top = QTreeWidgetItem([f"{group.path or self.tr('Project')}  ({len(group.problems)})"])
            self.list.addTopLevelItem(top)
            top.setFirstColumnSpanned(True)
            top.setData(0, Qt.ItemDataRole.UserRole, group.path)
            for problem in group.problems:
                row = self._row(problem)
                top.addChild(row)
                if problem == selected:
                    self.list.setCurrentItem(row)
            top.setExpanded(group.path not in folded)
        self.list.verticalScrollBar().setValue(scrolled)
        problems = self._project.problems.problems
        self.counts.setText(count_words(problems))
        self._copy.setVisible(bool(problems))
        self.check.setVisible(bool(problems))
        self._pages.setCurrentWidget(self.list if problems else self._empty)
        self._show_hint()
        self._say_empty()

    def _row(self, problem: Problem) -> QTreeWidgetItem:
        words = [
            message_words(problem),
            problem.severity.word,
            place_words(problem),
            problem.code or "",
        ]
        row = QTreeWidgetItem(words)
        icon = "error" if problem.severity >= Severity.ERROR else "warning"
        row.setIcon(0, self._desk.appearance.icon(icon, icon))
        for column in (1, 2, 3):
            row.setForeground(column, QColor(self._desk.appearance.tokens.muted))
        row.setData(0, PROBLEM_ROLE, problem)
        tip = f"{problem.message}\n{problem.hint}" if problem.hint else problem.message
        row.setToolTip(0, plain_tip(tip))
        spoken = [problem.severity.word, problem.message, place_words(problem), problem.hint or ""]
        row.setData(0, Qt.ItemDataRole.AccessibleTextRole, ", ".join(filter(None, spoken)))
        return row

    def _folded(self) -> set[str]:
        tops = [self.list.topLevelItem(row) for row in range(self.list.topLevelItemCount())]
        return {
            str(top.data(0, Qt.ItemDataRole.UserRole))
            for top in tops
            if top is not None and not top.isExpanded()
        }

    def selected(self) -> Problem | None:
        """Return the problem that is selected."""
        item = self.list.currentItem()
        problem = item.data(0, PROBLEM_ROLE) if item is not None else None
        return problem if isinstance(problem, Problem) else None

    def _show_hint(self) -> None:
        problem = self.selected()
        self.hint.setText((problem.hint or "") if problem is not None else "")
        self.hint.setVisible(bool(self.hint.text()))
        fix = problem.fix if problem is not None else None
        self.fix.setVisible(fix is not None)
        if fix is not None:
            self.fix.setText(fix.title)
            self.fix.setToolTip(plain_tip(self.tr("Change {0} so (Ctrl+.)").format(fix.path)))

    def _say_empty(self) -> None:
        checked = self._project.problems.checked_at
        if self._project.checking:
            self._empty.say(self.tr("Checking…"))
        elif checked is not None:
            at = time.strftime("%H:%M", time.localtime(checked))
            self._empty.say(self.tr("No problems"), self.tr("Last checked {0}.").format(at))
        else:
            text = self.tr("Errors in the code, the manifest and the dependencies stand here.")
            self._empty.say(self.tr("Not checked yet"), text)

    def _show_checking(self) -> None:
        checking = self._project.checking
        self.check.setEnabled(not checking)
        self.check.setText(self.tr("Checking…") if checking else self.tr("Check again"))
        self._empty.button.setEnabled(not checking)
        self._say_empty()

    # -- doing

    def _open(self, item: QTreeWidgetItem) -> None:
        problem = item.data(0, PROBLEM_ROLE)
        if isinstance(problem, Problem) and problem.location is not None:
            where = problem.location
            path = self._project.root / where.path
            self._project.location_requested.emit(Place(path, where.line, where.column))

    def copy(self) -> None:
        """Copy the selected problem, or all of them."""
        problem = self.selected()
        chosen = [problem] if problem is not None else self._project.problems.problems
        QGuiApplication.clipboard().setText("\n".join(copied(one) for one in chosen))

    def apply_fix(self) -> None:
        """Make the selected problem's fix, save, and check again."""
        problem = self.selected()
        if problem is not None and problem.fix is not None:
            start(self, self._fix(problem.fix))

    async def _fix(self, fix: Fix) -> None:
        editing = self._files.editing
        if editing is None:
            return
        refusal = await editing.apply_fix(fix)
        if not shiboken6.isValid(self):
            return
        if refusal is not None:
            self.bar.say(BarText(refusal, icon="warning", role="warning"))
            return
        self.bar.silence()
        self._project.check()
