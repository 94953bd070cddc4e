"""The state of the project in front: sign, word and elapsed time."""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from session.state import SessionState
from studio.controls import Controls, controls_for
from studio.figures import duration
from studio.look.appearance import Appearance
from studio.look.tokens import SPACE_S, SPACE_XS
from studio.shell.figures import elapsed_text
from studio.shell.state_word import state_word

if TYPE_CHECKING:
    from session.execution_session import ExecutionSession
    from session.record import RunRecord

_TICK_MS = 250
#: The widest state, so that nothing beside the badge moves when the state does.
_WIDEST = controls_for(SessionState.RUNTIME_FAILED, stop_requested=False)


class StateBadge(QWidget):
    """A sign, the state in a word, and how long the run has taken; a label, no button."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._session: ExecutionSession | None = None
        self._controls: Controls | None = None
        self._sign, self._word, self._time = QLabel(self), QLabel(self), QLabel(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_S, 0, SPACE_S, 0)
        row.setSpacing(SPACE_XS)
        for label in (self._sign, self._word, self._time):
            row.addWidget(label)
        row.addStretch(1)
        self._time.setFont(tabular(self.font()))
        width = self.fontMetrics().horizontalAdvance(f"◐ {state_word(_WIDEST)} 0:00:00")
        self.setFixedWidth(width + 2 * SPACE_S + 2 * SPACE_XS)
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._tick)
        appearance.changed.connect(self._paint)

    def show_session(self, session: "ExecutionSession | None", controls: Controls | None) -> None:
        """Show a session's state; nothing where no project is open."""
        self._session, self._controls = session, controls
        active = session is not None and session.state.active
        if active != self._timer.isActive():
            self._timer.start() if active else self._timer.stop()
        self._paint()
        self._tick()

    def _paint(self) -> None:
        session, controls = self._session, self._controls
        for label in (self._sign, self._word, self._time):
            label.setVisible(controls is not None)
        if session is None or controls is None:
            self.setAccessibleName(self.tr("No project is open"))
            return
        self._sign.setText(controls.sign)
        self._word.setText(state_word(controls))
        colour = getattr(self._appearance.tokens, controls.role)
        for label in (self._sign, self._word):
            palette = QPalette(label.palette())
            palette.setColor(QPalette.ColorRole.WindowText, colour)
            label.setPalette(palette)

    def _tick(self) -> None:
        session, controls = self._session, self._controls
        if session is None or controls is None:
            return
        record = session.record
        text = ""
        if record is not None:
            text = _took(record)
        if text != self._time.text() or not self.accessibleName().startswith(self._word.text()):
            self._time.setText(text)
            self.setAccessibleName(f"{self._word.text()} {text}".strip())
            self.setToolTip(
                self.tr("State of this project, and time since Play")
                if text
                else self.tr("State of this project")
            )


def _took(record: "RunRecord") -> str:
    """Return how long a run has taken, ticking; of one that is over what its card says."""
    if record.ended is None:
        return elapsed_text(time.time() - record.started)
    return duration(record.ended - record.started)


def tabular(font: QFont) -> QFont:
    """Return the font with figures of one width, for numbers that change in place."""
    font = QFont(font)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
