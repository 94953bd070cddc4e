"""The tree of files: lazy, steady over changes from outside, and everything that it can do."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from studio.desk import Desk
from studio.open_project import OpenProject, Place
from studio.workspaces.editor.file_tree import FileTree
from studio.workspaces.editor.files import FilesPanel
from studio.workspaces.editor.project_files import ProjectFiles
from tests.support.confined import as_ordinary_user
from tests.support.qt_loop import QtRunner, until


@pytest.fixture
def panel(
    qt: QtRunner,
    qtbot: QtBot,
    project: OpenProject,
    desk: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> FilesPanel:
    (tmp_path / "xdg").mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))  # where the trash is
    panel = FilesPanel(project, desk)
    qtbot.addWidget(panel)
    panel.resize(280, 500)
    panel.show()
    qt.run(until(lambda: panel.tree.rowCount() > 0))
    return panel


def names(panel: FilesPanel, folder: str = "") -> list[str]:
    node = panel.tree.find(panel.tree.root.path / folder)
    assert node is not None
    return [child.entry.name for child in node.children or []]


def select(qt: QtRunner, panel: FilesPanel, name: str) -> None:
    qt.run(panel.show_path(panel.tree.root.path / name))


def name_it(qt: QtRunner, qtbot: QtBot, panel: FilesPanel, name: str) -> None:
    qt.run(until(lambda: bool(panel.view.findChildren(QLineEdit))))
    line = panel.view.findChildren(QLineEdit)[0]
    line.selectAll()
    QTest.keyClicks(line, name)
    QTest.keyClick(line, Qt.Key.Key_Return)


def test_folders_come_first_and_numbers_count(panel: FilesPanel) -> None:
    expected = ["assets", "level.py", "level9.py", "level10.py", "main.py", "notes.md"]
    assert names(panel) == expected


def test_hidden_and_generated_files_are_behind_a_toggle(panel: FilesPanel) -> None:
    panel._muted.setChecked(True)
    assert names(panel)[:2] == [".git", "__pycache__"]
    panel._muted.setChecked(False)
    assert ".git" not in names(panel)


def test_enter_opens_a_file(
    qt: QtRunner, qtbot: QtBot, panel: FilesPanel, project: OpenProject, folder: Path
) -> None:
    places: list[Place] = []
    project.location_requested.connect(places.append)
    select(qt, panel, "main.py")
    QTest.keyClick(panel.view, Qt.Key.Key_Return)
    assert places == [Place(folder / "main.py")]


def test_folders_are_read_when_they_are_unfolded(qt: QtRunner, panel: FilesPanel) -> None:
    node = panel.tree.find(panel.tree.root.path / "assets")
    assert node is not None
    assert node.children is None
    panel.view.expand(panel.tree.index_of(node))
    qt.run(until(lambda: names(panel, "assets") == ["sounds", "hero.png"]))
    assert panel.state() == {"unfolded": ["assets"]}


def test_a_change_from_outside_keeps_unfolding_and_selection(
    qt: QtRunner, panel: FilesPanel, folder: Path
) -> None:
    select(qt, panel, "assets/sounds/jump.ogg")
    (folder / "assets" / "aaa.txt").write_text("x")
    (folder / "level10.py").unlink()
    qt.run(until(lambda: "aaa.txt" in names(panel, "assets") and "level10.py" not in names(panel)))
    assert [node.path.name for node in panel.selected()] == ["jump.ogg"]
    assert panel.state() == {"unfolded": ["assets", "assets/sounds"]}


def test_a_new_file_is_named_in_place_and_opened(
    qt: QtRunner, qtbot: QtBot, panel: FilesPanel, project: OpenProject, folder: Path
) -> None:
    places: list[Place] = []
    project.location_requested.connect(places.append)
    select(qt, panel, "assets")
    panel.new_file()
    name_it(qt, qtbot, panel, "map.txt")
    qt.run(until(lambda: bool(places)))
    assert (folder / "assets" / "map.txt").read_text() == ""
    assert places == [Place(folder / "assets" / "map.txt")]


def test_what_is_made_and_not_shown_is_said(
    qt: QtRunner, qtbot: QtBot, panel: FilesPanel, folder: Path
) -> None:
    panel.new_folder()
    name_it(qt, qtbot, panel, ".config")
    qt.run(until(lambda: panel.bar.isVisible()))
    assert (folder / ".config").is_dir()
    assert panel.bar.shown is not None
    assert panel.bar.shown.text == ".config is made, and hidden here."
    panel.bar.buttons[0].click()
    qt.run(until(lambda: [node.path for node in panel.selected()] == [folder / ".config"]))
    assert not panel.bar.isVisible()


def test_a_faulty_name_is_said_and_refused(
    qt: QtRunner, qtbot: QtBot, panel: FilesPanel, folder: Path
) -> None:
    panel.new_folder()
    name_it(qt, qtbot, panel, "main.py")
    assert panel.bar.shown is not None
    assert "exists here already" in panel.bar.shown.text
    line = panel.view.findChildren(QLineEdit)[0]
    QTest.keyClick(line, Qt.Key.Key_Escape)
    qt.run(until(lambda: "" not in names(panel)))
    assert panel.bar.shown is None


def test_renaming_is_told_and_taken_back(
    qt: QtRunner, qtbot: QtBot, panel: FilesPanel, project: OpenProject, folder: Path
) -> None:
    moves: list[tuple[Path, Path]] = []
    ProjectFiles.of(project).moved.connect(lambda *move: moves.append(move))
    select(qt, panel, "level.py")
    QTest.keyClick(panel.view, Qt.Key.Key_F2)
    line = panel.view.findChildren(QLineEdit)[0]
    assert line.selectedText() == "level"  # typing replaces the name and not the suffix
    name_it(qt, qtbot, panel, "room.py")
    qt.run(until(lambda: (folder / "room.py").exists() and bool(moves)))
    assert moves == [(folder / "level.py", folder / "room.py")]
    qt.run(until(lambda: [node.path.name for node in panel.selected()] == ["room.py"]))
    panel.undo()
    qt.run(until(lambda: "level.py" in names(panel) and "room.py" not in names(panel)))


def test_deleting_goes_to_the_trash_and_comes_back(
    qt: QtRunner, qtbot: QtBot, panel: FilesPanel, folder: Path
) -> None:
    select(qt, panel, "notes.md")
    QTest.keyClick(panel.view, Qt.Key.Key_Delete)
    qt.run(until(lambda: "notes.md" not in names(panel)))
    assert panel.bar.shown is not None
    assert panel.bar.shown.text == "notes.md is in the trash."
    panel.bar.buttons[0].click()
    qt.run(until(lambda: "notes.md" in names(panel)))
    assert (folder / "notes.md").read_text() == "# Notes\n"


def test_where_there_is_no_trash_it_asks_first(
    qt: QtRunner, panel: FilesPanel, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "no").write_text("a file where the trash would be")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "no"))
    select(qt, panel, "assets")
    panel.delete_selected()
    qt.run(until(lambda: bool(panel.findChildren(QMessageBox))))
    box = panel.findChildren(QMessageBox)[0]
    assert "no trash" in box.text()
    assert box.defaultButton() is not None
    assert box.defaultButton().text() != "Delete for good"
    next(b for b in box.buttons() if b.text() == "Delete for good").click()
    qt.run(until(lambda: not (folder / "assets").exists()))


def test_dropping_moves_and_can_be_taken_back(
    qt: QtRunner, panel: FilesPanel, folder: Path
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder / "notes.md"))])
    target = panel.tree.find(folder / "assets")
    assert target is not None
    where = panel.tree.index_of(target)
    assert not panel.tree.dropMimeData(data, Qt.DropAction.MoveAction, -1, -1, where)
    qt.run(until(lambda: (folder / "assets" / "notes.md").exists()))
    qt.run(until(lambda: bool(panel._undo)))
    panel.undo()
    qt.run(until(lambda: (folder / "notes.md").exists()))


def test_nothing_is_overwritten_by_a_move(qt: QtRunner, panel: FilesPanel, folder: Path) -> None:
    (folder / "assets" / "notes.md").write_text("other")
    panel._move([folder / "notes.md"], folder / "assets")
    qt.run(until(lambda: panel.bar.shown is not None))
    assert panel.bar.shown is not None
    assert "exists in assets already" in panel.bar.shown.text
    assert (folder / "assets" / "notes.md").read_text() == "other"


def test_paths_are_copied(qt: QtRunner, panel: FilesPanel, folder: Path) -> None:
    select(qt, panel, "assets/hero.png")
    panel.copy_path()
    assert QGuiApplication.clipboard().text() == str(folder / "assets" / "hero.png")
    panel.copy_relative_path()
    assert QGuiApplication.clipboard().text() == "assets/hero.png"


def test_an_unreadable_folder_says_so(folder: Path) -> None:
    (folder / "assets").chmod(0)
    look = "import sys; from pathlib import Path; from studio.workspaces.editor.folder_listing "
    look += "import list_folder; print(list_folder(Path(sys.argv[1])).failure)"
    try:
        command = [*as_ordinary_user(), sys.executable, "-c", look, str(folder / "assets")]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    finally:
        (folder / "assets").chmod(0o700)
    assert said == "no permission\n"


def test_a_folder_that_is_gone_says_so(qt: QtRunner, desk: Desk, tmp_path: Path) -> None:
    tree = FileTree(tmp_path / "nowhere", desk.appearance, None)
    qt.run(tree.read_now(tree.root))
    assert tree.index(0, 0).data() == "cannot be read: it is gone"
    tree.deleteLater()


def test_a_huge_folder_is_cut_with_a_word(qt: QtRunner, desk: Desk, tmp_path: Path) -> None:
    for number in range(5_100):
        (tmp_path / f"{number}.txt").touch()
    tree = FileTree(tmp_path, desk.appearance, None)
    qt.run(tree.read_now(tree.root))
    assert tree.rowCount() == 5_001
    assert tree.index(5_000, 0).data() == "and 100 more"
    tree.deleteLater()


def test_a_single_file_is_shown_alone(qt: QtRunner, qtbot: QtBot, desk: Desk, folder: Path) -> None:
    assert desk.service is not None
    project = OpenProject(folder / "main.py", desk.service, desk.notices)
    panel = FilesPanel(project, desk)
    qtbot.addWidget(panel)
    qt.run(until(lambda: names(panel) == ["main.py"]))
    panel._muted.setChecked(True)
    assert "level.py" in names(panel)
    qt.run(project.close())


def test_an_empty_folder_teaches(qt: QtRunner, qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    assert desk.service is not None
    project = OpenProject(tmp_path / "new", desk.service, desk.notices)
    panel = FilesPanel(project, desk)
    qtbot.addWidget(panel)
    panel.show()
    qt.run(until(panel._empty.isVisible))
    assert "main.py" in panel._empty.words
    panel._empty.button.click()
    name_it(qt, qtbot, panel, "main.py")
    qt.run(until(lambda: names(panel) == ["main.py"]))
    assert panel.view.isVisible()
    qt.run(project.close())


def test_the_disk_is_watched_for_as_long_as_a_panel_is_there(
    qt: QtRunner, project: OpenProject, desk: Desk
) -> None:
    files = ProjectFiles.of(project)

    async def come_and_go() -> None:
        first, second = FilesPanel(project, desk), FilesPanel(project, desk)
        await until(lambda: first.tree.rowCount() > 0 and second.tree.rowCount() > 0)
        first.deleteLater()
        await asyncio.sleep(0.05)
        assert files._watch is not None
        second.deleteLater()
        await until(lambda: files._watch is None)

    qt.run(come_and_go())


def test_a_renamed_folder_stays_unfolded_and_what_is_below_it(
    qt: QtRunner, panel: FilesPanel, folder: Path
) -> None:
    for name in ("assets", "assets/sounds"):
        node = qt.run(panel.tree.reach(folder / name))
        assert node is not None
        panel.view.expand(panel.tree.index_of(node))
        qt.run(until(lambda node=node: node.children is not None))  # type: ignore[misc]  # bound now
    select(qt, panel, "assets")
    panel._rename(folder / "assets", "things")
    qt.run(until(lambda: panel.state()["unfolded"] == ["things", "things/sounds"]))
    panel.undo()
    qt.run(until(lambda: panel.state()["unfolded"] == ["assets", "assets/sounds"]))
