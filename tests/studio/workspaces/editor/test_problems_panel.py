"""The problems panel: what it shows, where it leads, and the fixes it makes."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from session.log.entry import Fix, Location, Severity, Source
from studio.desk import Desk
from studio.open_project import OpenProject, Place
from studio.problems import Problem
from studio.workspaces.editor.problem_groups import (
    copied,
    count_words,
    groups_of,
    message_words,
    place_words,
)
from studio.workspaces.editor.problems import ProblemsPanel
from studio.workspaces.editor.project_files import ProjectFiles
from studio.workspaces.editor.workspace import EditorWorkspace
from tests.support.qt_loop import QtRunner, until

FIX = Fix("Write `cavern`", "level.py", 1, 9, 1, 13, "cave", "cavern")
PROBLEMS = [
    Problem(Severity.WARNING, Source.BUILD, "a warning", Location("b.py", 9), "style"),
    Problem(Severity.ERROR, Source.BUILD, "late", Location("level.py", 10, 2), "compile", "Look."),
    Problem(Severity.ERROR, Source.BUILD, "early", Location("level.py", 1, 9), "name", None, FIX),
    Problem(Severity.WARNING, Source.PACK, "of the whole"),
]


@pytest.fixture
def panel(qt: QtRunner, qtbot: QtBot, project: OpenProject, desk: Desk) -> ProblemsPanel:
    panel = ProblemsPanel(project, desk)
    qtbot.addWidget(panel)
    panel.resize(800, 260)
    panel.show()
    return panel


def select(panel: ProblemsPanel, row: int) -> None:
    """Select a problem of the first file, as the arrow keys do."""
    panel.list.setFocus()
    panel.list.setCurrentIndex(panel.list.model().index(row, 0, panel.list.model().index(0, 0)))


def test_groups_are_by_file_with_errors_first() -> None:
    groups = groups_of(PROBLEMS)
    assert [group.path for group in groups] == ["level.py", "", "b.py"]
    assert [problem.message for problem in groups[0].problems] == ["early", "late"]
    assert count_words(PROBLEMS) == "2 errors, 2 warnings"
    assert count_words(PROBLEMS[:1]) == "1 warning"


def test_words() -> None:
    assert place_words(PROBLEMS[1]) == "line 10, column 2"
    assert place_words(PROBLEMS[0]) == "line 9"
    assert place_words(PROBLEMS[3]) == ""
    said_twice = PROBLEMS[1]._replace(message="level.py, line 10: late")
    assert message_words(said_twice) == "Late"
    assert message_words(PROBLEMS[3]) == "Of the whole"
    assert copied(PROBLEMS[1]) == "level.py:10:2: error: late [compile]\n  Look."


def test_the_list_jumps_and_keeps_its_selection(
    panel: ProblemsPanel, project: OpenProject, folder: Path
) -> None:
    places: list[Place] = []
    project.location_requested.connect(places.append)
    project.problems.replace(list(PROBLEMS))
    select(panel, 1)
    assert panel.hint.text() == "Look."
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    assert places == [Place(folder / "level.py", 10, 2)]
    project.problems.replace(PROBLEMS[1:])
    selected = panel.selected()
    assert selected is not None
    assert selected.message == "late"
    panel.copy()
    assert "level.py:10:2" in QGuiApplication.clipboard().text()


def test_an_empty_panel_says_when_it_was_last_checked(
    qt: QtRunner, panel: ProblemsPanel, project: OpenProject
) -> None:
    assert "Not checked yet" in panel._empty.words
    panel._empty.button.click()
    qt.run(until(lambda: "Last checked" in panel._empty.words))
    assert not project.checking


def test_a_fix_is_made_in_the_editor_and_checked(
    qt: QtRunner, qtbot: QtBot, panel: ProblemsPanel, project: OpenProject, desk: Desk, folder: Path
) -> None:
    workspace = EditorWorkspace(project, desk)
    qtbot.addWidget(workspace)
    project.problems.replace(list(PROBLEMS))
    select(panel, 0)
    assert panel.fix.text() == FIX.title
    QTest.keyClick(panel.list, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    qt.run(until(lambda: (folder / "level.py").read_text() == 'NAME = "cavern"\n'))
    qt.run(until(lambda: not project.problems.problems))  # the check finds nothing more
    document = workspace.find_document(folder / "level.py")
    assert document is not None
    document.editor.undo()
    assert document.editor.text() == 'NAME = "cave"\n'


def test_a_void_fix_is_said(
    qt: QtRunner, qtbot: QtBot, panel: ProblemsPanel, project: OpenProject, desk: Desk, folder: Path
) -> None:
    workspace = EditorWorkspace(project, desk)
    qtbot.addWidget(workspace)
    assert ProjectFiles.of(project).editing is workspace
    (folder / "level.py").write_text("nothing\n")
    project.problems.replace([PROBLEMS[2]])
    select(panel, 0)
    panel.apply_fix()
    qt.run(until(lambda: panel.bar.shown is not None))
    assert panel.bar.shown is not None
    assert "does not fit" in panel.bar.shown.text
    assert (folder / "level.py").read_text() == "nothing\n"


def test_what_a_run_looked_through_counts_for_a_panel_that_is_made_later(
    qt: QtRunner, qtbot: QtBot, project: OpenProject, desk: Desk
) -> None:
    async def play() -> None:
        project.session.play()
        await project.session.wait()

    qt.run(play())
    panel = ProblemsPanel(project, desk)
    qtbot.addWidget(panel)
    assert "Last checked" in panel._empty.words


def test_names_and_messages_are_shown_letter_by_letter(
    panel: ProblemsPanel, project: OpenProject
) -> None:
    message = "<b>bold</b> & <img src='/etc/passwd'>"
    project.problems.replace([PROBLEMS[1]._replace(message=message, hint=message)])
    select(panel, 0)
    assert panel.hint.textFormat() is Qt.TextFormat.PlainText
    row = panel.list.currentItem()
    assert row is not None
    assert "<b>" not in row.toolTip(0)
    assert "&lt;b&gt;bold" in row.toolTip(0)
