"""One permission of a run configuration, in plain words, and whom it is granted to."""

from typing import Final

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from studio.look.appearance import Appearance
from studio.look.tokens import SPACE_S, SPACE_XS
from studio.shell.dialogs.configuration_draft import LISTED
from studio.shell.dialogs.problem_label import ProblemLabel
from studio.shell.text_label import TextLabel
from studio.widgets.marked_fields import Choice

_LEFT, _GRANTED, _REFUSED, _ONLY = "left", "granted", "refused", "only"
_WIDTH: Final = 190


def grant_words(key: str) -> tuple[str, str]:
    """Return what a permission allows, and an example of the names it can be limited to."""
    return {
        "net": (_tr("Use the network."), "example.org, 127.0.0.1:8000"),
        "read": (_tr("Read files outside the project."), "~/pictures, /usr/share/dict"),
        "write": (_tr("Write files; “.” is the project itself."), "., ~/exports"),
        "run": (_tr("Start other programs."), "git, ffmpeg"),
        "env": (_tr("See the environment variables of the studio."), "LANG, HTTPS_PROXY"),
        "display": (_tr("Open windows."), ""),
        "audio": (_tr("Play and record sound."), ""),
        "gpu": (_tr("Compute and draw on the graphics card."), ""),
    }[key]


class GrantField(QWidget):
    """As the project has it, granted, not granted, or granted for some names only."""

    edited = Signal()

    def __init__(self, key: str, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.problem = ProblemLabel(appearance)
        self.choice = Choice()
        self.names = QLineEdit()
        words, example = grant_words(key)
        self.choice.addItem(self.tr("As the project has it"), _LEFT)
        self.choice.addItem(self.tr("Granted"), _GRANTED)
        self.choice.addItem(self.tr("Not granted"), _REFUSED)
        if key in LISTED:
            self.choice.addItem(self.tr("Granted for these only"), _ONLY)
        self.choice.setAccessibleName(f"{key}: {words}")
        self.choice.setFixedWidth(_WIDTH)
        self.names.setPlaceholderText(example)
        self.names.setAccessibleName(self.tr("{0}: names between commas").format(key))
        self._lay_out(words)
        self.choice.currentIndexChanged.connect(self._choose)
        self.names.textEdited.connect(lambda _: self.edited.emit())
        self._show_names()

    @property
    def value(self) -> bool | str | None:
        """What is chosen; None leaves it to the project."""
        chosen = self.choice.currentData()
        return {_LEFT: None, _GRANTED: True, _REFUSED: False}.get(chosen, self.names.text())

    def show_value(self, value: bool | str | None) -> None:
        """Show what a configuration says."""
        kind = {None: _LEFT, True: _GRANTED, False: _REFUSED}.get(value, _ONLY)  # type: ignore[arg-type]  # a text is none of them
        self.choice.setCurrentIndex(self.choice.findData(kind))
        self.names.setText(value if isinstance(value, str) else "")
        self._show_names()

    def _lay_out(self, words: str) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_S)
        grid.setVerticalSpacing(SPACE_XS)
        name = QLabel(self.key)
        name.setBuddy(self.choice)
        grid.addWidget(name, 0, 0)
        grid.addWidget(TextLabel(words, "muted"), 0, 1)
        grid.addWidget(self.choice, 0, 2)
        grid.addWidget(self.names, 1, 1, 1, 2)
        grid.addWidget(self.problem, 2, 1, 1, 2)
        grid.setColumnMinimumWidth(0, 56)
        grid.setColumnStretch(1, 1)

    def _choose(self) -> None:
        self._show_names()
        self.edited.emit()

    def _show_names(self) -> None:
        self.names.setVisible(self.choice.currentData() == _ONLY)


def _tr(text: str) -> str:
    return QCoreApplication.translate("ConfigurationsDialog", text)
