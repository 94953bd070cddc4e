"""What a tab shows in place of a text: that it is being opened, or why it cannot be."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from studio.documents.errors import DocumentError, NotText, TooLarge, TooWide, Vanished
from studio.look.tokens import SPACE_M, SPACE_S, SPACE_XL
from studio.workspaces.editor.bar import BarAction

_PROGRESS_WIDTH = 200


class PageOffers(NamedTuple):
    """What can be done about a file that cannot be opened."""

    show_head: Callable[[], object]
    open_outside: Callable[[], object]
    try_again: Callable[[], object]
    close: Callable[[], object]


class DocumentPage(QWidget):
    """A sentence, a hint, and what can be done."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("look", "page")
        self.message = QLabel(self)
        self.message.setProperty("look", "title")
        self.hint = QLabel(self)
        self.hint.setProperty("look", "muted")
        self._progress = QProgressBar(self)
        self._progress.setRange(0, 0)
        self._progress.setFixedWidth(_PROGRESS_WIDTH)
        self._progress.setTextVisible(False)
        self._progress.hide()  # what opens at once says nothing
        self.buttons: list[QPushButton] = []
        self._actions = QHBoxLayout()
        self._actions.setSpacing(SPACE_S)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_XL)
        rows.setSpacing(SPACE_M)
        rows.addStretch(1)
        for label in (self.message, self.hint):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            rows.addWidget(label)
        rows.addWidget(self._progress, 0, Qt.AlignmentFlag.AlignHCenter)
        rows.addLayout(self._actions)
        rows.addStretch(2)

    def say_busy(self, text: str) -> None:
        """Something is under way that takes its time."""
        self._say(text, "", ())
        self._progress.show()

    def fail(self, error: DocumentError, do: PageOffers) -> None:
        """It cannot be opened; here is what can be done."""
        actions: list[BarAction] = []
        if isinstance(error, TooLarge | TooWide):
            actions.append(BarAction(self.tr("Show the beginning"), do.show_head))
        if isinstance(error, TooLarge | TooWide | NotText):
            actions.append(BarAction(self.tr("Open with the system's program"), do.open_outside))
        else:
            actions.append(BarAction(self.tr("Try again"), do.try_again))
        actions.append(BarAction(self.tr("Close"), do.close))
        hint = "" if isinstance(error, Vanished) else error.hint
        self._say(error.message, hint, actions)
        self._progress.hide()

    def _say(self, text: str, hint: str, actions: Sequence[BarAction]) -> None:
        self.message.setText(text)
        self.hint.setText(hint)
        self.setAccessibleName(f"{text} {hint}".strip())
        while self._actions.count():
            self._actions.takeAt(0)
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons = []
        self._actions.addStretch(1)
        for action in actions:
            self._add(action.text, action.run)
        self._actions.addStretch(1)

    def _add(self, text: str, run: Callable[[], object]) -> None:
        button = QPushButton(text, self)
        button.clicked.connect(lambda *_: run())
        self._actions.addWidget(button)
        self.buttons.append(button)
