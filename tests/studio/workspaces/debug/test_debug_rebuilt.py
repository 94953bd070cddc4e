"""The debug workspace destroyed and rebuilt, and runs that follow each other or are another's."""

import asyncio
import re
import weakref
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from session.play_request import PlayRequest
from session.state import SessionState
from studio.desk import Desk
from studio.open_project import OpenProject
from studio.widgets.log_view.view import LogView
from studio.workspaces.debug.actions import ACTIONS
from tests.support.debug_panels import PanelBuilder, destroy, reach_state
from tests.support.qt_loop import QtRunner, until
from tests.support.recorded_run import RecordedRun
from tests.support.simulated import open_ended, simulated_service

_PRINTED = re.compile(r"(\d+) row after row after row of a flood")
#: Rows whose text is compared each time, the newest.
_LOOKED_AT = 500


@pytest.mark.slow
def test_rebuilt_a_hundred_times_in_a_flood_it_shows_the_log_by_number(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        project.play(PlayRequest(("flood",)))
        await reach_state(project, SessionState.RUNNING)
        log = project.session.log
        assert log is not None
        last, before = 0, set[int]()
        for _ in range(100):
            workspace = build()
            await asyncio.sleep(0.005)
            workspace.pane.view.grow()
            rows = _assert_as_printed(workspace.pane.view, before)
            assert rows >= last
            last = rows
            destroy(workspace)
        project.stop()
        await project.session.wait()
        workspace = build()
        view = workspace.pane.view
        assert _assert_as_printed(view, before) == log.last_seq
        assert before, "some of the flood was seen"
        assert "stopped" in view.display.lines(len(view.display) - 1, len(view.display))[0].text
        destroy(workspace)
        await build.end()

    qt.run(look(), timeout_s=55)


def _assert_as_printed(view: LogView, before: set[int]) -> int:
    """See that the newest rows shown are those printed, by number; return how many are shown.

    `before` is how many rows there were before the first of the flood, once that is known.
    """
    rows = view.display.lens_rows
    for line in view.display.lines(max(rows - _LOOKED_AT, 0), rows):
        if "was interrupted" in line.text:
            break  # in the middle of a line, perhaps, which then ends with the program
        printed = _PRINTED.fullmatch(line.text)
        if printed is not None:
            before.add(line.seq - int(printed[1]))
    assert len(before) <= 1, "a row is another than the one that was printed"
    return rows


def test_every_action_can_be_asked_with_and_without_a_log(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        workspace = build()
        for action in ACTIONS:
            assert action.enabled(workspace) in (True, False)
            action.run(workspace)
        project.play()
        await project.session.wait()
        for action in ACTIONS:
            if action.id not in ("debug.export", "debug.open_as_text"):
                action.run(workspace)
        workspace.export()
        dialog = workspace._saving._dialog
        assert dialog is not None
        dialog.reject()
        assert len({action.id for action in ACTIONS}) == len(ACTIONS)
        await build.end()

    qt.run(look())


def test_runs_that_follow_each_other_at_once_end_with_the_last_ones_log(
    qt: QtRunner, desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    async def look() -> None:
        service = simulated_service(tmp_path, runtime=open_ended())
        project = OpenProject(tmp_path, service, desk.notices)
        window = QWidget()
        qtbot.addWidget(window)
        build = PanelBuilder(project, desk, window)
        workspace = build()
        for number in range(20):
            project.play(PlayRequest((str(number),)))
            await asyncio.sleep(0.001 * (number % 4))
        await until(
            lambda: project.session.record is not None and project.session.record.args == ("19",)
        )
        await reach_state(project, SessionState.RUNNING)
        assert workspace.pane.view.log is project.session.log
        workspace.show_run(project.service.history.list(project.path)[-1].run_id)
        project.play()  # while the earlier one is still being opened
        await until(lambda: len(workspace.listing.runs) > 1)
        assert workspace.pane.view.log is project.session.log
        assert not workspace.is_earlier()
        await build.end()

    qt.run(look())


def test_a_run_of_another_playhead_is_followed(
    qt: QtRunner, desk: Desk, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        other = RecordedRun(desk.home.runs.parent, project.path, "20250101-000000-000abc", 1.75e9)
        other.output(b"one\n")
        project.play()
        await project.session.wait()
        workspace = build()
        workspace.show_run("20250101-000000-000abc")
        await until(workspace.is_earlier)
        before = len(workspace.pane.view.shown_rows())
        assert workspace.banner is not None
        assert "live" in workspace.banner.title
        other.output(b"two\n")
        await until(lambda: len(workspace.pane.view.shown_rows()) == before + 1)
        assert "running" in workspace.card.text or "idle" in workspace.card.text
        other.end()
        await until(lambda: "exit code 3" in workspace.card.text)
        assert "live" not in workspace.banner.title
        assert not workspace._looking.isActive()
        await build.end()

    qt.run(look())


def test_a_panel_that_is_closed_is_gone_at_once(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    """Not only with the next collection of garbage, which comes late and is slow."""

    async def look() -> None:
        project.play()
        await project.session.wait()
        for _ in range(3):
            workspace = build()
            workspace.open_find()
            workspace.more.aboutToShow.emit()
            workspace.pane.bar.usage.setChecked(True)
            await asyncio.sleep(0.05)
            wrapper = weakref.ref(workspace)
            build.built.clear()
            destroy(workspace)
            del workspace
            await until(partial(_gone, wrapper))
        await build.end()

    qt.run(look())


def test_rows_that_are_missing_on_the_disk_are_told(
    qt: QtRunner, project: OpenProject, build: PanelBuilder, desk: Desk
) -> None:
    async def look() -> None:
        other = RecordedRun(desk.home.runs.parent, project.path, "20250101-000000-000abc", 1.75e9)
        other.output(b"one\n" * 5)
        other.end()
        (other.folder.path / "log.spool").unlink()
        workspace = build()
        workspace.show_run("20250101-000000-000abc")
        await until(workspace.is_earlier)
        assert workspace.banner is not None
        assert "7 rows of its log are missing" in workspace.banner.title
        await build.end()

    qt.run(look())


def _gone(wrapper: Callable[[], object]) -> bool:
    return wrapper() is None
