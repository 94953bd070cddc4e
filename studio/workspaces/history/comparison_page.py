"""Two logs side by side, aligned by a process; going from difference to difference."""

import asyncio

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from session.errors import RunNotFound
from session.history import RunHistory
from session.run_id import RunId
from studio import loop
from studio.look.appearance import Appearance
from studio.look.tokens import ROW_HEIGHT, SPACE_S, SPACE_XL, SPACE_XS
from studio.widgets.icon_button import IconButton
from studio.widgets.plain import PlainLabel
from studio.widgets.runs.words import title
from studio.widgets.short_label import ShortLabel
from studio.workspaces.history.comparison import (
    MOST_ROWS,
    Cancelled,
    ComparedLog,
    Comparison,
    ComparisonJob,
)
from studio.workspaces.history.comparison_model import LEFT, RIGHT, SIGN, ComparisonModel


class ComparisonPage(QWidget):
    """Compares two runs. A comparison that is no longer wanted is given up."""

    closed = Signal()
    #: The comparison is there, or cannot be made.
    done = Signal()

    def __init__(
        self, appearance: Appearance, history: RunHistory, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._history = history
        self._held = _Held()
        # It knows no widget: when this page goes, what is under way ends with it.
        self.destroyed.connect(self._held.let_go)
        self.model = ComparisonModel(appearance, self)
        self._make_head()
        self._make_table()
        self._build()
        appearance.changed.connect(self._use_font)

    @property
    def summary(self) -> str:
        """What the comparison says as a whole."""
        return self._summary.text()

    def compare(self, left: RunId, right: RunId) -> None:
        """Compare two runs, the older one on the left."""
        left, right = sorted((left, right))
        self.give_up()
        self._summary.setText(self.tr("Comparing…"))
        self._left.setText(left)
        self._right.setText(right)
        job = self._held.job = ComparisonJob(self._history, left, right)
        loop.start(self._compare(job))

    def give_up(self) -> None:
        """Compare no more, and let go of what was compared; nobody looks."""
        self.model.show_comparison(None, only_differences=False)
        self._held.let_go()

    def go_next(self) -> None:
        """Go to the next difference."""
        self._go(self.model.next_difference(self._row))

    def go_previous(self) -> None:
        """Go to the difference before."""
        self._go(self.model.previous_difference(self._row))

    @property
    def _row(self) -> int:
        return self.table.currentIndex().row()

    async def _compare(self, job: ComparisonJob) -> None:
        try:
            found = await asyncio.to_thread(job.run)
        except Cancelled:
            return
        except (OSError, RunNotFound) as error:
            if not job.cancelled:
                self._summary.setText(self.tr("These runs cannot be compared: {}").format(error))
                self.done.emit()
            return
        if job.cancelled:
            found.close()
        else:
            self._show(found)

    def _show(self, comparison: Comparison) -> None:
        self._held.comparison = comparison
        self._left.setText(_name(comparison.left))
        self._right.setText(_name(comparison.right))
        self._summary.setText(self._words(comparison))
        self._refill()
        self._go(self.model.next_difference(-1))
        self.done.emit()

    def _refill(self) -> None:
        only = self.only.isChecked()
        self.model.show_comparison(self._held.comparison, only_differences=only)

    def _words(self, comparison: Comparison) -> str:
        count = len(comparison.aligned.differences)
        if not count:
            text = self.tr("No difference, but for times and addresses.")
        elif count == 1:
            text = self.tr("1 difference; times and addresses are passed over.")
        else:
            text = self.tr("{} differences; times and addresses are passed over.")
            text = text.format(f"{count:,}")
        if comparison.cut:
            most = max(comparison.left.rows, comparison.right.rows)
            cut = self.tr("Only the first {} of {} rows are compared.")
            text += " " + cut.format(f"{MOST_ROWS:,}", f"{most:,}")
        return text

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Go back on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _go(self, row: int | None) -> None:
        if row is not None:
            self.table.setCurrentIndex(self.model.index(row, LEFT))
            self.table.scrollTo(self.model.index(row, LEFT), QTableView.ScrollHint.PositionAtCenter)

    def _make_head(self) -> None:
        self.back = QPushButton(self.tr("Back to the runs"), self)
        self.back.setProperty("look", "flat")
        self.back.setAutoDefault(False)
        self.back.setToolTip(self.tr("Show the list of runs again (Esc)"))
        self.back.clicked.connect(self.closed)
        self._summary = ShortLabel(self)
        self._summary.setProperty("look", "muted")
        self.only = QPushButton(self.tr("Only differences"), self)
        self.only.setCheckable(True)
        self.only.setToolTip(self.tr("Leave out the rows that are the same on both sides"))
        self.only.toggled.connect(self._refill)
        self.previous = IconButton(
            self._appearance, "previous", self.tr("Previous difference"), self
        )
        self.next = IconButton(self._appearance, "next", self.tr("Next difference"), self)
        self.previous.clicked.connect(self.go_previous)
        self.next.clicked.connect(self.go_next)
        self._left, self._right = PlainLabel(parent=self), PlainLabel(parent=self)

    def _make_table(self) -> None:
        self.table = QTableView(self)
        self.table.setModel(self.model)
        self.table.setAccessibleName(self.tr("Comparison of two logs"))
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.horizontalHeader().hide()
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        head = self.table.horizontalHeader()
        head.setMinimumSectionSize(SPACE_XL)
        head.setSectionResizeMode(LEFT, QHeaderView.ResizeMode.Stretch)
        head.setSectionResizeMode(SIGN, QHeaderView.ResizeMode.Fixed)
        head.setSectionResizeMode(RIGHT, QHeaderView.ResizeMode.Stretch)
        self.table.setColumnWidth(SIGN, SPACE_XL)
        self._use_font()

    def _build(self) -> None:
        head = QFrame(self)
        head.setProperty("look", "header")
        row = QHBoxLayout(head)
        row.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_XS)
        row.addWidget(self.back)
        row.addWidget(self._summary, 1)
        for button in (self.only, self.previous, self.next):
            row.addWidget(button)
        names = QHBoxLayout()
        names.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_XS)
        for label in (self._left, self._right):
            label.setProperty("look", "title")
            names.addWidget(label, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addLayout(names)
        layout.addWidget(self.table, 1)
        self.setFocusProxy(self.table)

    def _use_font(self) -> None:
        self.table.setFont(self._appearance.code_font())


class _Held:
    """What a page holds beyond itself: the comparison under way, and the one that is shown."""

    def __init__(self) -> None:
        self.job: ComparisonJob | None = None
        self.comparison: Comparison | None = None

    def let_go(self) -> None:
        """End the one, close the other."""
        if self.job is not None:
            self.job.cancel()
        if self.comparison is not None:
            self.comparison.close()
        self.job = self.comparison = None


def _name(side: ComparedLog) -> str:
    return title(side.record, live=side.record.ended is None)
