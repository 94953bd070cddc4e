"""The row at the bottom: state, interpreter, isolation, use, cursor, checking, and the notices."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from studio.controls import Controls
from studio.desk import Desk
from studio.look.tokens import SPACE_XS, STATUS_HEIGHT
from studio.notices import Notice
from studio.open_project import OpenProject
from studio.shell.bar_button import BarButton
from studio.shell.cut_label import CutLabel
from studio.shell.figures import memory_text
from studio.shell.state_badge import tabular
from studio.shell.state_word import state_word
from studio.widgets.plain import plain_tip

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from session.usage import Usage

#: How long a message stays, in milliseconds.
MESSAGE_MS = 6_000


class StatusBar(QWidget):
    """One row of 24 pixels. What does not apply is not shown."""

    state_pressed = Signal()
    isolation_pressed = Signal()
    cursor_pressed = Signal()
    notices_pressed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setProperty("look", "status")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(STATUS_HEIGHT)
        self.setAccessibleName(self.tr("Status"))
        self.state = self._button("", self.state_pressed)
        self.interpreter = CutLabel(parent=self)
        self.isolation = self._button("shield", self.isolation_pressed)
        self.use = QLabel(self)
        self.use.setFont(tabular(self.font()))
        self.message = CutLabel(greedy=True, parent=self)
        self.checking = QLabel(self.tr("Checking…"), self)
        self.position = self._button("", self.cursor_pressed)
        self.position.setFont(tabular(self.font()))
        self.format = QLabel(self)
        self.format.setToolTip(self.tr("How the file is encoded, and how its lines end"))
        self.bell = self._button("bell", self.notices_pressed)
        self._lay_out()
        self._clear = QTimer(self, singleShot=True, interval=MESSAGE_MS)
        self._clear.timeout.connect(self._clear_message)
        desk.notices.posted.connect(self._tell)
        desk.notices.changed.connect(self._count)
        self._count()
        self.show_cursor(None)
        self.show_format("")
        self.show_project(None, None)

    def show_project(self, project: OpenProject | None, controls: Controls | None) -> None:
        """Show the project in front, or that there is none."""
        if project is None or controls is None:
            self.state.show_text(self.tr("No project is open"))
            self.state.say(self.tr("No project is open"), self.tr("No project is open"))
            for widget in (self.interpreter, self.isolation, self.use, self.checking):
                widget.hide()
            return
        self.state.show_text(f"{controls.sign} {state_word(controls)}")
        self.state.say(
            self.tr("State: {0}").format(state_word(controls)),
            self.tr("State of {0}. Press to show its log").format(project.title),
        )
        python = project.interpreter
        self.interpreter.show_text(python)
        self.interpreter.setToolTip(
            plain_tip(self.tr("The Python that the project is played with:\n{0}").format(python))
        )
        self.interpreter.setVisible(bool(python))
        self.checking.setVisible(project.checking)
        self.show_use(project)

    def _show_isolation(self, project: OpenProject) -> None:
        """Show how the last run was kept apart; before there is one, nothing."""
        record = project.session.record
        report = record.isolation if record is not None else None
        self.isolation.show()
        if self._desk.isolation.failed:
            self._show_check_failed(report)
            return
        if report is None:
            self.isolation.show_text("")
            text = self.tr("Isolation: told with the first run")
            self.isolation.say(text, text)
            return
        profile, gaps = str(report["profile"]), len(report["gaps"])
        self.isolation.show_text(profile)
        self.isolation.show_icon("shield", "muted" if profile == "strict" else "warning")
        missing = self.tr("{0} layers are missing. ").format(gaps) if gaps else ""
        self.isolation.say(
            self.tr("Isolation: {0}").format(profile),
            self.tr("How the run is kept apart from your things. {0}Press for more").format(
                missing
            ),
        )

    def _show_check_failed(self, report: "Mapping[str, Any] | None") -> None:
        """Whatever the last run got: it was tried out, and does not hold."""
        self.isolation.show_text(str(report["profile"]) if report is not None else "")
        self.isolation.show_icon("shield", "error")
        self.isolation.say(
            self.tr("Isolation: its test failed"),
            self.tr("A test of the isolation failed on this machine. Press for more"),
        )

    def show_use(self, project: OpenProject) -> None:
        """Show what the run uses now, and how it is kept apart, which is known a moment later."""
        self._show_isolation(project)
        active = project.session.state.active
        samples = list(project.bridge.usage)[-2:] if active else []
        self.use.setVisible(bool(samples))
        if samples:
            text = memory_text(samples[-1].memory)
            share = cpu_share(samples)
            if share is not None:
                text += " · " + self.tr("{0} % cpu").format(f"{share:.0f}")
            if samples[-1].awaits_input:
                text += " · " + self.tr("waiting for input")
            self.use.setText(text)
            self.use.setToolTip(
                self.tr("Memory and processor of the run, all of its {0} processes").format(
                    samples[-1].processes
                )
            )

    def show_cursor(self, text: str | None) -> None:
        """Show where the cursor of the editor is; None where there is none."""
        self.position.setVisible(text is not None)
        if text is not None:
            self.position.show_text(text)
            self.position.say(
                self.tr("Cursor: {0}").format(text), self.tr("Where the cursor is. Go to a line")
            )

    def show_format(self, text: str) -> None:
        """Show how the file in the editor is encoded and ends its lines; "" for none."""
        self.format.setVisible(bool(text))
        self.format.setText(text)
        self.format.setAccessibleName(self.tr("Encoding and line ends: {0}").format(text))

    def say(self, text: str) -> None:
        """Show a message for a few seconds."""
        self.message.show_text(text)
        self.message.setToolTip(plain_tip(text))
        self._clear.start()

    def _tell(self, notice: Notice) -> None:
        self.say(notice.text)

    def _clear_message(self) -> None:
        self.message.clear()
        self.message.setToolTip("")

    def _count(self) -> None:
        unread = self._desk.notices.unread
        self.bell.show_text(str(unread) if unread else "")
        self.bell.show_icon("bell-dot" if unread else "bell", "warning" if unread else "muted")
        said = self.tr("Notices, {0} unread").format(unread) if unread else self.tr("Notices")
        self.bell.say(said, said)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_XS, 0, SPACE_XS, 0)
        row.setSpacing(SPACE_XS)
        for widget in (self.state, self.interpreter, self.isolation, self.use):
            row.addWidget(widget)
        row.addWidget(self.message, 1)
        for widget in (self.checking, self.position, self.format, self.bell):
            row.addWidget(widget)
        for label in (self.interpreter, self.use, self.checking, self.format):
            label.setProperty("look", "muted")
            label.setContentsMargins(SPACE_XS, 0, SPACE_XS, 0)

    def _button(self, icon: str, wish: SignalInstance) -> BarButton:
        button = BarButton(self._desk.appearance, icon, parent=self)
        button.setFixedHeight(STATUS_HEIGHT - 2)
        button.clicked.connect(wish)
        return button


def cpu_share(samples: "Sequence[Usage]") -> float | None:
    """Return percent of one processor between two samples; None where it cannot be told."""
    if len(samples) < 2:
        return None
    before, now = samples[-2:]
    passed = now.at - before.at
    return max(0.0, 100 * (now.cpu_s - before.cpu_s) / passed) if passed > 0 else None
