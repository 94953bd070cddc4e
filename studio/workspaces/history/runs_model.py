"""The runs of a project as a table; updated row by row, so that selection and scroll stay."""

import time
from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from studio.figures import moment, short_id
from studio.look.appearance import Appearance
from studio.widgets.plain import plain_tip
from studio.widgets.runs.listing import ListedRun
from studio.widgets.runs.words import arguments, state_word, took, why

Index = QModelIndex | QPersistentModelIndex
STATE, STARTED, TOOK, ARGUMENTS, WHY, CONTENT, ROWS = range(7)
_RIGHT: Final = frozenset({TOOK, ROWS})


class RunsModel(QAbstractTableModel):
    """Newest first. `runs` are the rows."""

    def __init__(self, appearance: Appearance, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.runs: list[ListedRun] = []
        appearance.changed.connect(self.tell_times)

    def show_runs(self, runs: Sequence[ListedRun]) -> None:
        """Have these rows: what is gone goes, what is new comes, what changed changes."""
        wanted = {run.run_id: run for run in runs}
        for row in reversed(range(len(self.runs))):
            if self.runs[row].run_id not in wanted:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self.runs[row]
                self.endRemoveRows()
        for row, run in enumerate(runs):
            if row < len(self.runs) and self.runs[row].run_id == run.run_id:
                self._replace(row, run)
            else:
                self.beginInsertRows(QModelIndex(), row, row)
                self.runs.insert(row, run)
                self.endInsertRows()

    def tell_times(self) -> None:
        """Show times and colours anew."""
        if self.runs:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.runs) - 1, ROWS))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - as Qt has it  # noqa: N802 - Qt's name
        """Return the number of runs."""
        return 0 if parent.isValid() else len(self.runs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - as Qt has it  # noqa: N802 - Qt's name
        """Return the number of columns."""
        return 0 if parent.isValid() else ROWS + 1

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # noqa: ANN401 - Qt's variant
        """Return the heads of the columns."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._heads()[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's variant
        """Return what a cell shows."""
        run, column = self.runs[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(run, column)
        if role == Qt.ItemDataRole.DecorationRole and column == STATE:
            word = state_word(run.record, live=run.live)
            return self._appearance.icon(word.icon, word.role)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._tip(run, column))
        return None

    def _replace(self, row: int, run: ListedRun) -> None:
        if self.runs[row] != run:
            self.runs[row] = run
            self.dataChanged.emit(self.index(row, 0), self.index(row, ROWS))

    def _text(self, run: ListedRun, column: int) -> str:
        record, now = run.record, time.time()
        match column:
            case 0:
                return state_word(record, live=run.live).word
            case 1:
                return moment(record.started, now)
            case 2:
                return took(record, live=run.live, now=now)
            case 3:
                return arguments(record)
            case 4:
                return why(record, live=run.live).partition("\n")[0]
            case 5:
                return short_id(record.content_id, 8)
            case _:
                return f"{run.rows:,}"

    def _tip(self, run: ListedRun, column: int) -> str:
        if column == STARTED:
            return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(run.record.started))
        if column == CONTENT:
            return run.record.content_id or ""
        if column == WHY and run.record.exit is not None:
            return "\n".join(filter(None, (run.record.exit.message, run.record.exit.next_step)))
        return self._text(run, column)

    def _heads(self) -> tuple[str, ...]:
        return (
            self.tr("State"),
            self.tr("Started"),
            self.tr("Took"),
            self.tr("Arguments"),
            self.tr("How it ended"),
            self.tr("Content"),
            self.tr("Rows"),
        )

    @staticmethod
    def _alignment(column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter
