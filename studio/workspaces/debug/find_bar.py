"""Finding text in the log, row after row; what the filter shows stays as it is."""

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from studio.look.appearance import Appearance
from studio.look.tokens import SPACE_S, SPACE_XS
from studio.widgets.icon_button import IconButton
from studio.widgets.log_view.find import FindResult
from studio.widgets.plain import PlainLabel


class FindBar(QFrame):
    """A field, two directions, case and pattern; hidden until it is asked for."""

    #: Find the next (False) or the previous (True) row.
    find_requested = Signal(bool)
    #: The bar was closed, so the focus should go back to the log.
    closed = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "header")
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(self.tr("Find in the log"))
        self.field.setAccessibleName(self.tr("Find in the log"))
        self.field.returnPressed.connect(self.find_next)
        self.case = IconButton(appearance, "case", self.tr("Match case"), self, checkable=True)
        self.regex = IconButton(
            appearance, "regex", self.tr("Regular expression"), self, checkable=True
        )
        self.previous = IconButton(appearance, "previous", self.tr("Find previous"), self)
        self.next = IconButton(appearance, "next", self.tr("Find next"), self)
        self.result = PlainLabel(parent=self)
        self.result.setProperty("look", "muted")
        self.close_button = IconButton(appearance, "close", self.tr("Close"), self)
        self.close_button.describe(self.tr("Close"), "Esc")
        self.previous.clicked.connect(self.find_previous)
        self.next.clicked.connect(self.find_next)
        self.close_button.clicked.connect(self.close_bar)
        self._build()
        self.hide()

    def open_bar(self, text: str = "") -> None:
        """Show the bar and put the focus into it, with `text` to begin with."""
        if text and "\n" not in text:
            self.field.setText(text)
        self.show()
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_bar(self) -> None:
        """Hide the bar."""
        self.hide()
        self.closed.emit()

    def find_next(self) -> None:
        """Ask for the next row that has it."""
        self._ask(backwards=False)

    def find_previous(self) -> None:
        """Ask for the one before."""
        self._ask(backwards=True)

    def show_result(self, found: FindResult) -> None:
        """Say what was found."""
        if found.pattern != self.field.text():
            return
        if not found.total:
            self._say(self.tr("looking…") if found.searching else self.tr("no match"))
            return
        more = "+" if found.searching else ""
        text = self.tr("{} of {}").format(f"{found.number:,}", f"{found.total:,}{more}")
        self._say(self.tr("{}, from the other end again").format(text) if found.wrapped else text)

    def show_fault(self, fault: str) -> None:
        """Say why nothing can be looked for."""
        self._say(fault)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Close on Escape; Shift+Enter looks the other way."""
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and shift:
            self.find_previous()
        else:
            super().keyPressEvent(event)

    def _say(self, text: str) -> None:
        self.result.setText(text)
        self.field.setAccessibleDescription(text)

    def _ask(self, *, backwards: bool) -> None:
        if self.field.text():
            self.find_requested.emit(backwards)

    def _build(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_XS)
        layout.setSpacing(SPACE_XS)
        layout.addWidget(self.field)
        self.field.setMaximumWidth(360)
        for button in (self.case, self.regex, self.previous, self.next):
            layout.addWidget(button)
        layout.addWidget(self.result, 1)
        layout.addWidget(self.close_button)


def fault_of(pattern: str) -> str:
    """Return why a pattern is no regular expression; "" for one that is."""
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"not a regular expression: {error}"
    return ""
