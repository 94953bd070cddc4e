"""The page of the workers: who there is, how each one stands, and a way to end one."""

import time
from typing import TYPE_CHECKING, Final

import shiboken6
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
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

from session.worker_row import WorkerRow
from studio import loop
from studio.desk import Desk
from studio.look.tokens import ROW_ICON, SPACE_L, SPACE_S, SPACE_XS
from studio.widgets.empty_place import EmptyPlace
from studio.widgets.plain import PlainLabel
from studio.workspaces.workers.row_words import (
    FIGURES,
    count_words,
    headings,
    icon_of,
    words_of,
)

if TYPE_CHECKING:
    import asyncio

#: How often it is looked, in milliseconds, while the page can be seen; never while it cannot.
_LOOK_MS: Final = 1000
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ID_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
_CAN_END_ROLE: Final = _ID_ROLE + 1


class WorkersPanel(QWidget):
    """Looks at the workers once a second while it can be seen."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._look: asyncio.Task[None] | None = None
        self._rows: dict[str, QTreeWidgetItem] = {}
        self.counts = PlainLabel("", self)
        self.counts.setProperty("look", "muted")
        self.end = QPushButton(self.tr("End"), self)
        self.end.setToolTip(self.tr("End the selected worker at once, with all that it started"))
        self.end.setAutoDefault(False)
        self.end.setEnabled(False)
        self.list = self._build_list()
        self._empty = EmptyPlace(
            desk.appearance,
            "workers",
            self.tr("No workers"),
            self.tr("A program that is played runs in one, and one waits for the next Play."),
            parent=self,
        )
        self._pages = QStackedWidget(self)
        self._arrange()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.refresh)
        self.end.clicked.connect(self._end_selected)
        self.list.currentItemChanged.connect(self._offer)
        desk.appearance.changed.connect(self.refresh)

    def _build_list(self) -> QTreeWidget:
        rows = QTreeWidget(self)
        rows.setAccessibleName(self.tr("Workers"))
        rows.setHeaderLabels(headings())
        rows.setRootIsDecorated(False)
        rows.setUniformRowHeights(True)
        rows.setAllColumnsShowFocus(True)
        rows.setIconSize(self._desk.appearance.size(ROW_ICON))
        rows.setStyleSheet(f"QTreeView::item {{ padding-right: {SPACE_L}px; }}")
        header = rows.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in FIGURES:
            rows.headerItem().setTextAlignment(column, _RIGHT)
        return rows

    def _arrange(self) -> None:
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.list)
        top = QHBoxLayout()
        top.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_XS)
        top.addWidget(self.counts, 1)
        top.addWidget(self.end)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._pages, 1)
        self.setFocusProxy(self.list)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Look from now on."""
        super().showEvent(event)
        self.refresh()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Look no more."""
        super().hideEvent(event)
        self._timer.stop()

    def refresh(self) -> None:
        """Look now, unless the look before is not over yet, or nobody can see it."""
        if self.isVisible() and (self._look is None or self._look.done()):
            self._look = loop.begin(self._read())

    async def _read(self) -> None:
        service = self._desk.service
        rows = await service.workers() if service is not None else ()
        if shiboken6.isValid(self):
            self.show_rows(rows)

    def show_rows(self, rows: tuple[WorkerRow, ...]) -> None:
        """Show these; what stays keeps its place and the selection."""
        known = {row.id for row in rows}
        for gone in [name for name in self._rows if name not in known]:
            item = self._rows.pop(gone)
            self.list.takeTopLevelItem(self.list.indexOfTopLevelItem(item))
        now = time.time()
        for row in rows:
            self._fill(self._item(row.id), row, now)
        self.counts.setText(count_words(rows))
        self._pages.setCurrentWidget(self.list if rows else self._empty)
        self._offer()

    def _item(self, name: str) -> QTreeWidgetItem:
        item = self._rows.get(name)
        if item is None:
            item = self._rows[name] = QTreeWidgetItem()
            item.setData(0, _ID_ROLE, name)
            for column in FIGURES:
                item.setTextAlignment(column, _RIGHT)
            self.list.addTopLevelItem(item)
        return item

    def _fill(self, item: QTreeWidgetItem, row: WorkerRow, now: float) -> None:
        for column, words in enumerate(words_of(row, now)):
            if item.text(column) != words:
                item.setText(column, words)
        item.setIcon(0, self._desk.appearance.icon(*icon_of(row)))
        item.setData(0, _CAN_END_ROLE, row.can_end)

    def _offer(self) -> None:
        item = self.list.currentItem()
        self.end.setEnabled(item is not None and bool(item.data(0, _CAN_END_ROLE)))

    def _end_selected(self) -> None:
        item, service = self.list.currentItem(), self._desk.service
        if item is not None and service is not None:
            service.end_worker(str(item.data(0, _ID_ROLE)))
            self.refresh()
