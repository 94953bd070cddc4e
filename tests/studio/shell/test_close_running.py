"""Closing while running asks once; only a plain answer does anything."""

import asyncio
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.shell.dialogs.close_running import (
    Answer,
    CloseChoice,
    CloseRunningDialog,
    ask_close_running,
    question,
)
from tests.support.qt_loop import QtRunner, until

#: The platform without a screen says so of every dialog with a least size.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """A window that is there all the time, as the studio's is."""
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


def shown() -> CloseRunningDialog | None:
    """The question, once it is on the screen."""
    return next(
        (
            widget
            for widget in QApplication.topLevelWidgets()
            if isinstance(widget, CloseRunningDialog) and widget.isVisible()
        ),
        None,
    )


async def answered(act: Callable[[CloseRunningDialog], object], *, can_keep: bool = True) -> Answer:
    """Ask, act on the question, and return the answer."""
    asking = asyncio.ensure_future(ask_close_running(None, lambda: ["Harbour"], can_keep=can_keep))
    await until(lambda: shown() is not None)
    dialog = shown()
    assert dialog is not None
    act(dialog)
    answer = await asking
    assert shown() is None
    return answer


@pytest.mark.parametrize(
    ("button", "choice"),
    [
        ("stop_button", CloseChoice.STOP),
        ("keep_button", CloseChoice.KEEP),
        ("cancel_button", CloseChoice.CANCEL),
    ],
)
def test_each_button_is_its_answer(
    qt: QtRunner, window: QWidget, button: str, choice: CloseChoice
) -> None:
    def press(dialog: CloseRunningDialog) -> None:
        found: QPushButton = getattr(dialog, button)
        found.click()

    assert qt.run(answered(press)) == Answer(choice)


def test_enter_stops_and_escape_cancels(qt: QtRunner, window: QWidget) -> None:
    stop = qt.run(answered(lambda dialog: QTest.keyClick(dialog, Qt.Key.Key_Return)))
    cancel = qt.run(answered(lambda dialog: QTest.keyClick(dialog, Qt.Key.Key_Escape)))
    assert (stop.choice, cancel.choice) == (CloseChoice.STOP, CloseChoice.CANCEL)


def test_an_answer_can_be_remembered_but_not_cancel(qt: QtRunner, window: QWidget) -> None:
    def check_and(button: str) -> Callable[[CloseRunningDialog], None]:
        def act(dialog: CloseRunningDialog) -> None:
            dialog.remember.click()
            getattr(dialog, button).click()

        return act

    assert qt.run(answered(check_and("stop_button"))) == Answer(CloseChoice.STOP, remember=True)
    assert qt.run(answered(check_and("cancel_button"))) == Answer(CloseChoice.CANCEL)


def test_without_a_tray_nothing_can_be_kept(qt: QtRunner, window: QWidget) -> None:
    def act(dialog: CloseRunningDialog) -> None:
        assert not dialog.keep_button.isVisible()
        dialog.stop_button.click()

    assert qt.run(answered(act, can_keep=False)).choice is CloseChoice.STOP


def test_a_window_that_goes_away_cancels(qt: QtRunner, window: QWidget) -> None:
    async def scene() -> Answer:
        other = QWidget()
        other.show()
        asking = asyncio.ensure_future(ask_close_running(other, lambda: ["Harbour"], can_keep=True))
        await until(lambda: shown() is not None)
        other.deleteLater()
        return await asking

    assert qt.run(scene()).choice is CloseChoice.CANCEL


def test_asking_can_be_cancelled(qt: QtRunner, window: QWidget) -> None:
    async def scene() -> None:
        asking = asyncio.ensure_future(ask_close_running(None, lambda: ["Harbour"], can_keep=True))
        await until(lambda: shown() is not None)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert shown() is None

    qt.run(scene())


def test_the_question_names_what_runs(qtbot: QtBot) -> None:
    assert question(["Harbour"]) == "Harbour is running."
    assert question(["a", "b"]) == "2 programs are running: a, b."
    assert question(list("abcdefg")) == "7 programs are running: a, b, c, d, e and 2 more."
    assert question([]) == "Nothing is running any more."
