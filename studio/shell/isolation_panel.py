"""What stands between a program and the rest of the user's things, said as it is."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from studio.look.appearance import Appearance
from studio.look.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XS
from studio.shell.dialogs.fitting import fit
from studio.shell.popup import Popup
from studio.shell.text_label import TextLabel

_WIDTH = 420


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
        _tr("Your files, other programs, the network and devices are out of its reach."),
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
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(appearance, parent)
        self.setAccessibleName(self.tr("Isolation"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        parts = isolation_parts(report, platform_gaps())
        told = "\n".join(line for part in parts for line in (part.title, *part.lines))
        self.setAccessibleDescription(told)
        self.help_button = QPushButton(self.tr("Help"))
        self.help_button.setToolTip(self.tr("Open the help. `playhead doctor` tells more"))
        self.help_button.setAccessibleDescription(told)
        self.help_button.clicked.connect(self._ask_for_help)
        profile = str(report["profile"]) if report is not None else self.tr("not known yet")
        self._lay_out(self.tr("Isolation: {0}").format(profile), parts)
        fit(self, _WIDTH)

    def open_at(self, anchor: QWidget) -> None:
        """Show it beside `anchor`, the keyboard in it."""
        self.show_beside(anchor)
        self.help_button.setFocus()

    def _lay_out(self, title: str, parts: Sequence[Part]) -> None:
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

    def _ask_for_help(self) -> None:
        self.close()
        self.help_requested.emit()
