"""The command palette: every action by a few of its letters, open projects and configurations too.

Lies over the window while it is open; takes the keyboard, and gives it back.
"""

from collections.abc import Callable
from typing import Final

import shiboken6
from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from studio.desk import Desk
from studio.look.icons import NAMES
from studio.look.tokens import LIST_ROW_HEIGHT, ROW_ICON, SPACE_M, SPACE_S, SPACE_XS, TOOLBAR_HEIGHT
from studio.shell.palette_choices import Choice, fitting, with_used

RECENT_KEY: Final = "palette.recent"
_WIDTH: Final = 560
_ROWS: Final = 12
_Index = QModelIndex | QPersistentModelIndex
_CHOICE: Final = Qt.ItemDataRole.UserRole
_PASSED_ON: Final = (
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
)  # fmt: skip


class CommandPalette(QFrame):
    """A line to type in, and what fits below it."""

    def __init__(self, desk: Desk, choices: Callable[[], list[Choice]], parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._offer = choices
        self._window = parent
        self._choices: list[Choice] = []
        self._before: QWidget | None = None
        self.setProperty("look", "popup")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Command palette"))
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(self.tr("What do you want to do?"))
        self.line.setAccessibleName(self.tr("Command"))
        self.line.setToolTip(self.tr("A few letters of a command, a project or a configuration"))
        self.list = QListView(self)
        self.list.setAccessibleName(self.tr("Commands"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self._model = QStandardItemModel(self)
        self.list.setModel(self._model)
        self.list.setItemDelegate(_RowDelegate(desk, self.list))
        self._none = QLabel(self.tr("Nothing fits. Try other letters."), self)
        self._none.setProperty("look", "muted")
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._none.setFixedHeight(2 * LIST_ROW_HEIGHT)
        self._lay_out()
        self.line.textEdited.connect(self._find)
        self.line.installEventFilter(self)
        self.list.clicked.connect(self._run_clicked)
        parent.installEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_focus)
        self.hide()

    def open(self) -> None:
        """Show the palette, empty, over the window."""
        if self.isVisible():
            self.line.selectAll()
            return
        self._before = QApplication.focusWidget()
        self._choices = self._offer()
        self.line.clear()
        self._find("")
        self.show()
        self.raise_()
        self._place()
        self.line.setFocus()

    def close_palette(self) -> None:
        """Hide it and give the keyboard back."""
        if self.isVisible():
            before, self._before = self._before, None
            self.hide()
            if before is not None and shiboken6.isValid(before):
                before.setFocus()

    @property
    def shown(self) -> list[Choice]:
        """What fits, best first."""
        rows = range(self._model.rowCount())
        return [self._model.index(row, 0).data(_CHOICE) for row in rows]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keys of the list go from the line to the list; the window's size is followed."""
        if watched is self.line and isinstance(event, QKeyEvent):
            return event.type() == QEvent.Type.KeyPress and self._take_key(event)
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _take_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.close_palette()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self.list.currentIndex())
        elif key in _PASSED_ON:
            self._step(Qt.Key(key))
        else:
            return False
        return True

    def _step(self, key: Qt.Key) -> None:
        rows = self._model.rowCount()
        if not rows:
            return
        row = self.list.currentIndex().row()
        steps = {
            Qt.Key.Key_Up: (row - 1) % rows,
            Qt.Key.Key_Down: (row + 1) % rows,
            Qt.Key.Key_PageUp: max(0, row - _ROWS),
            Qt.Key.Key_PageDown: min(rows - 1, row + _ROWS),
        }
        self.list.setCurrentIndex(self._model.index(steps[key], 0))

    def _find(self, query: str) -> None:
        recent = self._desk.memory.get(RECENT_KEY, list, [])
        found = fitting(query, self._choices, [one for one in recent if isinstance(one, str)])
        self._model.clear()
        for choice in found:
            self._model.appendRow(_row(choice))
        self._none.setVisible(not found)
        self.list.setVisible(bool(found))
        if found:
            self.list.setCurrentIndex(self._model.index(0, 0))
        self._place()

    def _run_clicked(self, index: QModelIndex) -> None:
        self._run(index)

    def _run(self, index: QModelIndex) -> None:
        choice = index.data(_CHOICE)
        if not isinstance(choice, Choice):
            return
        memory = self._desk.memory
        memory.set(RECENT_KEY, with_used(choice.name, memory.get(RECENT_KEY, list, [])))
        self.close_palette()
        choice.run()

    def _follow_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self.isVisible() and new is not None and not self.isAncestorOf(new):
            self._before = None
            self.hide()

    def _place(self) -> None:
        window = self._window
        width = min(_WIDTH, window.width() - 2 * SPACE_M)
        rows = min(_ROWS, self._model.rowCount())
        below = rows * LIST_ROW_HEIGHT if rows else self._none.height()
        frame = 2 * (SPACE_XS + 1) + SPACE_XS + 2
        height = min(
            self.line.sizeHint().height() + below + frame, window.height() - 2 * TOOLBAR_HEIGHT
        )
        self.setGeometry((window.width() - width) // 2, TOOLBAR_HEIGHT + SPACE_S, width, height)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XS, SPACE_XS, SPACE_XS, SPACE_XS)
        column.setSpacing(SPACE_XS)
        column.addWidget(self.line)
        column.addWidget(self.list, 1)
        column.addWidget(self._none)


def _row(choice: Choice) -> QStandardItem:
    item = QStandardItem(choice.text)
    item.setData(choice, _CHOICE)
    said = [choice.text, choice.kind, choice.shortcut]
    item.setAccessibleText(", ".join(part for part in said if part))
    return item


class _RowDelegate(QStyledItemDelegate):
    """Icon and text on the leading side, kind or shortcut on the other."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: N802 - Qt's name
        """Return the height of a row in a list."""
        return QSize(super().sizeHint(option, index).width(), LIST_ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one choice."""
        choice = index.data(_CHOICE)
        tokens = self._desk.appearance.tokens
        selected = QStyle.StateFlag.State_Selected in option.state
        place: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.selection))
            painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), SPACE_XS, SPACE_XS)
        inner = place.adjusted(SPACE_S, 0, -SPACE_S, 0)
        mirrored = painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self._paint_parts(painter, choice, inner, mirrored=mirrored)
        painter.restore()

    def _paint_parts(
        self, painter: QPainter, choice: Choice, place: QRect, *, mirrored: bool
    ) -> None:
        appearance = self._desk.appearance
        near, far = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight  # Qt mirrors them
        middle = Qt.AlignmentFlag.AlignVCenter
        icon = QRect(place.left(), 0, ROW_ICON, ROW_ICON)
        if mirrored:
            icon.moveRight(place.right())
        icon.moveTop(place.center().y() - ROW_ICON // 2)
        if choice.icon in NAMES:
            appearance.icon(choice.icon, "muted").paint(painter, icon)
        side = ROW_ICON + SPACE_S
        text = place.adjusted(0, 0, -side, 0) if mirrored else place.adjusted(side, 0, 0, 0)
        said = choice.shortcut or choice.kind
        width = painter.fontMetrics().horizontalAdvance(said)
        painter.setPen(QColor(appearance.tokens.muted))
        painter.drawText(text, far | middle, said)
        room = text.width() - width - SPACE_M
        shown = painter.fontMetrics().elidedText(choice.text, Qt.TextElideMode.ElideMiddle, room)
        painter.setPen(QColor(appearance.tokens.text))
        painter.drawText(text, near | middle, shown)
