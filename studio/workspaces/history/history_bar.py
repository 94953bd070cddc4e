"""The row above the list of runs: what can be done with those selected."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from studio.look.appearance import Appearance
from studio.look.tokens import SPACE_S, SPACE_XS
from studio.widgets.icon_button import IconButton
from studio.widgets.plain import PlainLabel


class HistoryBar(QFrame):
    """Buttons, and the way back from a deletion."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setProperty("look", "header")
        self.open_log = self._button(self.tr("Open log"), self.tr("Show the log (Enter)"))
        self.compare = self._button(
            self.tr("Compare"), self.tr("Show the logs of two selected runs side by side")
        )
        self.again = self._button(
            self.tr("Play again"), self.tr("Play with the same arguments once more")
        )
        self.delete = self._button(
            self.tr("Delete"), self.tr("Delete the selected runs, with a way back")
        )
        self.more = IconButton(appearance, "more", self.tr("More about the selected runs"), self)
        self.note = PlainLabel(parent=self)
        self.undo = self._button(self.tr("Undo"), self.tr("Bring the deleted runs back"))
        self._build()
        self.show_deleted(0)

    def enable(self, *, one: bool, two: bool, some: bool) -> None:
        """Say how much is selected: one run, two, some that can be deleted."""
        for button in (self.open_log, self.again):
            button.setEnabled(one)
        self.compare.setEnabled(two)
        self.delete.setEnabled(some)

    def show_deleted(self, count: int) -> None:
        """Offer to bring back so many runs; 0 for none."""
        one = self.tr("1 run deleted")
        self.note.setText(one if count == 1 else self.tr("{} runs deleted").format(count))
        self.note.setVisible(bool(count))
        self.undo.setVisible(bool(count))

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setProperty("look", "flat")
        button.setAutoDefault(False)
        button.setToolTip(tip)
        return button

    def _build(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_XS)
        layout.setSpacing(SPACE_XS)
        for button in (self.open_log, self.compare, self.again, self.delete, self.more):
            layout.addWidget(button)
        layout.addStretch()
        layout.addWidget(self.note)
        layout.addWidget(self.undo)
