"""The editor workspace with real files: opening, saving, conflicts, recovery, Play, closing."""

import asyncio
import os
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QLineEdit

from studio.documents.text_file import LIMIT
from studio.open_project import OpenProject
from studio.workspaces.editor.compare import CompareDialog
from studio.workspaces.editor.document_facts import Condition
from studio.workspaces.editor.project_files import ProjectFiles
from studio.workspaces.editor.workspace import EditorWorkspace
from tests.support.editing import bar, open_, press, type_
from tests.support.qt_loop import QtRunner, until


def test_an_empty_workspace_teaches(workspace: EditorWorkspace) -> None:
    assert "Nothing is open" in workspace._empty.words
    assert workspace._empty.isVisible()


def test_a_project_begins_with_its_main_file(qt: QtRunner, workspace: EditorWorkspace) -> None:
    workspace.open_first()
    qt.run(until(lambda: workspace.current is not None and workspace.current.ready))
    assert workspace.current is not None
    assert workspace.current.name == "main.py"


def test_a_file_is_opened_edited_and_saved(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    document = open_(qt, workspace, folder / "main.py")
    assert workspace.unsaved == []
    type_(document, "# more\n")
    assert workspace.unsaved == ["main.py"]
    assert workspace.tabs.tabText(0) == "main.py ●"
    assert qt.run(workspace.saving.save(document))
    assert (folder / "main.py").read_text().endswith("# more\n")
    assert workspace.tabs.tabText(0) == "main.py"
    document.editor.undo()
    assert document.modified  # undo survives a save
    assert "# more" not in document.editor.text()


def test_encoding_and_line_endings_stay(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    (folder / "old.txt").write_bytes(b"\xef\xbb\xbfone\r\ntwo\r\n")
    document = open_(qt, workspace, folder / "old.txt")
    type_(document, "three\n")
    assert qt.run(workspace.saving.save(document))
    assert (folder / "old.txt").read_bytes() == b"\xef\xbb\xbfone\r\ntwo\r\nthree\r\n"


def test_the_place_of_the_cursor_is_known_as_soon_as_a_text_is_shown(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    told: list[tuple[int, int]] = []
    workspace.cursor_moved.connect(lambda line, column: told.append((line, column)))
    open_(qt, workspace, folder / "main.py")
    assert told[-1] == (1, 1)


def test_the_same_file_is_opened_once(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    first = open_(qt, workspace, folder / "main.py")
    (folder / "link.py").symlink_to(folder / "main.py")
    assert open_(qt, workspace, folder / "link.py") is first
    assert workspace.tabs.count() == 1


def test_tabs_of_the_same_name_are_told_apart(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    (folder / "assets" / "main.py").write_text("")
    open_(qt, workspace, folder / "main.py")
    open_(qt, workspace, folder / "assets" / "main.py")
    assert [workspace.tabs.tabText(at) for at in range(2)] == ["main.py · cave", "main.py · assets"]


def test_an_unedited_file_follows_the_disk(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    document = open_(qt, workspace, folder / "main.py")
    document.go_to(3, 7)
    (folder / "main.py").write_text("import level\n\nprint(level.NAME)\nprint('new')\n")
    qt.run(until(lambda: "new" in document.editor.text()))
    assert document.editor.place() == (3, 7)
    assert not document.modified
    assert bar(document) == ""
    document.editor.undo()
    assert "new" not in document.editor.text()


def test_a_conflict_keeps_both_until_someone_chooses(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    document = open_(qt, workspace, folder / "level.py")
    type_(document, "MINE = 1\n")
    (folder / "level.py").write_text('NAME = "mine shaft"\n')
    qt.run(until(lambda: "changed by another program" in bar(document)))
    assert not qt.run(document.save())
    assert (folder / "level.py").read_text() == 'NAME = "mine shaft"\n'
    press(document, "Take theirs")
    assert document.editor.text() == 'NAME = "mine shaft"\n'
    assert not document.modified
    document.editor.undo()
    assert "MINE" in document.editor.text()


def test_undoing_everything_ends_a_conflict(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    document = open_(qt, workspace, folder / "level.py")
    type_(document, "MINE = 1\n")
    (folder / "level.py").write_text("THEIRS = 1\n")
    qt.run(until(lambda: "changed by another program" in bar(document)))
    document.editor.undo()
    qt.run(until(lambda: document.editor.text() == "THEIRS = 1\n"))
    assert bar(document) == ""
    assert not document.modified


def test_saving_into_a_conflict_asks_with_both_sides(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    document = open_(qt, workspace, folder / "level.py")
    type_(document, "MINE = 1\n")

    async def choose(button: int) -> bool:
        (folder / "level.py").write_text("THEIRS = 1\n")
        saving = asyncio.ensure_future(workspace.saving.save(document))
        await until(lambda: bool(document.findChildren(CompareDialog)))
        dialog = document.findChildren(CompareDialog)[-1]
        assert "THEIRS" in dialog.right.toPlainText()
        assert "MINE" in dialog.left.toPlainText()
        dialog.buttons[button].click()
        return await saving

    assert not qt.run(choose(2))  # merge by hand
    assert "<<<<<<< here" in document.editor.text()
    assert "THEIRS = 1" in document.editor.text()
    assert (folder / "level.py").read_text() == "THEIRS = 1\n"
    document.editor.replace_text("BOTH = 1\n")
    assert qt.run(workspace.saving.save(document))
    type_(document, "MINE = 2\n")
    assert qt.run(choose(0))  # keep mine
    assert (folder / "level.py").read_text() == "BOTH = 1\nMINE = 2\n"


def test_a_file_that_is_gone_can_be_saved_again(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    document = open_(qt, workspace, folder / "level.py")
    (folder / "level.py").unlink()
    qt.run(until(lambda: "deleted or moved" in bar(document)))
    assert workspace.unsaved == ["level.py"]
    press(document, "Save again")
    qt.run(until((folder / "level.py").exists))
    qt.run(until(lambda: bar(document) == ""))
    assert not document.modified


def test_a_renamed_file_keeps_its_tab_text_and_undo(
    qt: QtRunner, workspace: EditorWorkspace, project: OpenProject, folder: Path
) -> None:
    document = open_(qt, workspace, folder / "level.py")
    type_(document, "MORE = 1\n")
    (folder / "level.py").rename(folder / "room.py")
    ProjectFiles.of(project).moved.emit(folder / "level.py", folder / "room.py")
    assert workspace.tabs.tabText(0) == "room.py ●"
    assert qt.run(workspace.saving.save(document))
    assert (folder / "room.py").read_text() == 'NAME = "cave"\nMORE = 1\n'
    assert not (folder / "level.py").exists()
    document.editor.undo()
    assert "MORE" not in document.editor.text()


def test_files_that_cannot_be_shown_say_why(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    (folder / "blob.bin").write_bytes(bytes(range(256)) * 64)
    with (folder / "huge.txt").open("wb") as huge:
        huge.write(b"line of text\n" * 100_000)
        huge.truncate(200 * 2**20)
    os.mkfifo(folder / "pipe")
    for name, words in (
        ("blob.bin", "not a text file"),
        ("huge.txt", "200 MB"),
        ("pipe", "no ordinary file"),
        ("nowhere.py", "not in"),
    ):
        document = open_(qt, workspace, folder / name)
        assert document.condition is Condition.FAILED
        assert words in document.page.message.text()
        assert not document.modified
    assert LIMIT < 200 * 2**20


def test_the_beginning_of_a_huge_file_is_shown_read_only(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    with (folder / "huge.txt").open("wb") as huge:
        huge.write(b"line of text\n" * 200_000)
        huge.truncate(100 * 2**20)
    document = open_(qt, workspace, folder / "huge.txt")
    next(b for b in document.page.buttons if b.text() == "Show the beginning").click()
    qt.run(until(lambda: document.ready))
    assert document.editor.isReadOnly()
    assert "the beginning, 1 MB" in bar(document)


def test_a_file_that_comes_back_is_opened_again(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    document = open_(qt, workspace, folder / "later.py")
    (folder / "later.py").write_text("x = 1\n")
    qt.run(until(lambda: document.ready))
    assert document.editor.text() == "x = 1\n"


def test_a_failed_save_loses_nothing(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path, tmp_path: Path
) -> None:
    document = open_(qt, workspace, folder / "assets" / ".." / "notes.md")
    type_(document, "kept\n")
    os.rename(folder, tmp_path / "away")  # nothing can be written where no folder is
    assert not qt.run(document.save())
    assert "was not saved" in bar(document)
    assert document.modified
    os.rename(tmp_path / "away", folder)
    press(document, "Retry")
    qt.run(until(lambda: not document.modified))
    assert (folder / "notes.md").read_text() == "# Notes\nkept\n"
    assert bar(document) == ""


def test_an_untitled_text_asks_where_to(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    workspace.new_untitled()
    document = workspace.current
    assert document is not None
    assert document.name == "untitled 1"
    type_(document, "print(1)\n")

    async def save() -> bool:
        saving = asyncio.ensure_future(workspace.saving.save(document))
        await until(lambda: bool(workspace.findChildren(QFileDialog)))
        dialog = workspace.findChildren(QFileDialog)[0]
        name = dialog.findChild(QLineEdit, "fileNameEdit")
        assert isinstance(name, QLineEdit)
        name.setText(str(folder / "fresh.py"))
        dialog.accept()
        return await saving

    assert qt.run(save())
    assert (folder / "fresh.py").read_text() == "print(1)\n"
    assert workspace.tabs.tabText(0) == "fresh.py"
    assert workspace.unsaved == []
