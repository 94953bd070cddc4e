"""A new project from a template: made where it was said, or the reason why not at its field."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from studio.desk import Desk
from studio.shell.dialogs.new_project import NewProjectDialog, name_fault
from tests.support.qt_loop import QtRunner, until

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def dialog(desk: Desk, qtbot: QtBot, tmp_path: Path) -> Iterator[NewProjectDialog]:
    """The dialog, for the template `tool`, in a folder of the test."""
    QApplication.setQuitOnLastWindowClosed(False)
    dialog = NewProjectDialog(desk, "tool")
    dialog.folder.setText(str(tmp_path / "projects"))
    dialog.open()
    yield dialog
    if is_open(dialog):
        dialog.reject()


def is_open(dialog: NewProjectDialog) -> bool:
    """Whether it is there and shown; closed, it goes away."""
    return shiboken6.isValid(dialog) and dialog.isVisible()


def test_a_project_is_made_and_told(
    qt: QtRunner, dialog: NewProjectDialog, desk: Desk, tmp_path: Path
) -> None:
    made: list[Path] = []
    dialog.project_made.connect(made.append)

    async def scene() -> None:
        QTest.keyClicks(dialog.name, "Word counter")
        QTest.keyClick(dialog.name, Qt.Key.Key_Return)
        await until(lambda: bool(made))

    qt.run(scene())
    target = tmp_path / "projects" / "Word counter"
    assert made == [target]
    assert 'title = "Word counter"' in (target / "pyproject.toml").read_text()
    assert not is_open(dialog)
    assert NewProjectDialog(desk).folder.text() == str(tmp_path / "projects")


def test_a_folder_that_holds_something_is_left_alone(
    qt: QtRunner, dialog: NewProjectDialog, tmp_path: Path
) -> None:
    target = tmp_path / "projects" / "Mine"
    target.mkdir(parents=True)
    (target / "precious.txt").write_text("mine")

    async def scene() -> None:
        dialog.name.setText("Mine")
        dialog.create_button.click()
        await until(lambda: "is there already" in dialog.folder_row.problem.text)

    qt.run(scene())
    assert dialog.isVisible()
    assert [path.name for path in target.iterdir()] == ["precious.txt"]
    dialog.name.setText("Mine 2")
    assert dialog.folder_row.problem.text == ""
    assert dialog.create_button.isEnabled()


def test_a_place_that_cannot_be_written_is_told(
    qt: QtRunner, dialog: NewProjectDialog, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")

    async def scene() -> None:
        dialog.folder.setText(str(tmp_path / "file"))
        dialog.create_button.click()
        await until(lambda: "cannot be made" in dialog.folder_row.problem.text)

    qt.run(scene())
    assert dialog.isVisible()


@pytest.mark.parametrize("name", ["a/b", "a\\b", "..", "a\nb", 'say "hi"', "x" * 300])
def test_a_name_that_is_none_is_told_while_typing(dialog: NewProjectDialog, name: str) -> None:
    assert name_fault(name)
    if "\n" not in name:  # a field has one line
        dialog.name.setText(name)
        assert dialog.name_row.problem.text == name_fault(name)
        assert not dialog.create_button.isEnabled()


@pytest.mark.parametrize("name", ["Moon lander", "漢字", "class", "a.b", "$title"])
def test_any_other_name_will_do(name: str) -> None:
    assert name_fault(name) == ""


def test_an_empty_name_only_waits(dialog: NewProjectDialog) -> None:
    dialog.name.clear()
    assert dialog.name_row.problem.text == ""
    assert not dialog.create_button.isEnabled()


def test_escape_closes_and_makes_nothing(dialog: NewProjectDialog, tmp_path: Path) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not is_open(dialog)
    assert not (tmp_path / "projects").exists()


def test_the_folder_can_be_browsed(dialog: NewProjectDialog, tmp_path: Path) -> None:
    dialog.browse.click()
    (chooser,) = dialog.findChildren(QFileDialog)
    chooser.fileSelected.emit(str(tmp_path))
    assert dialog.folder.text() == str(tmp_path)


def test_the_asked_for_template_is_chosen(dialog: NewProjectDialog, desk: Desk) -> None:
    assert dialog.templates.currentItem().text().startswith("Tool: ")
    assert NewProjectDialog(desk).templates.currentRow() == 0
