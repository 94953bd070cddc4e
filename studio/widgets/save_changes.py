"""The question that closing asks where something is not saved: save, discard or stay."""

from collections.abc import Sequence
from enum import Enum

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.look.tokens import SPACE_M, SPACE_S, SPACE_XL
from studio.widgets.answer import answer_of

#: So many names are listed; the rest is counted.
_NAMES = 8


class SaveChoice(Enum):
    """What is to become of unsaved texts."""

    SAVE = "save"
    DISCARD = "discard"
    CANCEL = "cancel"


class SaveChangesDialog(QDialog):
    """Asks once for any number of texts. Opened with `open()`; Return saves, Escape cancels."""

    def __init__(
        self, names: Sequence[str], discard: str = "", parent: QWidget | None = None
    ) -> None:
        """`names` as the user knows them; `discard` is the text of the button that gives up."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Unsaved changes"))
        self.choice = SaveChoice.CANCEL
        self._question = QLabel(self._ask(names), self)
        self._question.setProperty("look", "title")
        self._names = QLabel("\n".join(_listed(names)), self)
        for label in (self._question, self._names):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self._names.setVisible(len(names) > 1)
        self.save = QPushButton(self.tr("Save") if len(names) == 1 else self.tr("Save all"), self)
        self.discard = QPushButton(discard or self.tr("Discard"), self)
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self._arrange()

    def _ask(self, names: Sequence[str]) -> str:
        if len(names) == 1:
            return self.tr("Save the changes in {0}?").format(names[0])
        return self.tr("Save the changes in {0} files?").format(len(names))

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        buttons.addWidget(self.discard)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_M)
        rows.setSpacing(SPACE_M)
        rows.addWidget(self._question)
        rows.addWidget(self._names)
        rows.addStretch(1)
        rows.addLayout(buttons)
        self.save.setDefault(True)
        self.save.setFocus()
        self.save.clicked.connect(self._save)
        self.discard.clicked.connect(self._discard)
        self.cancel.clicked.connect(self.reject)
        self.setMinimumWidth(420)
        QWidget.setTabOrder(self.save, self.discard)
        QWidget.setTabOrder(self.discard, self.cancel)

    def _save(self) -> None:
        self.choice = SaveChoice.SAVE
        self.accept()

    def _discard(self) -> None:
        self.choice = SaveChoice.DISCARD
        self.accept()


def _listed(names: Sequence[str]) -> list[str]:
    rest = len(names) - _NAMES
    return [*names[:_NAMES], f"+ {rest}"] if rest > 0 else list(names)


async def ask_save_changes(parent: QWidget, names: Sequence[str], discard: str = "") -> SaveChoice:
    """Ask, without blocking anything, and wait for the answer; closing it is `CANCEL`."""
    dialog = SaveChangesDialog(names, discard, parent)
    await answer_of(dialog)
    if not shiboken6.isValid(dialog):
        return SaveChoice.CANCEL
    dialog.deleteLater()
    return dialog.choice
