"""A comparison as a table: left row, what differs, right row."""

from array import array
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor

from studio.look.appearance import Appearance
from studio.widgets.plain import plain_tip
from studio.workspaces.history.alignment import Kind
from studio.workspaces.history.comparison import ComparedLog, Comparison

Index = QModelIndex | QPersistentModelIndex
LEFT, SIGN, RIGHT = range(3)
#: Texts that are kept at a time.
_KEPT: Final = 2_000
_SIGNS: Final = {Kind.SAME: "", Kind.CHANGED: "≠", Kind.LEFT_ONLY: "-", Kind.RIGHT_ONLY: "+"}


class ComparisonModel(QAbstractTableModel):
    """Shows every line, or only those that differ."""

    def __init__(self, appearance: Appearance, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._comparison: Comparison | None = None
        self._lines: array[int] | range = range(0)
        self._differences: list[int] = []
        self._texts: dict[tuple[str, int], str] = {}
        appearance.changed.connect(self._repaint)

    def show_comparison(self, comparison: Comparison | None, *, only_differences: bool) -> None:
        """Show a comparison; None for none."""
        self.beginResetModel()
        self._comparison = comparison
        self._lines = range(0)
        self._differences = []
        self._texts.clear()
        if comparison is not None:
            kinds = comparison.aligned.kinds
            self._lines = range(len(kinds))
            if only_differences:
                self._lines = array("l", (at for at, kind in enumerate(kinds) if kind))
            starts = frozenset(comparison.aligned.differences)
            self._differences = [row for row, at in enumerate(self._lines) if at in starts]
        self.endResetModel()

    def next_difference(self, row: int) -> int | None:
        """Return the row where the next stretch of differences begins."""
        return next((at for at in self._differences if at > row), None)

    def previous_difference(self, row: int) -> int | None:
        """Return the row where the stretch of differences before begins."""
        return next((at for at in reversed(self._differences) if at < row), None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - as Qt has it  # noqa: N802 - Qt's name
        """Return the number of lines."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - as Qt has it  # noqa: N802 - Qt's name
        """Return left, sign, right."""
        return 0 if parent.isValid() else RIGHT + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's variant
        """Return what a cell shows."""
        if self._comparison is None:
            return None
        at = self._lines[index.row()]
        kind = Kind(self._comparison.aligned.kinds[at])
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(self._comparison, at, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._text(self._comparison, at, index.column()))
        if role == Qt.ItemDataRole.ForegroundRole:
            return QBrush(QColor(self._colour(kind, index.column())))
        if role == Qt.ItemDataRole.BackgroundRole and kind:
            return QBrush(QColor(self._appearance.tokens.raised))
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == SIGN:
            return Qt.AlignmentFlag.AlignCenter
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{_SIGNS[kind]} {self._text(self._comparison, at, index.column())}".strip()
        return None

    def _text(self, comparison: Comparison, at: int, column: int) -> str:
        if column == SIGN:
            return _SIGNS[Kind(comparison.aligned.kinds[at])]
        if column == LEFT:
            place, side = comparison.aligned.left[at], comparison.left
        else:
            place, side = comparison.aligned.right[at], comparison.right
        return self._row_text(side, place) if place >= 0 else ""

    def _row_text(self, side: ComparedLog, place: int) -> str:
        """Read a row once, for a table asks often for what is in sight."""
        key = (side.record.run_id, place)
        if key not in self._texts:
            if len(self._texts) >= _KEPT:
                self._texts.clear()
            self._texts[key] = side.text(place)
        return self._texts[key]

    def _colour(self, kind: Kind, column: int) -> str:
        tokens = self._appearance.tokens
        if kind is Kind.SAME:
            return tokens.muted
        if column == SIGN:
            return tokens.warning
        return tokens.stop if column == LEFT else tokens.play

    def _repaint(self) -> None:
        if self._lines:
            last = self.index(len(self._lines) - 1, RIGHT)
            self.dataChanged.emit(self.index(0, LEFT), last)
