"""Asks what becomes of running programs when their window or project is closed."""

import asyncio
from collections.abc import Callable, Sequence
from enum import Enum
from typing import NamedTuple

import shiboken6
from PySide6.QtCore import QCoreApplication, Qt, SignalInstance
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.look.tokens import SPACE_L, SPACE_S, SPACE_XL
from studio.shell.dialogs.fitting import fit
from studio.shell.text_label import TextLabel
from studio.widgets.marked_fields import CheckBox

#: Titles named one by one; of more only the number is told.
_NAMED = 5
_WIDTH = 460


class CloseChoice(Enum):
    """What to do. The words are those of the setting `close_while_running`."""

    STOP = "stop"
    KEEP = "keep"
    CANCEL = "cancel"


class Answer(NamedTuple):
    """The choice, and whether it is to be the setting from now on."""

    choice: CloseChoice
    remember: bool = False


async def ask_close_running(
    parent: QWidget | None,
    running: Callable[[], Sequence[str]],
    *,
    changed: SignalInstance | None = None,
    can_keep: bool,
    why_not: str = "",
) -> Answer:
    """Ask once about the projects that run, by their titles; wait for the answer.

    Escape, and a dialog that goes away unanswered, mean Cancel: then nothing happens.
    With `changed` what runs is told anew: a program may end by itself while the question is open.
    `can_keep` says whether there is a tray to keep running in; `why_not` is told where it is
    missed.
    """
    dialog = CloseRunningDialog(running(), can_keep=can_keep, why_not=why_not, parent=parent)
    if changed is not None:
        dialog.follow(running, changed)
    answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

    def settle(answer: Answer) -> None:
        if not answered.done():
            answered.set_result(answer)

    dialog.finished.connect(lambda _: settle(dialog.answer()))
    dialog.destroyed.connect(lambda: settle(Answer(CloseChoice.CANCEL)))
    dialog.open()
    try:
        return await answered
    finally:
        if shiboken6.isValid(dialog):
            dialog.hide()
            dialog.deleteLater()


def question(titles: Sequence[str]) -> str:
    """Return the question for the projects that run, or that none does any more."""
    if not titles:
        return _tr("Nothing is running any more.")
    if len(titles) == 1:
        return _tr("{0} is running.").format(titles[0])
    named = ", ".join(titles[:_NAMED])
    if len(titles) > _NAMED:
        more = _tr("and {0} more").format(len(titles) - _NAMED)
        return _tr("{0} programs are running: {1} {2}.").format(len(titles), named, more)
    return _tr("{0} programs are running: {1}.").format(len(titles), named)


class CloseRunningDialog(QDialog):
    """Stop and close, keep running in the tray, or cancel; close, once nothing runs any more."""

    def __init__(
        self,
        titles: Sequence[str],
        *,
        can_keep: bool,
        why_not: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._choice = CloseChoice.CANCEL
        self._can_keep = can_keep
        self._why_not = why_not
        self._running: Callable[[], Sequence[str]] = lambda: titles
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(self.tr("Close while running"))
        self.remember = CheckBox(self.tr("Do this from now on"))
        self.remember.setToolTip(self.tr("It can be changed in the settings, under Playing."))
        self.stop_button = self._button("", CloseChoice.STOP)
        self.keep_button = self._button(self.tr("&Keep running in the tray"), CloseChoice.KEEP)
        self.cancel_button = self._button(self.tr("Cancel"), CloseChoice.CANCEL)
        self.stop_button.setDefault(True)
        self.stop_button.setProperty("look", "primary")
        self._question = TextLabel(role="heading")
        self._advice = TextLabel(role="muted")
        self._lay_out()
        self._show_running()
        fit(self, _WIDTH)
        self.stop_button.setFocus()

    def follow(self, running: Callable[[], Sequence[str]], changed: SignalInstance) -> None:
        """Say what runs as it is, whenever that has changed."""
        self._running = running
        changed.connect(self._show_running)

    def answer(self) -> Answer:
        """Return what was chosen; Cancel, and where nothing ran any more, is never remembered."""
        cancelled = self._choice is CloseChoice.CANCEL or not self._asks
        return Answer(self._choice, not cancelled and self.remember.isChecked())

    def _show_running(self) -> None:
        titles = self._running()
        self._asks = bool(titles)
        self._question.setText(question(titles))
        advice = f"{_advice(can_keep=self._can_keep)} {self._why_not}".strip()
        self._advice.setText(advice if titles else _tr("What ran has ended; its log is kept."))
        self.stop_button.setText(self.tr("&Stop and close") if titles else self.tr("&Close"))
        self.keep_button.setVisible(self._asks and self._can_keep)
        self.remember.setVisible(self._asks)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_L)
        layout.setSpacing(SPACE_S)
        layout.addWidget(self._question)
        layout.addWidget(self._advice)
        layout.addSpacing(SPACE_S)
        layout.addWidget(self.remember)
        layout.addStretch(1)
        layout.addSpacing(SPACE_S)
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        row.addStretch(1)
        for button in (self.cancel_button, self.keep_button, self.stop_button):
            row.addWidget(button)
        layout.addLayout(row)
        self.setTabOrder(self.stop_button, self.keep_button)
        self.setTabOrder(self.keep_button, self.cancel_button)
        self.setTabOrder(self.cancel_button, self.remember)

    def _button(self, text: str, choice: CloseChoice) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(True)
        button.clicked.connect(lambda: self._choose(choice))
        return button

    def _choose(self, choice: CloseChoice) -> None:
        self._choice = choice
        if choice is CloseChoice.CANCEL:
            self.reject()
        else:
            self.accept()


def _advice(*, can_keep: bool) -> str:
    if can_keep:
        return _tr("Stop lets it end in order. In the tray it goes on. Its log is kept either way.")
    return _tr("Stop lets it end in order; its log is kept.")


def _tr(text: str) -> str:
    return QCoreApplication.translate("CloseRunningDialog", text)
