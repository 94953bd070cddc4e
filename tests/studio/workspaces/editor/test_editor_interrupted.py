"""The editor is gone, or the user changes their mind, while something is under way."""

import asyncio
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from pytestqt.qtbot import QtBot

from session.log.entry import Fix
from studio.desk import Desk
from studio.documents.recovery import RecoveryStore
from studio.open_project import OpenProject, Place
from studio.widgets.save_changes import SaveChangesDialog
from studio.workspaces.editor.recovery_store import recovery_store
from studio.workspaces.editor.workspace import EditorWorkspace
from tests.support.editing import bar, open_, press, type_
from tests.support.qt_loop import QtRunner, until

WORK = (
    "opened",
    "opened twice",
    "restored",
    "place",
    "first",
    "fix",
    "save",
    "play",
    "recovered",
)


def begin(workspace: EditorWorkspace, folder: Path, what: str) -> Coroutine[Any, Any, Any]:
    """Return one of the things that take a while."""
    path = folder / "main.py"
    match what:
        case "opened twice":
            workspace.open_file(path)
            return workspace.opened(path)
        case "restored":
            views = [{"path": str(folder / name)} for name in ("main.py", "level.py", "notes.md")]
            return workspace._restore({"open": views, "current": str(path)})
        case "place":
            return workspace._show_place(Place(path, 2, None, "no such run"))
        case "first":
            return workspace._open_first()
        case "fix":
            return workspace.apply_fix(Fix("mend", "main.py", 1, 1, 1, 7, "import", "export"))
        case "save":
            workspace.new_untitled()
            return workspace.may_close()
        case "play":
            return workspace.save_for_play("all")
        case "recovered":
            return workspace._look_for_recovered()
        case _:
            return workspace.opened(path)


@pytest.mark.parametrize("what", WORK)
@pytest.mark.parametrize("pauses", [0, 1, 2, 4, 8])
def test_the_workspace_goes_while_something_is_under_way(
    qt: QtRunner, project: OpenProject, desk: Desk, folder: Path, what: str, pauses: int
) -> None:
    """Nothing fails, and nothing waits for ever."""

    async def run() -> None:
        workspace = EditorWorkspace(project, desk)
        task = asyncio.ensure_future(begin(workspace, folder, what))
        for _ in range(pauses):
            await asyncio.sleep(0.001)
        shiboken6.delete(workspace)
        await asyncio.wait_for(task, 5)
        await asyncio.sleep(0.02)

    qt.run(run())
    recovery_store(desk).close()


def test_whoever_waits_for_a_document_is_told_when_it_goes(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    os.mkfifo(folder / "slow")  # is never opened: what waits is only the second one

    async def run() -> None:
        first = asyncio.ensure_future(workspace.opened(folder / "main.py"))
        await asyncio.sleep(0)
        second = asyncio.ensure_future(workspace.opened(folder / "main.py"))
        await asyncio.sleep(0)
        document = workspace.find_document(folder / "main.py")
        assert document is not None
        shiboken6.delete(document)
        assert await asyncio.wait_for(first, 5) is None
        assert await asyncio.wait_for(second, 5) is None

    qt.run(run())


def kept(desk: Desk) -> str:
    files = (desk.home.state / "recovery").glob("*/*.json")
    return "".join(file.read_text() for file in files)


async def discard(workspace: EditorWorkspace) -> bool:
    asked = asyncio.ensure_future(workspace.may_close())
    await until(lambda: bool(workspace.findChildren(SaveChangesDialog)))
    workspace.findChildren(SaveChangesDialog)[-1].discard.click()
    return await asked


def test_what_was_discarded_is_kept_until_its_project_is_really_closed(
    qt: QtRunner, project: OpenProject, desk: Desk, folder: Path
) -> None:
    """Another project may still say Cancel, and then everything stays open."""
    workspace = EditorWorkspace(project, desk)
    workspace.show()
    document = open_(qt, workspace, folder / "main.py")
    type_(document, "# precious\n")
    assert qt.run(discard(workspace))
    assert document.modified
    qt.run(until(lambda: "precious" in kept(desk)))
    qt.run(asyncio.sleep(0.7))  # nothing drops it later either
    assert "precious" in kept(desk)
    shiboken6.delete(workspace)
    qt.run(until(lambda: "precious" not in kept(desk)))
    recovery_store(desk).close()


def test_what_was_discarded_is_not_offered_after_quitting(
    qt: QtRunner, workspace: EditorWorkspace, desk: Desk, folder: Path
) -> None:
    document = open_(qt, workspace, folder / "main.py")
    other = open_(qt, workspace, folder / "level.py")
    type_(document, "# not wanted\n")
    type_(other, "# first not\n")
    assert qt.run(discard(workspace))
    type_(other, "# but now\n")  # the window stayed, and work went on
    qt.run(until(lambda: "but now" in kept(desk)))
    recovery_store(desk).close()  # the process ends
    left = RecoveryStore(desk.home.state / "recovery")
    assert [(one.name, "but now" in one.text) for one in left.left()] == [("level.py", True)]
    left.close()


def test_encoding_and_line_endings_are_told(
    qt: QtRunner, qtbot: QtBot, workspace: EditorWorkspace, folder: Path
) -> None:
    told: list[str] = []
    workspace.format_changed.connect(lambda: told.append(workspace.format_text))
    assert workspace.format_text == ""
    (folder / "dos.txt").write_bytes(b"a\r\nb\r\n")
    (folder / "wide.txt").write_bytes("wide\n".encode("utf-16"))
    (folder / "mixed.txt").write_bytes(b"\xef\xbb\xbfa\r\nb\n")
    (folder / "old.py").write_bytes(b"# coding: latin-1\n# \xe4\n")
    expected = {
        "main.py": "UTF-8 · LF",
        "dos.txt": "UTF-8 · CRLF",
        "wide.txt": "UTF-16 LE · LF",
        "mixed.txt": "UTF-8 with BOM · mixed",
        "old.py": "Latin-1 · LF",
    }
    for name, text in expected.items():
        open_(qt, workspace, folder / name)
        assert workspace.format_text == text, name
        assert told[-1] == text
    document = workspace.find_document(folder / "old.py")
    assert document is not None
    document.editor.replace_text("# ä\n")  # without the declaration Python reads UTF-8
    assert qt.run(workspace.saving.save(document))
    assert told[-1] == workspace.format_text == "UTF-8 · LF"
    while workspace.current is not None:
        workspace.close_current()
        qt.run(asyncio.sleep(0.02))
    assert told[-1] == ""


def test_files_that_are_dropped_are_opened(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "elsewhere ä#%.txt"
    outside.write_text("outside\n")
    document = open_(qt, workspace, folder / "main.py")
    before = document.editor.text()
    data = QMimeData()
    paths = [folder / "level.py", folder / "assets", outside]
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    data.setText("\n".join(map(str, paths)))
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    where = QPointF(100, 100)
    enter = QDragEnterEvent(where.toPoint(), copy, data, left, none)
    QCoreApplication.sendEvent(document.editor.viewport(), enter)
    assert enter.isAccepted()
    drop = QDropEvent(where, copy, data, left, none, QEvent.Type.Drop)
    QCoreApplication.sendEvent(document.editor.viewport(), drop)
    qt.run(until(lambda: workspace.tabs.count() == 3))
    names = sorted(document.name for document in workspace.tabs.documents)
    assert names == ["elsewhere ä#%.txt", "level.py", "main.py"]
    assert document.editor.text() == before
    folders = QMimeData()
    folders.setUrls([QUrl.fromLocalFile(str(folder))])
    enter = QDragEnterEvent(where.toPoint(), copy, folders, left, none)
    enter.ignore()
    QCoreApplication.sendEvent(workspace, enter)
    assert not enter.isAccepted()


def test_a_save_that_finds_the_same_text_in_other_bytes_leaves_them(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    """Another program wrote what stands here, with other line ends: nobody's work is lost."""
    path = folder / "main.py"
    document = open_(qt, workspace, path)
    type_(document, "# both\n")
    path.write_bytes(document.editor.text().replace("\n", "\r\n").encode())
    assert qt.run(workspace.saving.save(document))
    assert path.read_bytes() == document.editor.text().replace("\n", "\r\n").encode()
    assert bar(document) == ""
    assert not document.modified


def test_a_character_without_a_place_in_the_encoding_can_be_saved(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    path = folder / "old.txt"
    path.write_bytes("Käse\n".encode("latin-1"))
    document = open_(qt, workspace, path)
    type_(document, "5 €\n")
    assert not qt.run(document.save())
    assert path.read_bytes() == "Käse\n".encode("latin-1")
    document.editor.undo()
    assert "was not saved" not in bar(document)  # there is nothing to be saved any more
    document.editor.redo()
    assert not qt.run(document.save())
    press(document, "Save as UTF-8")
    qt.run(until(lambda: not document.modified))
    assert path.read_bytes() == "Käse\n5 €\n".encode()
    assert workspace.format_text == "UTF-8 · LF"


def test_an_encoding_that_is_declared_is_changed_in_the_declaration(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    path = folder / "old.py"
    path.write_bytes(b"# coding: latin-1\n# \xe4\n")
    document = open_(qt, workspace, path)
    type_(document, "# €\n")
    assert not qt.run(document.save())
    assert "the encoding that the file declares" in bar(document)
    assert "Save as UTF-8" not in [button.text() for button in document.bar.buttons]
    document.editor.replace_text(document.editor.text().replace("latin-1", "utf-8"))
    assert qt.run(document.save())
    assert path.read_bytes() == "# coding: utf-8\n# ä\n# €\n".encode()


def test_a_failed_save_is_said_and_the_text_is_kept(
    qt: QtRunner, workspace: EditorWorkspace, desk: Desk, folder: Path
) -> None:
    path = folder / "main.py"
    document = open_(qt, workspace, path)
    type_(document, "# precious\n")
    path.unlink()
    path.mkdir()
    (path / "in the way").touch()
    assert not qt.run(workspace.save_for_play("all"))
    assert "was not saved" in bar(document)
    qt.run(until(lambda: "precious" in kept(desk)))
    (path / "in the way").unlink()
    path.rmdir()
    press(document, "Retry")
    qt.run(until(lambda: path.is_file() and path.read_text().endswith("# precious\n")))
    qt.run(until(lambda: "precious" not in kept(desk)))
