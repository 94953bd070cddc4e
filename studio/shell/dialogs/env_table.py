"""A table of environment variables; the last row is always free for one more."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from studio.look.tokens import LIST_ROW_HEIGHT

_ROWS_SHOWN = 4


class EnvTable(QTableWidget):
    """Name and value; Delete takes rows out."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 2, parent)
        self._filling = False
        self.setHorizontalHeaderLabels([self.tr("Name"), self.tr("Value")])
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(LIST_ROW_HEIGHT)
        head = self.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        head.resizeSection(0, 180)
        self.setTabKeyNavigation(False)
        self.setFixedHeight(LIST_ROW_HEIGHT * (_ROWS_SHOWN + 1))
        self.itemChanged.connect(self._note)

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """The rows that hold something."""
        found = [(self._text(at, 0), self._text(at, 1)) for at in range(self.rowCount())]
        return tuple(row for row in found if any(row))

    def show_rows(self, rows: tuple[tuple[str, str], ...]) -> None:
        """Show these, and a free row."""
        self._filling = True
        editor = self.indexWidget(self.currentIndex())
        if editor is not None:  # what it holds belongs to the rows of before
            self.closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)
        self.setRowCount(0)
        for name, value in (*rows, ("", "")):
            at = self.rowCount()
            self.insertRow(at)
            self.setItem(at, 0, QTableWidgetItem(name))
            self.setItem(at, 1, QTableWidgetItem(value))
        self._filling = False

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Take rows out, or edit."""
        rows = {index.row() for index in self.selectedIndexes()}
        if event.key() == Qt.Key.Key_Delete and rows:
            for at in sorted(rows, reverse=True):
                self.removeRow(at)
            self._keep_one_free()
            self.edited.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentRow() >= 0:
            self.edit(self.currentIndex(), QAbstractItemView.EditTrigger.AllEditTriggers, event)
        else:
            super().keyPressEvent(event)

    def _note(self) -> None:
        if not self._filling:
            self._keep_one_free()
            self.edited.emit()

    def _keep_one_free(self) -> None:
        last = self.rowCount() - 1
        if last < 0 or self._text(last, 0) or self._text(last, 1):
            self._filling = True
            self.insertRow(last + 1)
            for column in (0, 1):
                self.setItem(last + 1, column, QTableWidgetItem(""))
            self._filling = False

    def _text(self, row: int, column: int) -> str:
        item = self.item(row, column)
        return item.text() if item is not None else ""
