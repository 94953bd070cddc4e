"""What the debug workspace offers when nothing was played, and when a run went wrong."""

import json
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from session.exit_info import Cause
from session.play_request import PlayRequest
from session.runtime.process_runtime import ProcessRuntime
from session.settings import SessionSettings
from session.state import SessionState
from studio.desk import Desk
from studio.open_project import OpenProject, Place
from studio.widgets.log_view.links import LogLink
from studio.workspaces.debug import workspace as workspace_module
from studio.workspaces.debug.places import Found
from tests.support.debug_panels import PanelBuilder, reach_state
from tests.support.qt_loop import QtRunner, until
from tests.support.recorded_run import RecordedRun

_RUN = "20250101-000000-000abc"


def test_the_last_run_is_offered_where_there_are_earlier_ones(
    qt: QtRunner, desk: Desk, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        other = RecordedRun(desk.home.runs.parent, project.path, _RUN, 1.75e9)
        other.output(b"one\n")
        other.end()
        workspace = build()
        assert workspace.empty is not None
        await until(lambda: workspace.empty is not None and "Not played" in workspace.empty.words)
        assert workspace.empty.button.text() == "Show the last run"
        workspace.empty.button.click()
        await until(workspace.is_earlier)
        assert workspace.choice.shown.run_id == _RUN
        assert workspace.pane.isVisible()
        await build.end()

    qt.run(look())


def test_the_card_leads_to_where_the_program_failed(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        (project.path / "main.py").write_text("import os\n\nvalue = 1\nprin(value)\n")
        places: list[Place] = []
        project.location_requested.connect(places.append)
        workspace = build()
        project.play()
        await project.session.wait()
        card = workspace.card
        await until(card.place.isVisible)
        assert card.place.text() == "Go to main.py:4"
        assert card.text.endswith("Did you mean: 'print'?")
        assert not card.problems.isVisible()
        card.place.click()
        await until(lambda: bool(places))
        assert places == [Place(project.path / "main.py", 4, None, project.session.run_id)]
        await build.end()

    qt.run(look())


def test_a_failed_preparation_leads_to_its_problems(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        (project.path / "main.py").write_text("x = 1\nif x\n    print(x)\n")
        wished: list[bool] = []
        places: list[Place] = []
        project.problems_requested.connect(lambda: wished.append(True))
        project.location_requested.connect(places.append)
        workspace = build()
        project.play()
        await project.session.wait()
        assert project.session.state is SessionState.PREPARE_FAILED
        card = workspace.card
        await until(card.problems.isVisible)
        card.problems.click()
        assert wished == [True]
        assert card.place.text() == "Go to main.py:2"
        card.place.click()
        await until(lambda: bool(places))
        assert (places[0].path, places[0].line) == (project.path / "main.py", 2)
        (project.path / "main.py").write_text("import time\ntime.sleep(600)\n")
        project.play()
        await reach_state(project, SessionState.RUNNING)
        await until(lambda: not card.problems.isVisible() and not card.place.isVisible())
        await build.end()

    qt.run(look())


def test_the_cause_of_an_end_is_not_cut_in_the_smallest_window(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        (project.path / "main.py").write_text("undefined_name_of_some_length_in_the_program\n")
        workspace = build()
        workspace.resize(1280, 400)
        project.play()
        await project.session.wait()
        message = workspace.card._message
        await until(lambda: "is not defined" in message.text())
        await until(lambda: " ".join(message.shown) == message.text())
        await build.end()

    qt.run(look())


@pytest.mark.parametrize(
    "kept",
    [
        [],
        "text",
        {"pane": [], "place": 7, "earlier": {"a": []}, "usage": "x", "input": []},
        {"pane": {"filter": 7, "times": {}, "wrap": []}, "input": {"text": 7, "lines": {}}},
        {"place": {"run": None, "top": 10**30, "unfolded": {}, "selection": [10**30, -1]}},
    ],
)
def test_any_kept_view_can_be_opened(
    qt: QtRunner, project: OpenProject, build: PanelBuilder, kept: object
) -> None:
    async def look() -> None:
        project.play()
        await project.session.wait()
        place = kept.get("place") if isinstance(kept, dict) else None
        if isinstance(place, dict):
            place["run"] = project.session.run_id
        project.views["debug"] = kept
        workspace = build()
        assert workspace.has_log()
        workspace.keep()
        assert isinstance(project.views["debug"], dict)
        await build.end()

    qt.run(look())


def test_a_path_that_hangs_holds_up_nothing(
    qt: QtRunner, project: OpenProject, build: PanelBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def look() -> None:
        project.play()
        await project.session.wait()
        looked: list[threading.Thread] = []
        go_on = threading.Event()

        def hang(name: str, root: Path, _run_folder: Path) -> Found:
            looked.append(threading.current_thread())
            go_on.wait(10)
            return Found(root / name)

        monkeypatch.setattr(workspace_module, "find_file", hang)
        places: list[Place] = []
        project.location_requested.connect(places.append)
        build().pane.link_activated.emit(LogLink("main.py", 1))
        await until(lambda: bool(looked))
        assert looked[0] is not threading.main_thread()
        go_on.set()
        await until(lambda: bool(places))
        await build.end()

    qt.run(look())


def test_searching_is_prepared_when_somebody_is_about_to_type(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        project.play()
        await project.session.wait()
        workspace = build()
        view = workspace.pane.view
        workspace.window().activateWindow()
        workspace.focus_filter()
        await until(lambda: view._filtering.searcher._search is not None)
        workspace.open_find()
        await until(lambda: view._finder.searcher._search is not None)
        await build.end()

    qt.run(look())


def test_no_label_takes_a_text_for_a_page(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        workspace = build()
        project.play(PlayRequest(("fail",)))
        await project.session.wait()
        workspace.open_find()
        workspace.toggle_usage()
        workspace._saving.strip.begin("<b>x</b>")
        automatic = [
            label
            for label in workspace.findChildren(QLabel)
            if label.textFormat() is Qt.TextFormat.AutoText and label.pixmap().isNull()
        ]
        assert not automatic, automatic
        workspace.pane.bar.show_fault("no pattern: <b>x")
        assert workspace.pane.bar.counts.toolTip() == "<qt>no pattern: &lt;b&gt;x</qt>"
        await build.end()

    qt.run(look())


def test_the_card_says_exactly_what_it_would_grant_for_good(
    project: OpenProject, build: PanelBuilder, qt: QtRunner, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hush")
    (project.path / "main.py").write_text(
        f"try:\n    print(open({str(secret)!r}).read())\nexcept OSError:\n    print('denied')\n"
    )

    async def check() -> None:
        project.play_requested.connect(project.play)
        workspace = build()
        project.play()
        await project.session.wait()
        card = workspace.card
        await until(card.grant.isVisible)
        assert card.grant.text() == "Grant read and play again"
        assert f"lets it from now on: read {secret}." in card.text
        card.grant.click()
        await until(lambda: project.session.state is SessionState.PREPARING)
        await project.session.wait()
        await until(lambda: not card.grant.isVisible())
        assert [(one.grant, one.granted) for one in project.answers()] == [(f"read={secret}", True)]
        await build.end()

    qt.run(check())


def test_a_refusal_for_missing_layers_offers_to_play_all_the_same(
    project: OpenProject, build: PanelBuilder, qt: QtRunner
) -> None:
    (project.path / "main.py").write_text("print('played')\n")
    nothing = SessionSettings(isolation="none")
    project.service._parts.runtime = ProcessRuntime(nothing)

    async def check() -> None:
        project.play_requested.connect(project.play)
        workspace = build()
        project.play(PlayRequest(foreign=True))
        await project.session.wait()
        card = workspace.card
        await until(card.reduced.isVisible)
        card.reduced.click()
        await until(lambda: project.session.state is SessionState.PREPARING)
        ended = await project.session.wait()
        assert ended.exit.cause is Cause.FINISHED
        await until(lambda: not card.reduced.isVisible())
        assert project.session.record is not None
        assert project.session.record.request.reduced_isolation
        await build.end()

    qt.run(check())


@pytest.mark.timeout(120)
def test_a_program_that_does_not_answer_can_be_forced_to_stop(
    qt: QtRunner, desk: Desk, project: OpenProject, build: PanelBuilder
) -> None:
    beat = {"ping_interval_ms": 50, "timeout_ms": 300, "max_missed_heartbeats": 2}
    desk.home.config.mkdir(parents=True, exist_ok=True)
    settings = desk.home.config / "settings.json"
    settings.write_text(json.dumps({"worker": {"heartbeat": beat}}))

    async def look() -> None:
        source = "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\n"
        (project.path / "main.py").write_text(source)
        workspace = build()
        project.play()
        await until(workspace.card.force.isVisible, 60)
        assert "not answering" in workspace.card.text
        workspace.card.force.click()
        ended = await project.session.wait()
        assert ended.exit.cause is Cause.STOPPED_BY_USER
        await until(lambda: not workspace.card.force.isVisible())
        await build.end()

    qt.run(look())
