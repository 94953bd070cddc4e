"""What stands between a program and the rest of the user's things, said as it is today."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from studio.look.appearance import Appearance
from studio.look.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XS
from studio.shell.dialogs.fitting import fit
from studio.shell.popup import Popup
from studio.shell.text_label import TextLabel

_WIDTH = 420


class Part(NamedTuple):
    """A heading, and sentences that belong together."""

    title: str
    lines: tuple[str, ...]


def isolation_parts(gaps: Sequence[str]) -> list[Part]:
    """Return what is and what is not kept apart, and what this platform cannot promise."""
    return [
        Part(
            _tr("Kept apart"),
            (
                _tr("Each run has a private copy of the project: what it writes stays there."),
                _tr("Packages are installed for the project alone; yours are left as they are."),
                _tr("Stop, and the end of Playhead, end every process that the program started."),
                _tr("A budget ends a run that uses more time, memory or disk than it may."),
            ),
        ),
        Part(
            _tr("Not kept apart"),
            (
                _tr("A program has your own rights: your files, your network, your devices."),
                _tr("Permissions are read and checked, and not enforced yet."),
                _tr("Play only what you trust."),
            ),
        ),
        Part(_tr("On this platform"), tuple(gaps) or (_tr("Nothing is missing beyond that."),)),
    ]


def platform_gaps() -> tuple[str, ...]:
    """Return what this machine's system cannot promise, each a sentence."""
    from session.runtime.platforms.current import current_platform  # late: the shell starts first

    return current_platform().gaps


class IsolationPanel(Popup):
    """Opened by the shield in the status bar."""

    #: A wish: more about what Playhead does, in the help.
    help_requested = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, parent)
        self.setAccessibleName(self.tr("Isolation"))
        parts = isolation_parts(platform_gaps())
        told = "\n".join(line for part in parts for line in (part.title, *part.lines))
        self.setAccessibleDescription(told)
        self.help_button = QPushButton(self.tr("Help"))
        self.help_button.setToolTip(self.tr("Open the help. `playhead doctor` tells more"))
        self.help_button.setAccessibleDescription(told)
        self.help_button.clicked.connect(self._ask_for_help)
        self._lay_out(parts)
        fit(self, _WIDTH)

    def open_at(self, anchor: QWidget) -> None:
        """Show it beside `anchor`, the keyboard in it."""
        self.show_beside(anchor)
        self.help_button.setFocus()

    def _lay_out(self, parts: Sequence[Part]) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        column.setSpacing(SPACE_XS)
        head = QHBoxLayout()
        head.addWidget(TextLabel(self.tr("Isolation: none yet"), "heading"), 1)
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


def _tr(text: str) -> str:
    return QCoreApplication.translate("IsolationPanel", text)
