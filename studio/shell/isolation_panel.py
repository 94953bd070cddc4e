"""What stands between a program and the rest of the user's things, said as it is."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.look.appearance import Appearance
from studio.look.tokens import LIST_ROW_HEIGHT, SPACE_L, SPACE_M, SPACE_S, SPACE_XS
from studio.open_project import KeptAnswer, OpenProject
from studio.shell.dialogs.fitting import fit
from studio.shell.popup import Popup
from studio.shell.text_label import TextLabel, separator_free
from studio.widgets.grant_words import breakable, grant_deed, sentence

if TYPE_CHECKING:
    from session.runtime.self_test import SelfTest

_WIDTH = 420
#: So many remembered answers are seen at once.
_ROWS = 5


def _tr(text: str) -> str:
    return QCoreApplication.translate("IsolationPanel", text)


class Part(NamedTuple):
    """A heading, and sentences that belong together."""

    title: str
    lines: tuple[str, ...]


def isolation_parts(report: Mapping[str, Any] | None, gaps: Sequence[str] = ()) -> list[Part]:
    """Return what a run may do, what is kept from it, and what this machine cannot promise.

    `report` is the record's `isolation`, None before there is a run or where nothing was put on;
    `gaps` are the platform's own.
    """
    granted = list(report.get("granted", ())) if report is not None else []
    missing = [f"{name}: {reason}" for name, reason in report["gaps"].items()] if report else []
    always = (
        _tr("Each run has a private copy of the project: what it writes stays there."),
        _tr("Stop, and the end of Playhead, end every process that the program started."),
    )
    kept = (
        _tr("All else is out of its reach: your files, other programs, the network, devices."),
        _tr("It has no other rights, as a user or by set-uid programs."),
    )
    nothing = (_tr("Nothing is kept from the program here."),)
    return [
        Part(_tr("Kept apart"), (*always, *(kept if report is not None else nothing))),
        Part(_tr("Granted"), tuple(map(grant_sentence, granted)) or (_tr("Nothing beyond that."),)),
        Part(_tr("Missing here"), (*missing, *gaps) or (_tr("Nothing."),)),
    ]


def grant_sentence(permission: str) -> str:
    """Return a granted permission in plain words."""
    return {
        "net": _tr("net: use the network."),
        "read": _tr("read: read files outside the project."),
        "write": _tr("write: change files outside its copy of the project."),
        "env": _tr("env: see environment variables of yours."),
        "display": _tr("display: open windows; under X11 it can then also see every key."),
        "audio": _tr("audio: play and record sound."),
        "gpu": _tr("gpu: use the graphics card."),
    }.get(permission, permission)


def check_part(checked: "SelfTest | None") -> Part:
    """Return what trying it out has shown; nothing where it was not tried since the start."""
    title = _tr("Tried out")
    if checked is None:
        return Part(title, (_tr("Not yet since this machine started; `playhead doctor` does it."),))
    if checked.failure:
        return Part(title, (_tr("It could not be tried: {0}.").format(checked.failure),))
    if checked.escaped:
        got = ", ".join(checked.escaped)
        return Part(title, (_tr("A program could {0}. Play only what you trust.").format(got),))
    return Part(
        title, (_tr("A program that tried to get out did not ({0}).").format(checked.profile),)
    )


def answer_sentence(answer: KeptAnswer) -> str:
    """Return a remembered answer in plain words."""
    deed = separator_free(grant_deed(answer.grant))
    return sentence(deed if answer.granted else _tr("not {0}").format(deed))


def platform_gaps() -> tuple[str, ...]:
    """Return what this machine's system cannot promise, each a sentence."""
    from session.runtime.platforms.current import current_platform  # late: the shell starts first

    return current_platform().gaps


class IsolationPanel(Popup):
    """Opened by the shield in the status bar; made anew for each run that it is asked about."""

    #: A wish: more about what Playhead does, in the help.
    help_requested = Signal()

    def __init__(
        self,
        appearance: Appearance,
        report: Mapping[str, Any] | None,
        project: OpenProject | None = None,
        checked: "SelfTest | None" = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(appearance, parent)
        self.setAccessibleName(self.tr("Isolation"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._project = project
        self.rows: list[QPushButton] = []
        answers = project.answers() if project is not None else []
        parts = [*isolation_parts(report, platform_gaps()), check_part(checked)]
        told = "\n".join(line for part in parts for line in (part.title, *part.lines))
        self.setAccessibleDescription(told)
        self.help_button = QPushButton(self.tr("Help"))
        self.help_button.setToolTip(self.tr("Open the help. `playhead doctor` tells more"))
        self.help_button.setAccessibleDescription(told)
        self.help_button.clicked.connect(self._ask_for_help)
        profile = str(report["profile"]) if report is not None else self.tr("not known yet")
        self._lay_out(self.tr("Isolation: {0}").format(profile), parts, answers)
        fit(self, _WIDTH)

    def open_at(self, anchor: QWidget) -> None:
        """Show it beside `anchor`, the keyboard in it."""
        self.show_beside(anchor)
        self.help_button.setFocus()

    def _lay_out(self, title: str, parts: Sequence[Part], answers: Sequence[KeptAnswer]) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        column.setSpacing(SPACE_XS)
        head = QHBoxLayout()
        head.addWidget(TextLabel(title, "heading"), 1)
        head.addWidget(self.help_button)
        column.addLayout(head)
        for part in parts:
            column.addSpacing(SPACE_S)
            column.addWidget(TextLabel(part.title, "muted"))
            for line in part.lines:
                column.addWidget(TextLabel(line))
        if answers:
            column.addSpacing(SPACE_S)
            column.addWidget(TextLabel(self.tr("Remembered for this project"), "muted"))
            column.addWidget(self._answers(answers))

    def _answers(self, answers: Sequence[KeptAnswer]) -> QWidget:
        """A row for each; many of them scroll."""
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for answer in answers:
            rows.addLayout(self._answer_row(answer))
        if len(answers) <= _ROWS:
            return inside
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFixedHeight(_ROWS * LIST_ROW_HEIGHT)
        area.setWidget(inside)
        return area

    def _answer_row(self, answer: KeptAnswer) -> QHBoxLayout:
        row, text = QHBoxLayout(), answer_sentence(answer)
        label = TextLabel(breakable(text))
        button = QPushButton(self.tr("Withdraw"))
        button.setProperty("look", "flat")
        button.setAccessibleName(self.tr("Withdraw: {0}").format(text))
        button.setToolTip(self.tr("Forget this answer, from the next Play on"))
        button.clicked.connect(lambda: self._withdraw(answer, label, button))
        self.rows.append(button)
        row.addWidget(label, 1)
        row.addWidget(button)
        return row

    def _withdraw(self, answer: KeptAnswer, label: TextLabel, button: QPushButton) -> None:
        if self._project is not None and self._project.withdraw(answer):
            label.setText(breakable(self.tr("Withdrawn: {0}").format(answer_sentence(answer))))
            button.hide()
            self.help_button.setFocus()

    def _ask_for_help(self) -> None:
        self.close()
        self.help_requested.emit()
