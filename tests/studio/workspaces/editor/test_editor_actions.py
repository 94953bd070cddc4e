"""What can be asked of the editor workspace, with and without something open."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from studio.desk import Desk
from studio.look.icons import NAMES
from studio.open_project import OpenProject
from studio.workspaces.editor.actions import ACTIONS
from studio.workspaces.editor.files import FilesPanel
from studio.workspaces.editor.project_files import ProjectFiles
from studio.workspaces.editor.recovery_store import recovery_store
from studio.workspaces.editor.workspace import EditorWorkspace
from tests.support.qt_loop import QtRunner, until

BY_ID = {spec.id: spec for spec in ACTIONS}


@pytest.fixture
def workspace(
    qt: QtRunner, qtbot: QtBot, project: OpenProject, desk: Desk
) -> Iterator[EditorWorkspace]:
    desk.settings.update(check_on_save=False)
    workspace = EditorWorkspace(project, desk)
    workspace.resize(900, 600)
    qtbot.addWidget(workspace)
    workspace.show()
    qt.run(asyncio.sleep(0.05))
    yield workspace
    qt.run(asyncio.sleep(0.05))
    recovery_store(desk).close()


def test_ids_shortcuts_and_icons_are_sound() -> None:
    assert len(BY_ID) == len(ACTIONS)
    shortcuts = [spec.shortcut for spec in ACTIONS if spec.shortcut]
    assert len(set(shortcuts)) == len(shortcuts)
    for spec in ACTIONS:
        assert spec.id.startswith("editor.")
        assert spec.icon == "" or spec.icon in NAMES
        keys = QKeySequence(spec.shortcut)
        assert keys.toString(QKeySequence.SequenceFormat.PortableText) == spec.shortcut


def test_nothing_fails_while_nothing_is_open(qt: QtRunner, workspace: EditorWorkspace) -> None:
    for spec in ACTIONS:
        if spec.id != "editor.new":
            spec.run(workspace)
    qt.run(asyncio.sleep(0.05))
    assert workspace.tabs.count() == 0
    assert not BY_ID["editor.save"].enabled(workspace)
    assert not BY_ID["editor.save_all"].enabled(workspace)


def test_actions_work_on_the_text_in_front(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    document = qt.run(workspace.opened(folder / "level.py"))
    assert document is not None
    BY_ID["editor.toggle_comment"].run(workspace)
    assert document.editor.text() == '# NAME = "cave"\n'
    assert BY_ID["editor.save_all"].enabled(workspace)
    BY_ID["editor.save"].run(workspace)
    qt.run(until(lambda: (folder / "level.py").read_text().startswith("#")))
    document.editor.insertPlainText("x")
    BY_ID["editor.revert"].run(workspace)
    qt.run(until(lambda: not document.modified))
    BY_ID["editor.find"].run(workspace)
    assert document.find_bar is not None
    assert document.find_bar.isVisible()
    BY_ID["editor.replace"].run(workspace)
    BY_ID["editor.find_next"].run(workspace)
    BY_ID["editor.save_as"].run(workspace)
    qt.run(until(lambda: bool(workspace.findChildren(QFileDialog))))
    workspace.findChildren(QFileDialog)[0].reject()
    qt.run(asyncio.sleep(0.05))
    assert document.path == folder / "level.py"


def test_the_middle_button_closes_a_tab(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    qt.run(workspace.opened(folder / "main.py"))
    qt.run(workspace.opened(folder / "level.py"))
    bar = workspace.tabs.tabBar()
    where = bar.tabRect(0).center()
    QTest.mouseClick(bar, Qt.MouseButton.MiddleButton, pos=where)
    qt.run(until(lambda: workspace.tabs.count() == 1))
    assert workspace.tabs.documents[0].name == "level.py"


def test_files_outside_the_project_are_followed_too(
    qt: QtRunner, workspace: EditorWorkspace, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text("x = 1\n")
    document = qt.run(workspace.opened(outside))
    assert document is not None
    for text in ("x = 2\n", "x = 3\n"):
        beside = tmp_path / "beside.tmp"
        beside.write_text(text)
        beside.replace(outside)  # as editors do: the file is another one each time
        qt.run(until(lambda text=text: document.editor.text() == text))  # type: ignore[misc]  # bound now


def test_a_project_of_one_file_follows_it(
    qt: QtRunner, qtbot: QtBot, desk: Desk, folder: Path
) -> None:
    assert desk.service is not None
    project = OpenProject(folder / "main.py", desk.service, desk.notices)
    workspace = EditorWorkspace(project, desk)
    qtbot.addWidget(workspace)
    document = qt.run(workspace.opened(folder / "main.py"))
    assert document is not None
    (folder / "main.py").write_text("print('again')\n")
    qt.run(until(lambda: "again" in document.editor.text()))
    ProjectFiles.of(project).stop()
    qt.run(project.close())
    recovery_store(desk).close()


def test_it_is_said_where_the_disk_cannot_be_watched(
    qt: QtRunner, qtbot: QtBot, project: OpenProject, desk: Desk
) -> None:
    panel = FilesPanel(project, desk)
    qtbot.addWidget(panel)
    qt.run(until(lambda: panel.tree.rowCount() > 0))
    watch = ProjectFiles.of(project)._watch
    assert watch is not None
    watch.failure = "The folder cannot be watched."
    panel._tell_watch()
    assert panel.bar.shown is not None
    assert panel.bar.shown.text == watch.failure


def test_lines_are_worked_on_as_a_whole(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    document = qt.run(workspace.opened(folder / "main.py"))
    assert document is not None
    editor = document.editor
    editor.replace_text("a\nb\nc\n")
    editor.go_to(1, 1)
    steps = {
        "duplicate_lines": "a\na\nb\nc\n",
        "delete_lines": "a\nb\nc\n",
        "move_lines_up": "b\na\nc\n",
        "move_lines_down": "a\nb\nc\n",
        "join_lines": "a\nb c\n",
    }
    editor.go_to(1, 1)
    for name, text in steps.items():
        if name == "move_lines_up":
            editor.go_to(2, 1)
        BY_ID[f"editor.{name}"].run(workspace)
        assert editor.text() == text, name
