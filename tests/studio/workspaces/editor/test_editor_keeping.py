"""What the editor workspace keeps: before Play, at its end, over a crash, over a restart."""

import asyncio
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from session.log.entry import Fix, Location, Severity, Source
from studio.desk import Desk
from studio.open_project import OpenProject, Place
from studio.problems import Problem
from studio.widgets.save_changes import SaveChangesDialog
from studio.workspaces.editor.compare import CompareDialog
from studio.workspaces.editor.recovery_store import recovery_store
from studio.workspaces.editor.workspace import EditorWorkspace
from tests.support.editing import bar, open_, press, type_
from tests.support.qt_loop import QtRunner, until


def test_play_saves_this_project_and_nothing_else(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "other.py").write_text("")
    inside = open_(qt, workspace, folder / "main.py")
    outside = open_(qt, workspace, tmp_path / "other.py")
    workspace.new_untitled()
    untitled = workspace.current
    assert untitled is not None
    for document in (inside, outside, untitled):
        type_(document, "# x\n")
    assert qt.run(workspace.save_for_play("project"))
    assert workspace.unsaved == ["other.py", "untitled 1"]
    assert qt.run(workspace.save_for_play("all"))
    assert workspace.unsaved == ["untitled 1"]


def test_play_asks_and_cancelling_plays_nothing(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    document = open_(qt, workspace, folder / "main.py")
    assert qt.run(workspace.save_for_play("ask"))  # nothing to ask about
    type_(document, "# x\n")

    async def answer(name: str) -> bool:
        asked = asyncio.ensure_future(workspace.save_for_play("ask"))
        await until(lambda: bool(workspace.findChildren(SaveChangesDialog)))
        getattr(workspace.findChildren(SaveChangesDialog)[-1], name).click()
        result = await asked
        await until(lambda: not workspace.findChildren(SaveChangesDialog))
        return result

    assert not qt.run(answer("cancel"))
    assert document.modified
    assert qt.run(answer("discard"))
    assert document.modified
    assert qt.run(answer("save"))
    assert not document.modified


def test_a_conflict_stops_play(qt: QtRunner, workspace: EditorWorkspace, folder: Path) -> None:
    document = open_(qt, workspace, folder / "main.py")
    type_(document, "# x\n")

    async def play() -> bool:
        (folder / "main.py").write_text("# theirs\n")
        asked = asyncio.ensure_future(workspace.save_for_play("project"))
        await until(lambda: bool(document.findChildren(CompareDialog)))
        document.findChildren(CompareDialog)[0].reject()
        return await asked

    assert not qt.run(play())
    assert (folder / "main.py").read_text() == "# theirs\n"


def test_neither_play_nor_save_all_brings_a_deleted_file_back(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    untouched = open_(qt, workspace, folder / "level9.py")
    typed = open_(qt, workspace, folder / "level10.py")
    type_(typed, "MORE = 1\n")
    for document in (untouched, typed):
        document.file.path.unlink()
        qt.run(until(lambda document=document: "deleted or moved" in bar(document)))  # type: ignore[misc]  # bound now
    assert qt.run(workspace.save_for_play("project"))
    assert qt.run(workspace.saving.save_all())
    assert not (folder / "level9.py").exists()
    assert (folder / "level10.py").read_text() == "DEPTH = 10\nMORE = 1\n"  # that is nowhere else
    assert "deleted or moved" in bar(untouched)


def test_closing_asks_once_for_everything(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    assert qt.run(workspace.may_close())
    for name in ("main.py", "level.py"):
        type_(open_(qt, workspace, folder / name), "# x\n")

    async def answer(name: str) -> bool:
        asked = asyncio.ensure_future(workspace.may_close())
        await until(lambda: bool(workspace.findChildren(SaveChangesDialog)))
        getattr(workspace.findChildren(SaveChangesDialog)[-1], name).click()
        result = await asked
        await until(lambda: not workspace.findChildren(SaveChangesDialog))
        return result

    assert not qt.run(answer("cancel"))
    assert qt.run(answer("save"))
    assert (folder / "main.py").read_text().endswith("# x\n")
    assert (folder / "level.py").read_text().endswith("# x\n")


def test_a_closed_tab_comes_back_where_it_was(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    document = open_(qt, workspace, folder / "main.py")
    document.go_to(3, 4)
    workspace.close_current()
    qt.run(until(lambda: workspace.tabs.count() == 0))
    assert workspace._empty.isVisible()
    workspace.reopen_closed()
    qt.run(until(lambda: workspace.current is not None and workspace.current.ready))
    current = workspace.current
    assert current is not None
    qt.run(until(lambda: current.editor.place() == (3, 4)))


def test_ctrl_tab_goes_to_the_tab_used_before(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    first, second, third = (
        open_(qt, workspace, folder / name) for name in ("main.py", "level.py", "notes.md")
    )
    workspace.switch_recent(1)
    assert workspace.current is second
    workspace.switch_recent(1)
    assert workspace.current is first
    QTest.keyRelease(workspace, Qt.Key.Key_Control)
    workspace.switch_recent(1)
    assert workspace.current is third
    QTest.keyRelease(workspace, Qt.Key.Key_Control)


def test_state_comes_back(
    qt: QtRunner, qtbot: QtBot, workspace: EditorWorkspace, desk: Desk, folder: Path
) -> None:
    open_(qt, workspace, folder / "main.py").go_to(2, 1)
    for name in ("level.py", "notes.md", "level9.py"):
        open_(qt, workspace, folder / name)
    workspace.show_document(workspace.tabs.documents[0])
    state = workspace.state()
    (folder / "level.py").unlink()
    assert desk.service is not None
    again = EditorWorkspace(OpenProject(folder, desk.service, desk.notices), desk)
    qtbot.addWidget(again)
    again.restore(state)
    qt.run(until(lambda: again.tabs.count() == 3 and all(d.ready for d in again.tabs.documents)))
    names = [document.name for document in again.tabs.documents]
    assert names == ["main.py", "notes.md", "level9.py"]
    current = again.current
    assert current is not None
    assert current.name == "main.py"
    qt.run(until(lambda: current.editor.place() == (2, 1)))


_CRASH = """
import os, sys
from pathlib import Path
from studio.documents.recovery import RecoveryStore
store = RecoveryStore(Path(sys.argv[1]))
store.keep(Path(sys.argv[2]), sys.argv[3], sys.argv[4])
store.keep(None, "scratch", "", f"untitled 1\\n{sys.argv[5]}")
store.flush()
os._exit(9)
"""


def crash(desk: Desk, path: Path, text: str, digest: str, root: Path) -> None:
    folder = desk.home.state / "recovery"
    subprocess.run(
        [sys.executable, "-c", _CRASH, str(folder), str(path), text, digest, str(root)],
        check=False,
    )


def test_text_from_before_a_crash_is_offered(
    qt: QtRunner, qtbot: QtBot, project: OpenProject, desk: Desk, folder: Path
) -> None:
    crash(desk, folder / "main.py", "LOST = 1\n", "", folder)
    workspace = EditorWorkspace(project, desk)
    qtbot.addWidget(workspace)
    qt.run(until(lambda: workspace.tabs.count() == 2))
    document = workspace.find_document(folder / "main.py")
    assert document is not None
    qt.run(until(lambda: "Unsaved changes from" in bar(document)))
    assert "changed since" in bar(document)
    assert document.editor.text() == (folder / "main.py").read_text()  # nothing is overwritten
    press(document, "Restore")
    assert document.editor.text() == "LOST = 1\n"
    assert document.modified
    document.editor.undo()
    assert document.editor.text() == (folder / "main.py").read_text()
    assert "untitled 1" in workspace.unsaved
    recovery_store(desk).close()


def test_unsaved_text_is_kept_within_a_second(
    qt: QtRunner, workspace: EditorWorkspace, desk: Desk, folder: Path
) -> None:
    document = open_(qt, workspace, folder / "main.py")
    type_(document, "# precious\n")
    store = desk.home.state / "recovery"

    def kept() -> bool:
        return any("precious" in file.read_text() for file in store.glob("*/*.json"))

    qt.run(until(kept))
    assert qt.run(workspace.saving.save(document))
    qt.run(until(lambda: not kept()))


def test_autosave_saves_what_is_on_disk(
    qt: QtRunner, workspace: EditorWorkspace, desk: Desk, folder: Path
) -> None:
    desk.settings.update(autosave=True, autosave_delay_s=1)
    document = open_(qt, workspace, folder / "main.py")
    workspace.new_untitled()
    untitled = workspace.current
    assert untitled is not None
    type_(untitled, "x")
    type_(document, "# auto\n")
    qt.run(until(lambda: (folder / "main.py").read_text().endswith("# auto\n")))
    assert untitled.modified


def test_problems_are_marked_and_stepped_through(
    qt: QtRunner, workspace: EditorWorkspace, project: OpenProject, folder: Path
) -> None:
    document = open_(qt, workspace, folder / "main.py")
    project.problems.replace(
        [
            Problem(Severity.ERROR, Source.BUILD, "first", Location("main.py", 1, 1)),
            Problem(Severity.WARNING, Source.BUILD, "second", Location("main.py", 3, 1)),
            Problem(Severity.WARNING, Source.BUILD, "other", Location("level.py", 1, 1)),
        ]
    )
    assert [mark.line for mark in document.editor.marks.all()] == [1, 3]
    workspace.text_problems.step(1)
    assert document.editor.place()[0] == 3
    workspace.text_problems.step(1)
    assert document.editor.place()[0] == 1


def test_a_fix_is_made_saved_and_void_when_it_does_not_fit(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    fix = Fix("Say `den`", "level.py", 1, 9, 1, 13, "cave", "den")
    assert qt.run(workspace.apply_fix(fix)) is None
    assert (folder / "level.py").read_text() == 'NAME = "den"\n'
    assert "does not fit" in str(qt.run(workspace.apply_fix(fix)))


def test_the_fix_of_a_line_is_made_from_the_text(
    qt: QtRunner, workspace: EditorWorkspace, project: OpenProject, folder: Path
) -> None:
    fix = Fix("Say `den`", "level.py", 1, 9, 1, 13, "cave", "den")
    where = Location("level.py", 1, 9)
    problem = Problem(Severity.ERROR, Source.BUILD, "no cave", where, "x", None, fix)
    project.problems.replace([problem])
    open_(qt, workspace, folder / "level.py")
    workspace.text_problems.fix_here()
    qt.run(until(lambda: (folder / "level.py").read_text() == 'NAME = "den"\n'))
    qt.run(until(lambda: not project.problems.problems))


def test_a_place_of_an_older_run_says_that_the_file_changed(
    qt: QtRunner, workspace: EditorWorkspace, project: OpenProject, folder: Path
) -> None:
    async def play() -> str:
        run_id = project.session.play()
        await project.session.wait()
        return run_id

    run_id = qt.run(play())
    workspace.show_place(Place(folder / "main.py", 3, 1, run_id))
    qt.run(until(lambda: workspace.current is not None and workspace.current.ready))
    document = workspace.current
    assert document is not None
    qt.run(until(lambda: document.editor.place() == (3, 1)))
    assert bar(document) == ""
    type_(document, "# later\n")
    workspace.show_place(Place(folder / "main.py", 1, 1, run_id))
    qt.run(until(lambda: "changed since that run" in bar(document)))
    assert qt.run(workspace.save_for_play("project"))
    qt.run(play())  # this one sees the text as it is
    qt.run(until(lambda: bar(document) == ""))


def test_quick_open_finds_by_letters_and_goes_to_lines(
    qt: QtRunner, workspace: EditorWorkspace
) -> None:
    workspace.open_quickly()
    line = workspace.quick_open.line
    qt.run(until(lambda: workspace.quick_open.list.count() == 7))
    QTest.keyClicks(line, "lv1")
    qt.run(until(lambda: workspace.quick_open.list.count() == 1))
    QTest.keyClick(line, Qt.Key.Key_Return)
    qt.run(until(lambda: workspace.current is not None and workspace.current.ready))
    current = workspace.current
    assert current is not None
    assert current.name == "level10.py"
    workspace.go_to_line()
    QTest.keyClicks(line, "2")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert current.editor.place() == (2, 1)
    assert not workspace.quick_open.isVisible()


def test_a_check_follows_a_save(
    qt: QtRunner, workspace: EditorWorkspace, desk: Desk, project: OpenProject, folder: Path
) -> None:
    desk.settings.update(check_on_save=True)
    document = open_(qt, workspace, folder / "main.py")
    document.editor.replace_text("def broken(:\n")
    assert qt.run(workspace.saving.save(document))
    qt.run(until(lambda: bool(project.problems.problems)))
    assert [mark.line for mark in document.editor.marks.all()] == [1]
    qt.run(until(lambda: not project.checking))


def test_it_may_be_destroyed_in_the_middle_of_anything(
    qt: QtRunner, qtbot: QtBot, project: OpenProject, desk: Desk, folder: Path
) -> None:
    async def open_and_destroy() -> None:
        for name in ("main.py", "level.py", "notes.md"):
            workspace = EditorWorkspace(project, desk)
            workspace.open_file(folder / name)
            workspace.open_quickly()
            workspace.deleteLater()
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)

    qt.run(open_and_destroy())
    recovery_store(desk).close()
