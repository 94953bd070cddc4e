"""The table of all actions with their shortcuts, and the field in which one is changed."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from studio.actions import ActionSpec
from studio.desk import Desk
from studio.look.tokens import LIST_ROW_HEIGHT, SPACE_S
from studio.shell.dialogs.key_field import KeyField
from studio.shell.dialogs.problem_label import ProblemLabel
from studio.shell.dialogs.shortcut_choice import Shortcuts, others_with, shown_keys
from studio.shell.text_label import TextLabel

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


def plain_text(spec: ActionSpec) -> str:
    """Return an action's name without its mark for the menu."""
    return spec.text.replace("&", "").rstrip("…")


def matching(
    specs: Sequence[ActionSpec], words: list[str], shortcuts: Shortcuts
) -> list[ActionSpec]:
    """Return the actions whose name, menu, id or keys hold all of the words, in their order."""

    def said(spec: ActionSpec) -> str:
        keys = shortcuts.shortcut_of(spec.id)
        parts = (plain_text(spec), spec.menu, spec.id, keys, shown_keys(keys))
        return " ".join(parts).replace("&", "").casefold()

    return [spec for spec in specs if all(word in said(spec) for word in words)]


class ShortcutModel(QAbstractTableModel):
    """The actions that match: name, keys, and where else the keys are used."""

    def __init__(self, shortcuts: Shortcuts, parent: QWidget) -> None:
        super().__init__(parent)
        self._shortcuts = shortcuts
        self.specs: list[ActionSpec] = list(shortcuts.specs)

    def show_matching(self, words: list[str]) -> None:
        """List the actions that match the words."""
        self.beginResetModel()
        self.specs = matching(self._shortcuts.specs, words, self._shortcuts)
        self.endResetModel()

    def tell_changed(self) -> None:
        """Show the shortcuts as they are now; rows stay where they are."""
        if self.specs:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.specs) - 1, 2))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's own
        """Return how many actions match."""
        return 0 if parent.isValid() else len(self.specs)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's own
        """Return the number of columns."""
        return 0 if parent.isValid() else 3

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> Any:  # noqa: ANN401 - Qt's type
        """Name the columns."""
        if role == _Role.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return (self.tr("Action"), self.tr("Shortcut"), self.tr("Default"))[section]
        return None

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:  # noqa: ANN401 - Qt's
        """Return what a cell shows; changed shortcuts are bold."""
        spec = self.specs[index.row()]
        keys = self._shortcuts.shortcut_of(spec.id)
        own = spec.shortcut
        if role == _Role.DisplayRole:
            return (self._name(spec), shown_keys(keys), shown_keys(own))[index.column()]
        if role == _Role.FontRole and index.column() == 1 and keys != own:
            font = QFont()
            font.setBold(True)
            return font
        if role == _Role.AccessibleTextRole:
            return f"{plain_text(spec)}: {shown_keys(keys) or self.tr('no shortcut')}"
        if role == _Role.ToolTipRole:
            return self._collision(spec, keys)
        return None

    def _name(self, spec: ActionSpec) -> str:
        menu = spec.menu.replace("&", "")
        return f"{menu}: {plain_text(spec)}" if menu else plain_text(spec)

    def _collision(self, spec: ActionSpec, keys: str) -> str | None:
        others = others_with(keys, spec.id, self._shortcuts.specs, self._shortcuts.shortcut_of)
        names = ", ".join(plain_text(other) for other in others)
        return self.tr("Also: {0}").format(names) if others else None


class KeyboardPage(QWidget):
    """Choose an action, press its new keys. Keys that are taken are asked about, in place."""

    def __init__(self, desk: Desk, shortcuts: Shortcuts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shortcuts = shortcuts
        self._asked = ""
        self.model = ShortcutModel(shortcuts, self)
        self.table = QTableView()
        self.field = KeyField()
        self.clear_button = QPushButton(self.tr("No shortcut"))
        self.reset_button = QPushButton(self.tr("Reset to default"))
        self.take_button = QPushButton(self.tr("Use it here"))
        self.leave_button = QPushButton(self.tr("Leave it"))
        self.refusal = ProblemLabel(desk.appearance)
        self._label = TextLabel()
        self._question = TextLabel()
        self._none = TextLabel(self.tr("No action matches."), "muted")
        self._set_up_table()
        self._lay_out()
        self._connect()
        desk.settings.changed.connect(self._show_shortcuts)
        self.show_matching([])

    @property
    def chosen(self) -> ActionSpec | None:
        """The action that is selected."""
        rows = self.table.selectionModel().selectedRows()
        return self.model.specs[rows[0].row()] if rows else None

    @property
    def question(self) -> str:
        """What is asked about keys that are taken, "" for nothing."""
        return self._question.text() if self._asking.isVisibleTo(self) else ""

    def show_matching(self, words: list[str]) -> int:
        """List the actions that match; return how many."""
        before = self.chosen
        self.model.show_matching(words)
        names = [spec.id for spec in self.model.specs]
        if names:
            self.table.selectRow(names.index(before.id) if before and before.id in names else 0)
        self._none.setVisible(not names)
        self.table.setVisible(bool(names))
        self._show_chosen()
        return len(names)

    def _set_up_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setAccessibleName(self.tr("Actions and their shortcuts"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.setCornerButtonEnabled(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(LIST_ROW_HEIGHT)
        head = table.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        head.setHighlightSections(False)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        # Not by content: that would measure every row again and again.
        width = table.fontMetrics().horizontalAdvance("Ctrl+Shift+Backspace") + SPACE_S
        for column in (1, 2):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            head.resizeSection(column, width)
        table.setMinimumHeight(LIST_ROW_HEIGHT * 6)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(self._none)
        column.addWidget(self.table, 1)
        column.addWidget(self._label)
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        row.addWidget(self.field, 1)
        row.addWidget(self.clear_button)
        row.addWidget(self.reset_button)
        column.addLayout(row)
        column.addWidget(self.refusal)
        self._asking = QWidget()
        asking = QHBoxLayout(self._asking)
        asking.setContentsMargins(0, 0, 0, 0)
        asking.setSpacing(SPACE_S)
        asking.addWidget(self._question, 1)
        asking.addWidget(self.leave_button)
        asking.addWidget(self.take_button)
        column.addWidget(self._asking)
        for button in (self.clear_button, self.reset_button, self.take_button, self.leave_button):
            button.setAutoDefault(False)

    def _connect(self) -> None:
        self.table.selectionModel().selectionChanged.connect(self._show_chosen)
        self.table.activated.connect(lambda _: self.field.setFocus())
        self.field.keys_pressed.connect(self._try)
        self.field.keys_refused.connect(self._refuse)
        self.field.left.connect(self.table.setFocus)
        self.clear_button.clicked.connect(lambda: self._try(""))
        self.reset_button.clicked.connect(self._reset)
        self.take_button.clicked.connect(self._take)
        self.leave_button.clicked.connect(self._leave)

    def _show_chosen(self) -> None:
        spec = self.chosen
        self._ask("", [])
        self.refusal.show_problem("")
        for widget in (self.field, self.clear_button, self.reset_button):
            widget.setEnabled(spec is not None)
        if spec is None:
            self._label.setText("")
            return
        keys = self._shortcuts.shortcut_of(spec.id)
        self._label.setText(self.tr("Shortcut of “{0}”:").format(plain_text(spec)))
        self.field.show_keys(keys)
        self.clear_button.setEnabled(bool(keys))
        self.reset_button.setEnabled(keys != spec.shortcut)

    def _show_shortcuts(self) -> None:
        self.model.tell_changed()
        self._show_chosen()

    def _reset(self) -> None:
        if self.chosen is not None:
            self._try(self.chosen.shortcut)

    def _try(self, keys: str) -> None:
        """Give the chosen action these keys, or ask where another has them."""
        spec = self.chosen
        if spec is None:
            return
        self.refusal.show_problem("")
        others = others_with(keys, spec.id, self._shortcuts.specs, self._shortcuts.shortcut_of)
        if others:
            self._ask(keys, others)
        else:
            self._set(spec, keys)

    def _refuse(self, why: str) -> None:
        self._ask("", [])
        self.refusal.show_problem(why)

    def _ask(self, keys: str, others: list[ActionSpec]) -> None:
        self._asked = keys
        self._asking.setVisible(bool(others))
        if others:
            names = ", ".join(f"“{plain_text(other)}”" for other in others)
            text = self.tr("{0} belongs to {1}, which would have none.")
            self._question.setText(text.format(shown_keys(keys), names))
            self.take_button.setFocus()

    def _take(self) -> None:
        spec, keys = self.chosen, self._asked
        if spec is None:
            return
        shortcuts = self._shortcuts
        for other in others_with(keys, spec.id, shortcuts.specs, shortcuts.shortcut_of):
            shortcuts.set_shortcut(other.id, "")
        self._set(spec, keys)

    def _leave(self) -> None:
        self._show_chosen()
        self.table.setFocus()

    def _set(self, spec: ActionSpec, keys: str) -> None:
        self._shortcuts.set_shortcut(spec.id, keys)
        self._show_shortcuts()
        self.table.setFocus()
