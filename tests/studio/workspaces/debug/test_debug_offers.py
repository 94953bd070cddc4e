"""What the debug workspace offers: its menu in a narrow panel, keys, the first error of a run."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from session.log.entry import LogQuery, Severity
from session.play_request import PlayRequest
from studio.open_project import OpenProject
from studio.widgets.log_view.view import LogView
from tests.support.debug_panels import PanelBuilder
from tests.support.qt_loop import QtRunner, until


def test_a_narrow_row_has_its_parts_in_the_menu(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        project.play()
        await project.session.wait()
        workspace = build()
        bar, menu = workspace.pane.bar, workspace.more
        workspace.resize(420, 300)
        assert not any(part.isVisible() for part in (bar.severity, bar.regex, bar.counts))
        menu.aboutToShow.emit()
        entries = {action.text().partition("\t")[0]: action for action in menu.actions()}
        rows = len(workspace.pane.view.shown_rows())
        assert f"{rows} rows" in entries
        severities = entries["Severity: Any severity"].menu()
        assert isinstance(severities, QMenu)
        next(one for one in severities.actions() if one.text() == "Errors only").trigger()
        entries["The filter is a regular expression"].trigger()
        assert workspace.pane.bar.choice.severity is Severity.ERROR
        assert workspace.pane.bar.choice.regex
        await until(lambda: bar.counted == f"0 of {rows} shown")
        menu.aboutToShow.emit()
        texts = [action.text() for action in menu.actions()]
        assert bar.counted in texts
        assert "Severity: Errors only" in texts
        await build.end()

    qt.run(look())


def test_tooltips_say_the_keys_of_the_actions_attached(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        workspace = build()
        action = QAction(workspace)
        action.setObjectName("debug.wrap")
        action.setShortcut("Ctrl+Alt+W")
        workspace.addAction(action)
        assert workspace.pane.bar.wrap.toolTip() == "Wrap long lines (Ctrl+Alt+W)"
        workspace.more.aboutToShow.emit()
        assert "Wrap long lines\tCtrl+Alt+W" in [one.text() for one in workspace.more.actions()]
        await build.end()

    qt.run(look())


def test_the_log_of_a_run_opens_at_its_first_error(
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
        project.run_requested.connect(workspace.show_run)
        project.ask_for_first_error(failed)
        await until(workspace.is_earlier)
        view = workspace.pane.view
        assert view.log is not None
        error = next(iter(view.log.select(LogQuery(severity=Severity.ERROR))))
        assert view.selection.head == error
        assert project.first_error_of is None
        await build.end()

    qt.run(look())


def test_a_closed_find_bar_marks_nothing(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        project.play()
        await project.session.wait()
        workspace = build()
        workspace.open_find()
        bar, view = workspace.pane.find_bar, workspace.pane.view
        bar.field.setText("hello")
        workspace.find_next()
        await until(lambda: bar.result.text() == "1 of 1")
        assert _marks(view)
        found = view.selection
        bar.close_bar()
        assert not _marks(view)
        assert view.selection == found
        workspace.find_next()
        await until(lambda: _marks(view))
        assert bar.isVisible()
        await build.end()

    qt.run(look())


def test_tab_goes_through_the_card_as_the_eye_does(
    qt: QtRunner, project: OpenProject, build: PanelBuilder
) -> None:
    async def look() -> None:
        project.play(PlayRequest(("fail",)))
        await project.session.wait()
        card = build().card
        await until(card.copy.isVisible)
        order = [card.first_error, card.place, card.copy, card.folder, card.again]
        chain: list[QWidget | None] = [card.dismiss]
        while chain[-1] is not None and chain[-1] is not card.again:
            chain.append(chain[-1].nextInFocusChain())
        assert [one for one in chain if one in order] == order
        await build.end()

    qt.run(look())


def _marks(view: LogView) -> bool:
    return view.matches is not None
