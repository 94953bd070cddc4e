"""The debug workspace over real runs: built, destroyed and built again at any moment of them."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from session.log.entry import LogEntry, Severity, Source
from session.play_request import PlayRequest
from session.state import SessionState
from studio.open_project import OpenProject, Place
from studio.widgets.log_view.links import LogLink
from studio.workspaces.debug.filter_choice import FilterChoice
from tests.support.debug_panels import PanelBuilder, destroy, reach_state
from tests.support.qt_loop import QtRunner, until


def test_an_empty_panel_teaches(qt: QtRunner, project: OpenProject, build: PanelBuilder) -> None:
    async def look() -> None:
        workspace = build()
        asked: list[object] = []
        project.play_requested.connect(asked.append)
        assert workspace.empty is not None
        assert workspace.empty.isVisible()
        workspace.empty.button.click()
        assert asked == [None]
        await build.end()

    qt.run(look())


def test_played_failed_replayed_and_stopped_with_no_panel_then_opened(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        project.play(PlayRequest(("fail",)))
        failed = project.session.run_id
        await project.session.wait()
        project.play(PlayRequest(("wait",)))
        await reach_state(project, SessionState.RUNNING)
        project.stop()
        await project.session.wait()
        workspace = build()
        log = project.session.log
        assert log is not None
        assert list(workspace.pane.view.shown_rows()) == list(range(1, log.last_seq + 1))
        assert workspace.card.text.startswith("stopped\nBy the user.\n")
        await until(lambda: len(workspace.listing.runs) == 2)
        workspace.runs.aboutToShow.emit()
        assert [action.data() for action in workspace.runs.actions() if action.data()] == [failed]
        await build.end()

    qt.run(look())


def test_an_earlier_run_is_shown_greyed_and_one_goes_back(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        project.play(PlayRequest(("fail",)))
        failed = project.session.run_id
        assert failed is not None
        await project.session.wait()
        project.play()
        await project.session.wait()
        workspace = build()
        assert workspace.card.text.startswith("stopped\nFinished.")
        workspace.show_run(failed)
        await until(workspace.is_earlier)
        assert workspace.banner is not None
        assert workspace.banner.isVisible()
        assert "KeyError: 'one'" in workspace.card.text
        assert workspace.pane.view.log is not project.session.log
        workspace.keep()
        destroy(workspace)
        again = build()
        await until(again.is_earlier)
        assert again.banner is not None
        again.banner.back.click()
        assert again.pane.view.log is project.session.log
        assert not again.banner.isVisible()
        again.show_run("20200101-000000-000abc")
        await until(lambda: "no run" in _said(project))
        assert not again.is_earlier()
        await build.end()

    qt.run(look())


def test_lines_reach_the_program_and_its_input_ends(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        workspace = build()
        project.play(PlayRequest(("ask",)))
        await until(lambda: "waiting for input" in workspace.input.status.text())
        field = workspace.input.field
        QTest.keyClicks(field, "Ada")
        QTest.keyClick(field, Qt.Key.Key_Return)
        await until(lambda: "got Ada" in _messages(project))
        QTest.keyClicks(field, "half")
        QTest.keyClick(field, Qt.Key.Key_Up)
        assert field.text() == "Ada"
        QTest.keyClick(field, Qt.Key.Key_Down)
        assert field.text() == "half"
        workspace.keep()
        destroy(workspace)
        workspace = build()
        assert workspace.input.field.text() == "half", "what is half typed is not lost"
        workspace.input.field.clear()
        QTest.keyClick(workspace.input.field, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
        assert not workspace.input.end.isEnabled()
        await project.session.wait()
        assert "no more input" in _messages(project)
        await until(lambda: not workspace.input.isVisible())
        await build.end()

    qt.run(look())


def _said(project: OpenProject) -> str:
    return "\n".join(notice.text for notice in project.notices.notices)


def _messages(project: OpenProject) -> list[str]:
    log = project.session.log
    assert log is not None
    return [row.message for row in log.read(0, 1000) if isinstance(row, LogEntry)]


def test_the_card_says_why_it_ended_and_offers_what_it_wrote(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        workspace = build()
        project.play(PlayRequest(("fail",)))
        await reach_state(project, SessionState.RUNNING)
        assert workspace.card.text.startswith("running")
        await project.session.wait()
        card = workspace.card
        await until(lambda: "wrote 1 file, 1.5 kB" in card.text)
        assert "uncaught exception at helper.py:2: KeyError: 'one'" in card.text
        card.first_error.click()
        assert project.session.log is not None
        row = project.session.log.row(workspace.pane.view.selection.head)
        assert isinstance(row, LogEntry)
        assert row.severity is Severity.ERROR
        wished: list[object] = []
        project.play_requested.connect(wished.append)
        card.again.click()
        assert wished == [PlayRequest(("fail",))]
        card.copy.click()
        await until(lambda: (project.path / "out.txt").is_file())
        card.dismiss.click()
        assert not card.isVisible()
        destroy(workspace)
        assert not build().card.isVisible(), "a hidden card stays hidden"
        await build.end()

    qt.run(look())


def test_stopping_tells_what_it_waits_for(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    (project.path / "main.py").write_text(
        "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "print('deaf', flush=True)\ntime.sleep(600)\n"
    )

    async def look() -> None:
        workspace = build()
        project.play()
        await until(lambda: project.session.log is not None and "deaf" in _messages(project))
        project.stop()
        await until(lambda: "of its grace left" in workspace.card.text)
        destroy(workspace)
        workspace = build()
        assert "stopping" in workspace.card.text, "a panel that is built late knows it too"
        project.stop()
        await project.session.wait()
        await until(lambda: workspace.card.text.startswith("stopped"))
        await build.end()

    qt.run(look())


def test_a_place_in_the_log_is_the_projects_file(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        workspace = build()
        project.play(PlayRequest(("fail",)))
        await project.session.wait()
        run_id = project.session.run_id
        assert run_id is not None
        places: list[Place] = []
        project.location_requested.connect(places.append)
        view = project.service.history.folder(run_id) / "view"
        workspace.pane.link_activated.emit(LogLink("helper.py", 2))
        workspace.pane.link_activated.emit(LogLink(f"{view}/helper.py", 2, 5))
        workspace.pane.link_activated.emit(LogLink("gone.py", 2))
        await until(lambda: len(places) == 2 and "gone.py" in _said(project))
        assert set(places) == {
            Place(project.path / "helper.py", 2, None, run_id),
            Place(project.path / "helper.py", 2, 5, run_id),
        }
        await build.end()

    qt.run(look())


def test_how_the_log_is_looked_at_is_found_again(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        project.play()
        await project.session.wait()
        workspace = build()
        bar = workspace.pane.bar
        bar.sources.button(Source.BUILD).click()
        bar.sources.button(Source.RUNTIME).click()
        bar.wrap.setChecked(True)
        workspace.pane.set_times("wall")
        await until(lambda: "shown" in bar.counts.text())
        assert bar.reset.isVisible()
        workspace.keep()
        destroy(workspace)
        again = build()
        assert again.pane.bar.choice == FilterChoice(frozenset({Source.BUILD, Source.RUNTIME}))
        assert again.pane.bar.wrap.isChecked()
        assert again.pane.state()["times"] == "wall"
        again.pane.bar.reset.click()
        log = project.session.log
        assert log is not None
        await until(lambda: len(again.pane.view.shown_rows()) == log.last_seq)
        await build.end()

    qt.run(look())


def test_the_filter_is_typed_and_taken_away_by_keyboard(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        project.play()
        await project.session.wait()
        workspace = build()
        workspace.focus_filter()
        bar = workspace.pane.bar
        QTest.keyClicks(bar.field, "hello")
        QTest.keyClick(bar.field, Qt.Key.Key_Return)
        await until(lambda: len(workspace.pane.view.shown_rows()) == 1)
        assert bar.counts.text().startswith("1 of ")
        QTest.keyClick(bar.field, Qt.Key.Key_Escape)
        assert not bar.choice.filters
        assert bar.field.text() == ""
        clear = bar.field.findChild(QToolButton)
        assert clear is not None
        await until(lambda: not clear.property("opacity"))
        await until(lambda: bar.counts.text().endswith(" rows"))
        bar.set_choice(FilterChoice(severity=Severity.ERROR))
        await until(lambda: bar.counts.text().startswith("0 of "))
        await build.end()

    qt.run(look())


def test_a_narrow_panel_lets_go_of_what_its_menu_has(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        project.play()
        await project.session.wait()
        workspace = build()
        bar = workspace.pane.bar
        assert bar.wrap.isVisible()
        workspace.resize(900, 300)
        assert not bar.wrap.isVisible()
        assert bar.counts.isVisible(), "how much is hidden is said down to a narrow panel"
        workspace.resize(500, 300)
        assert workspace.width() == 500
        workspace.more.aboutToShow.emit()
        names = [action.text() for action in workspace.more.actions()]
        assert "Wrap long lines" in names
        await build.end()

    qt.run(look())


def test_the_plots_take_nothing_from_the_bar_above_the_log(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        project.play()
        await project.session.wait()
        workspace = build()
        workspace.resize(900, 300)
        bar = workspace.pane.bar
        bar.usage.click()
        assert workspace.plots is not None
        await until(workspace.plots.isVisible)
        assert bar.usage.isVisible(), "the button that shows them hides them too"
        assert bar.counts.isVisible()
        assert workspace.plots.geometry().left() >= workspace.pane.view.geometry().right()
        bar.usage.click()
        assert not workspace.plots.isVisible()
        await build.end()

    qt.run(look())


def test_a_narrow_panel_says_that_rows_are_hidden_and_what_is_wrong(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        project.play()
        await project.session.wait()
        workspace = build()
        workspace.resize(600, 300)
        bar = workspace.pane.bar
        assert not bar.counts.isVisible()
        bar.set_choice(FilterChoice(text="hello"))
        await until(lambda: bar.counts.text().endswith(" shown"))
        assert bar.counts.isVisible()
        bar.set_choice(FilterChoice(text="(", regex=True))
        assert (bar.counts.text(), bar.counts.isVisible()) == ("not a pattern", True)
        bar.clear()
        assert not bar.counts.isVisible()
        await build.end()

    qt.run(look())


def test_what_is_said_in_passing_is_not_pushed_away_by_new_rows(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        project.play()
        await project.session.wait()
        bar = build().pane.bar
        bar.say("3 rows copied")
        bar.show_counts(5, 5)
        assert bar.counts.text() == "3 rows copied"
        bar.set_choice(FilterChoice(severity=Severity.ERROR))
        await until(lambda: bar.counts.text().startswith("0 of "))
        await build.end()

    qt.run(look())


def test_an_error_that_is_filtered_away_can_be_gone_to(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        workspace = build()
        project.play(PlayRequest(("fail",)))
        await project.session.wait()
        workspace.pane.bar.sources.button(Source.BUILD).click()
        workspace.next_error()
        first = workspace.pane.view.selection.head
        assert first
        assert not workspace.pane.bar.choice.filters
        workspace.next_error()
        workspace.previous_error()
        assert workspace.pane.view.selection.head == first
        await build.end()

    qt.run(look())


def test_an_error_is_in_sight_as_a_whole_also_in_a_low_panel(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        workspace = build()
        project.play(PlayRequest(("fail",)))
        await project.session.wait()
        view = workspace.pane.view
        view.setFixedHeight(view.page.row_height * 4 + 8)
        await until(lambda: view.page.rows_a_page == 4)
        workspace.show_first_error()
        row = view.focused_row()
        place = next(one for one in view.page.placed() if one.row == row)
        assert 0 <= place.y <= view.viewport().height() - place.height
        await build.end()

    qt.run(look())


def test_a_bad_pattern_is_said_and_the_last_filter_stays(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        workspace = build()
        project.play()
        await project.session.wait()
        bar = workspace.pane.bar
        bar.set_choice(FilterChoice(text="(", regex=True))
        assert bar.counts.text() == "not a pattern"
        assert "(" in bar.counts.toolTip()
        bar.clear()
        assert "rows" in bar.counts.text()
        workspace.open_find()
        workspace.pane.find_bar.field.setText("(")
        workspace.pane.find_bar.regex.setChecked(True)
        workspace.find_next()
        assert "not a regular expression" in workspace.pane.find_bar.result.text()
        workspace.pane.find_bar.regex.setChecked(False)
        workspace.pane.find_bar.field.setText("hello")
        workspace.find_next()
        await until(lambda: workspace.pane.find_bar.result.text() == "1 of 1")
        await build.end()

    qt.run(look())


def test_what_is_shown_is_exported(
    qt: QtRunner, project: OpenProject, build: PanelBuilder, tmp_path: Path
) -> None:
    async def look() -> None:
        workspace = build()
        project.play()
        await project.session.wait()
        workspace.pane.bar.set_choice(FilterChoice(frozenset({Source.RUNTIME}), text="hello"))
        target = tmp_path / "log.txt"
        workspace._saving.save(target, "text")
        await until(target.exists)
        assert len(target.read_text().splitlines()) == 1
        await until(lambda: "1 rows were written" in _said(project))
        workspace._saving.save(target / "below a file.txt", "text")
        await until(lambda: "could not be written" in _said(project))
        places: list[Place] = []
        project.location_requested.connect(places.append)
        workspace.open_as_text()
        await until(lambda: bool(places))
        assert "hello" in places[0].path.read_text()
        await build.end()

    qt.run(look())
