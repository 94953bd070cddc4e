"""Typing the name of a file in its row of the tree, checked at every key."""

from collections.abc import Callable

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QValidator
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from studio.look.tokens import ROW_HEIGHT
from studio.workspaces.editor.file_name import fault_in_name
from studio.workspaces.editor.file_tree import FileTree

Index = QModelIndex | QPersistentModelIndex


class NameValidator(QValidator):
    """Lets no faulty name through, and says what the fault is."""

    def __init__(self, taken: set[str], tell: Callable[[str], None], parent: QObject) -> None:
        super().__init__(parent)
        self._taken = taken
        self._tell = tell

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Qt's own question; a fault may still be mended by typing on."""
        fault = fault_in_name(text, self._taken)
        self._tell(fault if fault is not None and text else "")
        state = QValidator.State.Acceptable if fault is None else QValidator.State.Intermediate
        return state, text, position


class NameLine(QLineEdit):
    """Begins with the part before the suffix selected: that is what changes."""

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Qt's views select everything, before they give the focus."""
        super().focusInEvent(event)
        if not self.isModified():
            dot = self.text().rfind(".")
            self.setSelection(0, dot if dot > 0 else len(self.text()))


class NameDelegate(QStyledItemDelegate):
    """Draws rows, and opens the line in which a name is typed."""

    #: What is wrong with the name as it stands; "" for nothing.
    fault_changed = Signal(str)

    def createEditor(  # noqa: N802 - Qt's name
        self,
        parent: QWidget,
        option: QStyleOptionViewItem,  # noqa: ARG002 - Qt's signature
        index: Index,
    ) -> QWidget:
        """Return the line, with a check against the names beside it."""
        line = NameLine(parent)
        line.setAccessibleName(self.tr("Name"))
        line.setFrame(False)
        line.setStyleSheet("padding: 0; border-radius: 0;")
        line.setValidator(NameValidator(_taken(index), self.fault_changed.emit, line))
        return line

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802 - Qt's name
        """Show the name; what was typed meanwhile stays."""
        if isinstance(editor, QLineEdit) and not editor.isModified():
            editor.setText(str(index.data(0) or ""))

    def setModelData(  # noqa: N802 - Qt's name
        self, editor: QWidget, model: QAbstractItemModel, index: Index
    ) -> None:
        """Hand the name on."""
        if isinstance(editor, QLineEdit) and editor.text():
            model.setData(index, editor.text())

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's
        """Rows are as high as those of the log."""
        size = super().sizeHint(option, index)
        size.setHeight(ROW_HEIGHT)
        return size


def _taken(index: Index) -> set[str]:
    model = index.model()
    if not isinstance(model, FileTree):
        return set()
    node = model.node(index)
    beside = node.parent.listing.entries if node.parent is not None else ()
    return {entry.name for entry in beside} - {node.entry.name}
