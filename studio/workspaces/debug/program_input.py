"""Joins the input line to the program: when it takes input, what is sent, when it has ended."""

from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from studio.open_project import OpenProject
from studio.workspaces.debug.input_line import InputLine
from studio.workspaces.debug.shown_run import RunChoice

_ENDED = "input_ended"


class ProgramInput(QObject):
    """Shows the line while there is a program to type to; it keeps what was typed all the same."""

    #: The line had the focus and is gone.
    focus_left = Signal()

    def __init__(
        self, project: OpenProject, line: InputLine, choice: RunChoice, kept: dict[str, Any]
    ) -> None:
        super().__init__(line)
        self._session = project.session
        self._bridge = project.bridge
        self._line = line
        self._choice = choice
        self._kept = kept
        line.line_sent.connect(self._send)
        line.end_requested.connect(self._end)
        project.bridge.state_changed.connect(self.refresh)

    def refresh(self) -> None:
        """Look at the session anew."""
        active = self._session.state.active
        self._show(visible=active and not self._choice.shown.earlier)
        usage = self._bridge.usage
        if not active:
            self._line.show_closed(self.tr("The program takes input while it runs."))
        elif self._kept.get(_ENDED) == self._session.run_id:
            self._line.show_closed(self.tr("Its input has ended."))
        else:
            waiting = bool(usage) and usage[-1].awaits_input
            self._line.show_open(waiting=waiting, backlog=self._session.input_backlog)

    def _show(self, *, visible: bool) -> None:
        if visible == (not self._line.isHidden()):
            return
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self._line.isAncestorOf(focus)
        self._line.setVisible(visible)
        if had_focus and not visible:
            self.focus_left.emit()

    def _send(self, line: str) -> None:
        self._session.send_input(f"{line}\n".encode())
        self.refresh()

    def _end(self) -> None:
        self._kept[_ENDED] = self._session.run_id
        self._session.close_input()
        self.refresh()
