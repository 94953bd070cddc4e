"""Files that are made to do harm, and disks that do not play along."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from studio.documents.text_file import LINE_LIMIT, has_longer_line
from studio.open_project import OpenProject
from studio.widgets.code_editor.long_text import is_long, parts_of
from studio.workspaces.editor.file_search import FileMatches, Match
from studio.workspaces.editor.project_files import ProjectFiles
from studio.workspaces.editor.replacing import replace_all
from studio.workspaces.editor.walk import walk
from studio.workspaces.editor.workspace import EditorWorkspace
from tests.support.editing import bar, open_, press, type_
from tests.support.qt_loop import QtRunner, until


def test_a_link_that_leads_in_a_circle_hides_no_other_file(folder: Path) -> None:
    (folder / "circle.py").symlink_to("circle.py")
    (folder / "nowhere.py").symlink_to("not there")
    (folder / "around").symlink_to(folder)
    names = {"main.py", "level.py", "level9.py", "level10.py", "notes.md"}
    assert names <= set(walk(str(folder)))
    assert "circle.py" not in set(walk(str(folder)))


def test_a_line_that_is_too_long_to_be_edited_is_shown_cut(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    path = folder / "data.json"
    path.write_text("[\n" + "1, " * LINE_LIMIT + "1]\n")
    document = open_(qt, workspace, path)
    assert not document.ready
    assert "has a line of more than 200,000 characters" in document.page.message.text()
    next(b for b in document.page.buttons if b.text() == "Show the beginning").click()
    qt.run(until(lambda: document.ready))
    assert document.editor.isReadOnly()
    assert "Long lines are cut" in bar(document)
    assert max(map(len, document.editor.text().split("\n"))) < LINE_LIMIT
    assert not qt.run(workspace.saving.save_as(document))
    assert path.stat().st_size > LINE_LIMIT


def test_what_is_only_shown_in_part_is_not_replaced(
    qt: QtRunner, workspace: EditorWorkspace, project: OpenProject, folder: Path, tmp_path: Path
) -> None:
    path = folder / "data.json"
    path.write_text("word\n" + "1, " * LINE_LIMIT)
    document = open_(qt, workspace, path)
    next(b for b in document.page.buttons if b.text() == "Show the beginning").click()
    qt.run(until(lambda: document.ready))
    match = Match(1, 1, 4, "word", 0, "word", "other")
    found = [FileMatches("data.json", (match,))]
    outcome = qt.run(replace_all(ProjectFiles.of(project), found, tmp_path / "backups"))
    assert outcome.matches == 0
    assert outcome.refused == ("data.json is only shown in part and was left alone.",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", False), ("12345", False), ("123456", True), ("1\n12345\n1", False), ("1\n123456", True)],
)
def test_the_longest_line(text: str, expected: bool) -> None:
    assert has_longer_line(text, 5) is expected


def test_a_file_of_very_many_lines_is_opened_in_slices(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    text = "value = 'ü🎮'\n\n" * 40_000 + "last"
    assert is_long(text)
    assert is_long("\n" * 50_000)  # which at once would hold the window up by a tenth of a second
    assert "".join(parts_of(text)) == text
    path = folder / "many.py"
    path.write_text(text)
    ticks = 0

    async def run() -> None:
        nonlocal ticks
        opening = asyncio.ensure_future(workspace.opened(path))
        while not opening.done():
            ticks += 1
            await asyncio.sleep(0)

    qt.run(run())
    if ticks < 20:
        pytest.fail("it was opened in one go")
    document = workspace.find_document(path)
    assert document is not None
    assert document.editor.text() == text
    assert document.editor.place() == (1, 1)
    assert not document.modified
    assert not document.editor.document().isUndoAvailable()
    type_(document, "!")
    assert workspace.unsaved == ["many.py"]
    document.editor.undo()
    assert workspace.unsaved == []
    assert document.editor.document().toRawText().endswith("last")


def test_the_tab_is_closed_while_a_long_file_is_opened(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    path = folder / "many.py"
    path.write_text("x = 1\n" * 80_000)

    async def run() -> None:
        opening = asyncio.ensure_future(workspace.opened(path))
        await until(lambda: workspace.tabs.count() == 1)
        await asyncio.sleep(0.05)
        workspace.close_current()
        assert await asyncio.wait_for(opening, 10) is None
        await asyncio.sleep(0.05)

    qt.run(run())
    assert workspace.tabs.count() == 0


def test_a_project_folder_that_was_away_is_watched_again(
    qt: QtRunner, workspace: EditorWorkspace, project: OpenProject, folder: Path
) -> None:
    document = open_(qt, workspace, folder / "main.py")
    files = ProjectFiles.of(project)
    elsewhere = folder.with_name("elsewhere")
    folder.rename(elsewhere)
    qt.run(until(lambda: "is gone" in (files.failure or "")))
    qt.run(until(lambda: document.facts.gone))
    elsewhere.rename(folder)
    qt.run(until(lambda: files.failure is None))
    qt.run(until(lambda: not document.facts.gone))
    (folder / "main.py").write_text("changed = 1\n")
    qt.run(until(lambda: document.editor.text() == "changed = 1\n"))


def test_without_its_folder_a_text_is_kept_until_there_is_one(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path
) -> None:
    path = folder / "assets" / "main.py"
    path.write_text("x\n")
    document = open_(qt, workspace, path)
    type_(document, "more\n")
    shutil.rmtree(path.parent)
    assert not qt.run(workspace.saving.save(document))
    assert "its folder does not exist any more" in bar(document)
    path.parent.mkdir()
    press(document, "Retry")
    qt.run(until(path.exists))
    assert path.read_text() == "x\nmore\n"


@pytest.mark.parametrize(
    "name",
    [
        "new\nline.py",
        "bidi\u202eyp.py",
        "tab\t.py",
        "x" * 249 + ".py",
        "<b>&amp;.py",
        b"\xff\xfe.py",
    ],
)
def test_any_name_can_be_opened_and_saved(
    qt: QtRunner, workspace: EditorWorkspace, folder: Path, name: str | bytes
) -> None:
    path = folder / os.fsdecode(name)
    path.write_text("x\n")
    document = open_(qt, workspace, path)
    type_(document, "more\n")
    assert qt.run(workspace.saving.save(document))
    assert path.read_text() == "x\nmore\n"
