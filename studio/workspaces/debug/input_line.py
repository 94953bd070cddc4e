"""The line that goes to the program's standard input."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QWidget

from studio.figures import size
from studio.look.appearance import Appearance
from studio.look.tokens import SPACE_S, SPACE_XS
from studio.widgets.plain import PlainLabel
from studio.widgets.short_label import paint_text

#: Sent lines that Up and Down go through.
_KEPT = 100


class InputLine(QFrame):
    """Sends lines, says whether somebody waits for them, and ends the input."""

    #: A whole line, without its end.
    line_sent = Signal(str)
    end_requested = Signal()
    #: What was typed or sent is different; `kept` has it.
    changed = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._lines: list[str] = []
        self._place = 0
        self._draft = ""
        self._waiting = False
        self.setProperty("look", "banner")
        self._sign = PlainLabel(">", self)
        self.field = _Field(self)
        self.field.setAccessibleName(self.tr("Input for the program"))
        self.field.setToolTip(self.tr("A line for the program's standard input; Enter sends it"))
        self.field.setFont(appearance.code_font())
        self.field.setPlaceholderText(self.tr("Type a line for the program"))
        self.status = PlainLabel(parent=self)
        self.end = QPushButton(self.tr("End input"), self)
        self.end.setProperty("look", "flat")
        self.end.setAutoDefault(False)
        self.end.setToolTip(self.tr("Tell the program that no more input comes (Ctrl+D)"))
        self.field.returnPressed.connect(self._send)
        self.field.textEdited.connect(self.changed)
        self.field.older_asked.connect(self._older)
        self.field.newer_asked.connect(self._newer)
        self.field.end_asked.connect(self._ask_end)
        self.end.clicked.connect(self.end_requested)
        appearance.changed.connect(self._recolour)
        self._build()
        self.show_closed(self.tr("The program takes input while it runs."))

    def show_open(self, *, waiting: bool, backlog: int) -> None:
        """Take input; `waiting` says that the program reads, `backlog` what it has not read."""
        self._set_open(True)
        self._set_waiting(waiting and not backlog)
        if self._waiting:
            self._say(self.tr("The program is waiting for input."))
        elif backlog:
            self._say(self.tr("{} sent and not read yet").format(size(backlog)))
        else:
            self._say(self._echo())

    def show_closed(self, why: str) -> None:
        """Take no input, and say why."""
        self._set_waiting(False)
        self._set_open(False)
        self._say(why)

    def kept(self) -> dict[str, Any]:
        """Return what is to be found again: what was typed, and the lines sent before."""
        return {"text": self.field.text(), "lines": list(self._lines)}

    def restore(self, kept: object) -> None:
        """Go on from what `kept` returned."""
        if isinstance(kept, dict):
            self.field.setText(str(kept.get("text") or ""))
            lines = kept.get("lines")
            self._lines = [str(line) for line in lines] if isinstance(lines, list) else []
            self._place = len(self._lines)

    def _send(self) -> None:
        line = self.field.text()
        if line and line not in self._lines[-1:]:
            self._lines = [*self._lines[-_KEPT + 1 :], line]
        self._place, self._draft = len(self._lines), ""
        self.field.clear()
        self.line_sent.emit(line)
        self.changed.emit()

    def _echo(self) -> str:
        if not self._lines:
            return self.tr("Enter sends a line")
        last = self._lines[-1]
        return self.tr("Last sent: {}").format(last if len(last) <= 24 else f"{last[:23]}…")

    def _ask_end(self) -> None:
        if self.end.isEnabled():
            self.end_requested.emit()

    def _older(self) -> None:
        self._go_to(self._place - 1)

    def _newer(self) -> None:
        self._go_to(self._place + 1)

    def _go_to(self, place: int) -> None:
        if not 0 <= place <= len(self._lines):
            return
        if self._place == len(self._lines):
            self._draft = self.field.text()
        self._place = place
        self.field.setText(self._lines[place] if place < len(self._lines) else self._draft)

    def _set_open(self, is_open: bool) -> None:
        if self.field.isReadOnly() == is_open or self.end.isEnabled() != is_open:
            # Read-only, not disabled: what is half typed can still be seen and copied.
            self.field.setReadOnly(not is_open)
            self.end.setEnabled(is_open)
            self._recolour()

    def _set_waiting(self, waiting: bool) -> None:
        if waiting != self._waiting:
            self._waiting = waiting
            self._recolour()

    def _say(self, text: str) -> None:
        if text != self.status.text():
            self.status.setText(text)
            self.field.setAccessibleDescription(text)

    def _build(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_XS)
        layout.setSpacing(SPACE_S)
        layout.addWidget(self._sign)
        layout.addWidget(self.field, 1)
        layout.addWidget(self.status)
        layout.addWidget(self.end)
        self._recolour()

    def _recolour(self) -> None:
        tokens = self._appearance.tokens
        paint_text(self._sign, tokens.link if self._waiting else tokens.muted)
        paint_text(self.status, tokens.text if self._waiting else tokens.muted)
        self.field.setFont(self._appearance.code_font())


class _Field(QLineEdit):
    """Up and Down go through the lines sent before; Ctrl+D ends the input, as in a terminal."""

    older_asked = Signal()
    newer_asked = Signal()
    end_asked = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Take the keys that a terminal takes."""
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Up:
            self.older_asked.emit()
        elif event.key() == Qt.Key.Key_Down:
            self.newer_asked.emit()
        elif event.key() == Qt.Key.Key_D and control and not self.text():
            self.end_asked.emit()
        else:
            super().keyPressEvent(event)
