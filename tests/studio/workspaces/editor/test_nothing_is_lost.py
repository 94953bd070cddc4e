"""Nobody's text is lost: not the user's, not another program's, whatever comes in between."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from studio.documents.text_file import TextFile, write_text_file
from studio.widgets.save_changes import SaveChangesDialog
from studio.workspaces.editor import document_writing
from studio.workspaces.editor.compare import CompareDialog
from studio.workspaces.editor.document import Document
from studio.workspaces.editor.file_operations import move
from studio.workspaces.editor.workspace import EditorWorkspace
from tests.support.editing import bar, open_, press, type_
from tests.support.qt_loop import QtRunner, until


class SlowDisk:
    """Holds the first writing up until it is let go."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()

    def write(self, file: TextFile, text: str, backups: Path | None = None) -> TextFile:
        """Write, the first time only once it may."""
        if not self.begun.is_set():
            self.begun.set()
            self.go.wait(20)
        return write_text_file(file, text, backups)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> SlowDisk:
    """A disk whose first write takes as long as a test wants."""
    slow = SlowDisk()
    monkeypatch.setattr(document_writing, "write_text_file", slow.write)
    return slow


def button(document: Document, text: str) -> Callable[[], None]:
    """Return what presses a button of the window with both versions."""
    dialog = document.findChildren(CompareDialog)[-1]
    return next(b for b in dialog.findChildren(QPushButton) if b.text() == text).click


def test_a_save_that_is_called_off_still_comes_before_the_next(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path, disk: SlowDisk
) -> None:
    document = open_(qt, workspace, folder / "main.py")
    type_(document, "# one\n")

    async def run() -> None:
        play = asyncio.ensure_future(workspace.save_for_play("project"))
        await until(disk.begun.is_set)
        play.cancel()
        await asyncio.sleep(0.01)
        type_(document, "# two\n")
        second = asyncio.ensure_future(document.save())
        await asyncio.sleep(0.05)
        disk.go.set()
        assert await second
        assert play.cancelled()

    qt.run(run())
    assert (folder / "main.py").read_text().endswith("# one\n# two\n")
    assert not document.modified


def test_a_file_renamed_while_it_is_saved_is_saved_under_its_new_name(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path, disk: SlowDisk
) -> None:
    document = open_(qt, workspace, folder / "main.py")
    type_(document, "# one\n")

    async def run() -> None:
        saving = asyncio.ensure_future(document.save())
        await until(disk.begun.is_set)
        done = await asyncio.to_thread(move, folder / "main.py", folder / "renamed.py")
        workspace._files.moved.emit(*done.moves[0])
        disk.go.set()
        assert await saving
        type_(document, "# two\n")
        assert await document.save()

    qt.run(run())
    assert document.path == document.file.path == folder / "renamed.py"
    assert (folder / "renamed.py").read_text().endswith("# one\n# two\n")
    assert not (folder / "main.py").exists()


def test_text_typed_while_a_tab_closes_is_asked_about(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path, disk: SlowDisk
) -> None:
    document = open_(qt, workspace, folder / "main.py")
    type_(document, "# one\n")

    def asked() -> list[SaveChangesDialog]:
        return [one for one in workspace.findChildren(SaveChangesDialog) if one.isVisible()]

    async def run() -> None:
        workspace.close_document(document)
        await until(lambda: bool(asked()))
        asked()[0].save.click()
        await until(disk.begun.is_set)
        type_(document, "# two\n")
        disk.go.set()
        await until(lambda: bool(asked()))
        assert workspace.tabs.count() == 1
        asked()[0].save.click()
        await until(lambda: workspace.tabs.count() == 0)

    qt.run(run())
    assert (folder / "main.py").read_text().endswith("# one\n# two\n")


def test_what_another_program_wrote_is_not_overwritten_for_being_no_text(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    path = folder / "main.py"
    document = open_(qt, workspace, path)
    type_(document, "# x\n")
    foreign = b"\0\1 from another program" * 100
    path.write_bytes(foreign)
    assert not qt.run(workspace.saving.save(document))
    assert path.read_bytes() == foreign
    assert "not a text file" in bar(document)
    path.write_bytes(foreign + b"more")
    press(document, "Keep mine")  # which was said of another version
    qt.run(asyncio.sleep(0.2))
    assert path.read_bytes() == foreign + b"more"
    press(document, "Keep mine")
    qt.run(until(lambda: path.read_bytes().endswith(b"# x\n")))
    qt.run(until(lambda: bar(document) == ""))


def test_only_the_version_that_was_shown_is_overwritten(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    path = folder / "main.py"
    document = open_(qt, workspace, path)
    type_(document, "# mine\n")

    async def run() -> None:
        path.write_text("# theirs\n")
        saving = asyncio.ensure_future(workspace.saving.save(document))
        await until(lambda: bool(document.findChildren(CompareDialog)))
        first = document.findChildren(CompareDialog)[0]
        path.write_text("# theirs again, never shown\n")
        button(document, "Keep mine")()
        await until(
            lambda: any(
                d is not first and d.isVisible() for d in document.findChildren(CompareDialog)
            )
        )
        assert path.read_text() == "# theirs again, never shown\n"
        button(document, "Keep mine")()
        assert await saving

    qt.run(run())
    assert path.read_text().endswith("# mine\n")


def test_retry_of_save_as_leaves_the_original_alone(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    original = (folder / "main.py").read_text()
    document = open_(qt, workspace, folder / "main.py")
    type_(document, "# variant\n")
    target = folder / "new" / "copy.py"
    assert not qt.run(workspace.saving.save_to(document, target))
    assert document.path == folder / "main.py"
    target.parent.mkdir()
    press(document, "Retry")
    qt.run(until(lambda: target.exists() and not document.modified))
    assert target.read_text().endswith("# variant\n")
    assert (folder / "main.py").read_text() == original
    assert document.path == target


def test_save_as_never_makes_two_tabs_of_one_file(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    (folder / "link.py").symlink_to("level.py")
    first = open_(qt, workspace, folder / "level.py")
    second = open_(qt, workspace, folder / "main.py")
    type_(first, "# only here\n")
    for name in ("level.py", "link.py"):
        assert not qt.run(workspace.saving.save_to(second, folder / name))
        assert workspace.current is first
    assert (folder / "level.py").read_text() == 'NAME = "cave"\n'
    (folder / "other.py").symlink_to("level9.py")
    assert qt.run(workspace.saving.save_to(second, folder / "other.py"))
    assert second.path == folder / "level9.py"
    assert workspace.find_document(folder / "other.py") is second


def test_a_press_of_play_right_after_another_program_wrote_plays(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    document = open_(qt, workspace, folder / "main.py")
    for number in range(5):
        text = f"print({number})\n" * 2000
        (folder / "main.py").write_text(text)
        if number % 2:
            workspace._follow_disk({folder / "main.py"})
        assert qt.run(workspace.save_for_play("project"))
        workspace._follow_disk({folder / "main.py"})
        qt.run(until(lambda text=text: document.editor.text() == text))  # type: ignore[misc]  # bound
        assert not document.modified


def test_a_change_of_the_disk_takes_no_rename_back(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    """It was read under the old name, and shown when the file had the new one."""
    document = open_(qt, workspace, folder / "main.py")

    async def run() -> None:
        (folder / "main.py").write_text("# theirs\n")
        looking = asyncio.ensure_future(document.look_at_disk())
        await asyncio.sleep(0)
        done = move(folder / "main.py", folder / "renamed.py")
        workspace._files.moved.emit(*done.moves[0])
        await looking
        await document.look_at_disk()

    qt.run(run())
    assert document.path == document.file.path == folder / "renamed.py"


def test_a_file_that_was_gone_for_a_moment_is_no_conflict(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    """Other programs replace a file in two steps; nobody has changed anything here."""
    path = folder / "main.py"
    document = open_(qt, workspace, path)
    path.rename(folder / "aside")
    qt.run(document.look_at_disk())
    assert "deleted or moved" in bar(document)
    path.write_text("# theirs\n")
    assert qt.run(asyncio.wait_for(workspace.save_for_play("project"), 10))
    assert document.editor.text() == path.read_text() == "# theirs\n"
    assert not document.modified


def test_a_change_that_comes_while_one_is_looked_at_is_seen(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    path = folder / "main.py"
    document = open_(qt, workspace, path)

    async def run() -> None:
        async with document._writing.disk:  # as if the file were just being read, half written
            looks = [asyncio.ensure_future(document.look_at_disk()) for _ in range(3)]
            await asyncio.sleep(0.01)
            path.write_text("# all of it\n")
        await asyncio.gather(*looks)

    qt.run(run())
    assert document.editor.text() == "# all of it\n"
