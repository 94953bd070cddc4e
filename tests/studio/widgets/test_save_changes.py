"""The question about unsaved changes: what it says, and that every way out is an answer."""

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.widgets.save_changes import SaveChangesDialog, SaveChoice, ask_save_changes
from tests.support.qt_loop import QtRunner, until


def test_many_names_are_listed_and_the_rest_counted(qtbot: QtBot) -> None:
    dialog = SaveChangesDialog([f"level{n}.py" for n in range(12)])
    qtbot.addWidget(dialog)
    assert "12 files" in dialog._question.text()
    assert dialog._names.text().splitlines()[-1] == "+ 4"
    assert dialog.save.text() == "Save all"


@pytest.mark.parametrize(
    ("key", "choice"),
    [(Qt.Key.Key_Return, SaveChoice.SAVE), (Qt.Key.Key_Escape, SaveChoice.CANCEL)],
)
def test_return_saves_and_escape_cancels(
    qt: QtRunner, qtbot: QtBot, key: Qt.Key, choice: SaveChoice
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()

    async def ask() -> asyncio.Task[SaveChoice]:
        asked = asyncio.ensure_future(ask_save_changes(parent, ["main.py"]))
        await until(lambda: bool(parent.findChildren(SaveChangesDialog)))
        return asked

    asked = qt.run(ask())
    dialog = parent.findChildren(SaveChangesDialog)[0]
    assert dialog._question.text() == "Save the changes in main.py?"
    QTest.keyClick(dialog, key)
    qt.run(until(asked.done))
    assert asked.result() is choice


def test_a_window_that_goes_away_is_a_no(qt: QtRunner) -> None:
    async def ask() -> SaveChoice:
        parent = QWidget()
        asked = asyncio.ensure_future(ask_save_changes(parent, ["main.py"]))
        await until(lambda: bool(parent.findChildren(SaveChangesDialog)))
        parent.deleteLater()
        return await asked

    assert qt.run(ask()) is SaveChoice.CANCEL
