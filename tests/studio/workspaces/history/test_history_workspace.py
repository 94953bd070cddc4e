"""The history workspace over real runs and recorded ones."""

import threading
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from session.log.entry import NewEntry, Severity, Source
from session.play_request import PlayRequest
from session.run_id import RunId
from session.service import SessionService
from studio import loop
from studio.desk import Desk
from studio.open_project import OpenProject
from studio.widgets.icon_button import IconButton
from studio.workspaces.history.actions import ACTIONS
from studio.workspaces.history.deletions import Deletions
from studio.workspaces.history.runs_model import ARGUMENTS, ROWS, STATE, WHY
from studio.workspaces.history.workspace import HistoryWorkspace
from tests.support.qt_loop import QtRunner, until
from tests.support.recorded_run import RecordedRun


@pytest.fixture
def project(desk: Desk, tmp_path: Path) -> OpenProject:
    """An open project whose program greets with its arguments."""
    folder = tmp_path / "hello"
    folder.mkdir()
    (folder / "main.py").write_text(
        "import sys\nprint('hello', *sys.argv[1:])\nopen('out.txt', 'w').write('x' * 1500)\n"
        "sys.exit(3 if 'fail' in sys.argv else 0)\n"
    )
    assert isinstance(desk.service, SessionService)
    return OpenProject(folder, desk.service, desk.notices)


def _record(desk: Desk, project: OpenProject, run_id: str, *messages: str) -> None:
    run = RecordedRun(desk.home.runs.parent, project.path, run_id, 1_750_000_000.0)
    run.add(*(NewEntry(Source.BUILD, Severity.INFO, message) for message in messages))
    run.end()


async def _end(project: OpenProject) -> None:
    await project.close()
    await until(lambda: not loop._tasks)


def _text(workspace: HistoryWorkspace, row: int, column: int) -> str:
    return str(workspace.model.index(row, column).data())


def _built(project: OpenProject, desk: Desk, qtbot: QtBot) -> HistoryWorkspace:
    workspace = HistoryWorkspace(project, desk)
    qtbot.addWidget(workspace)
    workspace.resize(1000, 600)
    workspace.show()
    return workspace


def test_an_empty_history_teaches(
    qt: QtRunner, desk: Desk, project: OpenProject, qtbot: QtBot
) -> None:
    async def look() -> None:
        workspace = _built(project, desk, qtbot)
        await until(lambda: workspace.empty.isVisible())
        asked: list[object] = []
        project.play_requested.connect(asked.append)
        workspace.empty.button.click()
        assert asked == [None]
        await _end(project)

    qt.run(look())


def test_runs_are_listed_newest_first_and_live(
    qt: QtRunner, desk: Desk, project: OpenProject, qtbot: QtBot
) -> None:
    async def look() -> None:
        workspace = _built(project, desk, qtbot)
        project.play(PlayRequest(("fail", "two words")))
        await until(lambda: len(workspace.model.runs) == 1)
        await project.session.wait()
        await until(lambda: _text(workspace, 0, STATE) == "runtime failed")
        assert _text(workspace, 0, ARGUMENTS) == "fail 'two words'"
        assert _text(workspace, 0, WHY) == "The program ended with exit code 3."
        assert int(_text(workspace, 0, ROWS)) > 3
        workspace.table.selectRow(0)
        chosen = workspace.selected[0].run_id
        project.play()
        await until(lambda: len(workspace.model.runs) == 2)
        assert workspace.selected[0].run_id == chosen, "the selection stays with its run"
        await project.session.wait()
        await until(lambda: _text(workspace, 0, STATE) == "stopped")
        await _end(project)

    qt.run(look())


def test_a_run_is_opened_played_again_and_copied(
    qt: QtRunner, desk: Desk, project: OpenProject, qtbot: QtBot
) -> None:
    async def look() -> None:
        workspace = _built(project, desk, qtbot)
        project.play(PlayRequest(("a b",)))
        await project.session.wait()
        await until(lambda: bool(workspace.model.runs) and not workspace.model.runs[0].live)
        opened: list[str] = []
        wished: list[object] = []
        project.run_requested.connect(opened.append)
        project.play_requested.connect(wished.append)
        workspace.table.selectRow(0)
        workspace.open_log()
        workspace.play_again()
        workspace.copy_command()
        assert opened == [project.session.run_id]
        assert wished == [PlayRequest(("a b",))]
        command = QGuiApplication.clipboard().text()
        assert command == f"playhead play {project.path} -- 'a b'"
        assert "wrote 1 file, 1.5 kB" in await _card_text(workspace)
        await _end(project)

    qt.run(look())


async def _card_text(workspace: HistoryWorkspace) -> str:
    await until(lambda: "wrote" in workspace.details.card.text)
    return workspace.details.card.text


def test_what_a_run_wrote_is_copied_and_newer_files_are_asked_about(
    qt: QtRunner, desk: Desk, project: OpenProject, qtbot: QtBot
) -> None:
    async def look() -> None:
        workspace = _built(project, desk, qtbot)
        project.play()
        await project.session.wait()
        await until(lambda: bool(workspace.model.runs) and not workspace.model.runs[0].live)
        workspace.table.selectRow(0)
        card = workspace.details.card
        target = project.path / "out.txt"
        target.write_text("mine, and newer")
        await _card_text(workspace)
        card.copy.click()
        await until(lambda: "Nothing was copied" in card.text)
        assert "out.txt" in card.text
        assert target.read_text() == "mine, and newer"
        card.anyway.click()
        await until(lambda: "Copied into the project" in card.text)
        assert target.read_text() == "x" * 1500
        await _end(project)

    qt.run(look())


def test_deleting_hides_at_once_and_can_be_taken_back(
    qt: QtRunner, desk: Desk, project: OpenProject, qtbot: QtBot
) -> None:
    async def look() -> None:
        for number in range(3):
            _record(desk, project, f"20250101-00000{number}-000abc", "one")
        workspace = _built(project, desk, qtbot)
        await until(lambda: len(workspace.model.runs) == 3)
        doomed = workspace.model.runs[1].record.run_id
        folder = project.service.history.folder(doomed)
        workspace.table.selectRow(1)
        workspace.delete()
        assert [run.run_id for run in workspace.model.runs].count(doomed) == 0
        assert workspace.bar.undo.isVisible()
        workspace.undo_delete()
        assert len(workspace.model.runs) == 3
        assert folder.is_dir()
        workspace.table.selectRow(1)
        workspace.delete()
        Deletions.of(project).finish()
        await until(lambda: not folder.exists())
        await until(lambda: len(workspace.listing.runs) == 2)
        await _end(project)

    qt.run(look())


def test_the_keys_go_on_after_a_deletion_and_after_its_undoing(
    qt: QtRunner, desk: Desk, project: OpenProject, qtbot: QtBot
) -> None:
    async def look() -> None:
        for number in range(4):
            _record(desk, project, f"20250101-00000{number}-000abc", "one")
        workspace = _built(project, desk, qtbot)
        await until(lambda: len(workspace.model.runs) == 4)
        names = [run.run_id for run in workspace.model.runs]
        workspace.table.selectRow(1)
        workspace.delete()
        assert [run.run_id for run in workspace.selected] == [names[2]], "what moved up"
        assert workspace.table.currentIndex().row() == 1
        workspace.undo_delete()
        assert [run.run_id for run in workspace.selected] == [names[1]]
        workspace.table.selectRow(3)
        workspace.delete()
        assert [run.run_id for run in workspace.selected] == [names[2]], "the last one left"
        workspace.table.selectAll()
        workspace.delete()
        assert workspace.selected == []
        workspace.undo_delete()
        assert [run.run_id for run in workspace.selected] == names[:3]
        await _end(project)

    qt.run(look())


def test_a_deletion_outlives_the_page_and_is_done_when_the_project_goes(
    qt: QtRunner, desk: Desk, project: OpenProject, qtbot: QtBot
) -> None:
    async def look() -> Path:
        _record(desk, project, "20250101-000000-000abc", "one")
        workspace = _built(project, desk, qtbot)
        await until(lambda: len(workspace.model.runs) == 1)
        workspace.table.selectRow(0)
        workspace.delete()
        folder = desk.home.runs / "20250101-000000-000abc"
        workspace.close()
        workspace.deleteLater()
        await until(lambda: True)
        assert folder.is_dir()
        again = _built(project, desk, qtbot)
        await until(lambda: again.listing.known)
        assert not again.model.runs
        assert again.bar.undo.isVisibleTo(again)
        await _end(project)
        return folder

    folder = qt.run(look())
    project.deleteLater()
    QApplication.sendPostedEvents(project, 52)  # QEvent.Type.DeferredDelete
    qtbot.waitUntil(lambda: not folder.exists())


def test_a_project_may_be_closed_while_its_runs_are_being_deleted(
    qt: QtRunner, desk: Desk, project: OpenProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def look() -> None:
        _record(desk, project, "20250101-000000-000abc", "one")
        may_go_on, begun = threading.Event(), threading.Event()
        delete = project.service.history.delete

        def slow(run_id: RunId) -> None:
            begun.set()
            may_go_on.wait(10)
            delete(run_id)

        monkeypatch.setattr(project.service.history, "delete", slow)
        folder = project.service.history.folder(RunId("20250101-000000-000abc"))
        deletions = Deletions.of(project)
        deletions.add([RunId("20250101-000000-000abc")])
        deletions.finish()
        await until(begun.is_set)
        await project.close()
        shiboken6.delete(project)
        may_go_on.set()
        await until(lambda: not loop._tasks)
        assert not folder.exists()

    qt.run(look())


def test_runs_that_wait_for_their_deletion_do_not_hold_up_the_window(
    qt: QtRunner, desk: Desk, project: OpenProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def look() -> None:
        deleting: list[threading.Thread] = []
        done = threading.Event()

        def delete(_run_id: RunId) -> None:
            deleting.append(threading.current_thread())
            done.set()

        monkeypatch.setattr(project.service.history, "delete", delete)
        Deletions.of(project).add([RunId("20250101-000000-000abc")])
        await _end(project)
        shiboken6.delete(project)
        await until(done.is_set)
        assert deleting[0] is not threading.main_thread()
        assert not deleting[0].daemon, "the end of the process waits for it"

    qt.run(look())


def test_the_newest_run_is_selected_and_the_list_has_the_focus(
    qt: QtRunner, desk: Desk, project: OpenProject, qtbot: QtBot
) -> None:
    async def look() -> None:
        for number in range(3):
            _record(desk, project, f"20250101-00000{number}-000abc", "one")
        workspace = _built(project, desk, qtbot)
        workspace.activateWindow()
        workspace.setFocus()
        await until(lambda: len(workspace.model.runs) == 3)
        assert [run.run_id for run in workspace.selected] == ["20250101-000002-000abc"]
        assert workspace.bar.open_log.isEnabled()
        assert QApplication.focusWidget() is workspace.table
        workspace.table.clearSelection()
        workspace.listing.changed.emit()
        assert not workspace.selected, "what was taken away by hand does not come back"
        await _end(project)

    qt.run(look())


_DAMAGED: tuple[object, ...] = ([], "text", 7, None, {"comparison": [1, {}], "selected": {"a": 1}})


@pytest.mark.parametrize("kept", _DAMAGED)
def test_any_kept_view_can_be_opened(
    qt: QtRunner, desk: Desk, project: OpenProject, qtbot: QtBot, kept: object
) -> None:
    async def look() -> None:
        project.views["history"] = kept
        _record(desk, project, "20250101-000000-000abc", "one")
        workspace = _built(project, desk, qtbot)
        await until(lambda: len(workspace.selected) == 1)
        await _end(project)

    qt.run(look())


def test_what_a_project_says_is_no_page(
    qt: QtRunner, desk: Desk, project: OpenProject, qtbot: QtBot
) -> None:
    async def look() -> None:
        ids = [f"20250101-00000{number}-000abc" for number in range(2)]
        for number, run_id in enumerate(ids):
            _record(desk, project, run_id, f"<b>bold {number}</b>")
        workspace = _built(project, desk, qtbot)
        await until(lambda: len(workspace.model.runs) == 2)
        workspace.compare_runs(*ids)
        model = workspace.comparison.model
        await until(lambda: model.rowCount() > 1)
        tips = [model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole) for row in range(3)]
        assert any("&lt;b&gt;bold 0" in tip for tip in tips), tips
        automatic = [
            label
            for label in workspace.findChildren(QLabel)
            if label.textFormat() is Qt.TextFormat.AutoText and label.pixmap().isNull()
        ]
        assert not automatic, automatic
        await _end(project)

    qt.run(look())


def test_two_logs_are_compared(
    qt: QtRunner, desk: Desk, project: OpenProject, qtbot: QtBot
) -> None:
    async def look() -> None:
        _record(desk, project, "20250101-000000-000abc", "compiled in 12 ms", "score 1", "end")
        _record(desk, project, "20250101-000001-000abc", "compiled in 9 ms", "score 2", "end")
        workspace = _built(project, desk, qtbot)
        await until(lambda: len(workspace.model.runs) == 2)
        workspace.table.selectAll()
        assert workspace.has_two()
        workspace.compare()
        page = workspace.comparison
        await until(lambda: page.summary.startswith("1 difference"))
        row = page.table.currentIndex().row()
        assert page.model.index(row, 0).data() == "build  score 1"
        assert page.model.index(row, 1).data() == "≠"
        assert page.model.index(row, 2).data() == "build  score 2"
        page.only.setChecked(True)
        assert page.model.rowCount() == 1
        page.closed.emit()
        assert workspace.table.isVisible()
        await _end(project)

    qt.run(look())


def test_a_comparison_of_a_run_that_is_gone_says_so(
    qt: QtRunner, desk: Desk, project: OpenProject, qtbot: QtBot
) -> None:
    async def look() -> None:
        _record(desk, project, "20250101-000000-000abc", "one")
        workspace = _built(project, desk, qtbot)
        workspace.compare_runs("20250101-000000-000abc", "20250101-999999-000abc")
        await until(lambda: "cannot be compared" in workspace.comparison.summary)
        await _end(project)

    qt.run(look())


def test_a_comparison_that_nobody_waits_for_ends(
    qt: QtRunner, desk: Desk, project: OpenProject, qtbot: QtBot
) -> None:
    async def look() -> None:
        for number in range(2):
            run_id = f"20250101-00000{number}-000abc"
            run = RecordedRun(desk.home.runs.parent, project.path, run_id, 1_750_000_000.0)
            run.output(b"".join(b"row %d\n" % (k * (number + 1)) for k in range(20_000)))
            run.end()
        workspace = HistoryWorkspace(project, desk)
        window = QWidget()
        qtbot.addWidget(window)
        workspace.setParent(window)
        workspace.compare_runs("20250101-000000-000abc", "20250101-000001-000abc")
        job = workspace.comparison._held.job
        assert job is not None
        await until(lambda: job._process is not None)
        workspace.deleteLater()
        await until(lambda: job.cancelled)
        process = job._process
        assert process is not None
        await until(lambda: process.poll() is not None)
        await _end(project)

    qt.run(look())


def test_every_action_names_something_that_can_be_asked(
    qt: QtRunner, desk: Desk, project: OpenProject, qtbot: QtBot
) -> None:
    async def look() -> None:
        workspace = _built(project, desk, qtbot)
        for action in ACTIONS:
            assert action.enabled(workspace) in (True, False)
            action.run(workspace)  # nothing is selected: nothing happens, and nothing fails
        assert len({action.id for action in ACTIONS}) == len(ACTIONS)
        await _end(project)

    qt.run(look())


def test_the_list_opens_by_keyboard(
    qt: QtRunner, desk: Desk, project: OpenProject, qtbot: QtBot
) -> None:
    async def look() -> None:
        _record(desk, project, "20250101-000000-000abc", "one")
        workspace = _built(project, desk, qtbot)
        await until(lambda: len(workspace.model.runs) == 1)
        opened: list[str] = []
        project.run_requested.connect(opened.append)
        workspace.table.setFocus()
        workspace.table.selectRow(0)
        QTest.keyClick(workspace.table, Qt.Key.Key_Return)
        assert opened == ["20250101-000000-000abc"]
        await _end(project)

    qt.run(look())


def test_every_button_says_what_it_does_and_the_users_keys(
    qt: QtRunner, desk: Desk, project: OpenProject, qtbot: QtBot
) -> None:
    async def look() -> None:
        workspace = _built(project, desk, qtbot)
        action = QAction(workspace)
        action.setObjectName("history.delete")
        action.setShortcut("Ctrl+K")
        workspace.addAction(action)
        parts = (workspace.bar, workspace.comparison, workspace.details, workspace.empty)
        tips = {
            button.text() or button.accessibleName(): button.toolTip()
            for part in parts
            for button in part.findChildren(QPushButton) + part.findChildren(IconButton)
        }
        assert all(tips.values()), tips
        assert tips["Delete"] == "Delete the selected runs, with a way back (Ctrl+K)"
        await _end(project)

    qt.run(look())


def test_the_first_error_of_a_run_is_asked_for(
    qt: QtRunner, desk: Desk, project: OpenProject, qtbot: QtBot
) -> None:
    async def look() -> None:
        _record(desk, project, "20250101-000000-000abc", "one")
        workspace = _built(project, desk, qtbot)
        await until(lambda: len(workspace.model.runs) == 1)
        asked: list[str] = []
        project.run_requested.connect(asked.append)
        workspace.table.selectRow(0)
        workspace.details.card.first_error.click()
        assert asked == [project.first_error_of] == ["20250101-000000-000abc"]
        workspace.compare_runs("20250101-000000-000abc", "20250101-000000-000abc")
        QTest.keyClick(workspace.comparison.table, Qt.Key.Key_Escape)
        assert workspace.table.isVisible()
        await _end(project)

    qt.run(look())
