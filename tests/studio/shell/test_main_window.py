"""The window: first frame, projects, panels, and what happens to them."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication, QWidget

from session.log.entry import Severity, Source
from session.state import SessionState
from studio.open_project import OpenProject, Place
from studio.shell.layout import Layout
from studio.shell.window import MainWindow
from tests.studio.shell.conftest import ShellBench, painted
from tests.support.qt_loop import until
from tests.support.simulated import entry, prepare_failure

_HEAVY = ("pydantic", "qtawesome", "pygments", "numpy", "pyqtgraph", "tomlkit", "watchdog")


def run_state(project: OpenProject) -> SessionState:
    return project.session.state


def test_the_frame_needs_nothing_heavy() -> None:
    code = (
        f"import sys; import studio.shell.window; print([m for m in {_HEAVY} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def places(window: MainWindow) -> dict[str, QRect]:
    parts = {
        "toolbar": window.toolbar,
        "activity": window.activity,
        "status": window.status,
        "play": window.toolbar.play,
        "body": window.body,
    }
    return {
        name: QRect(part.mapTo(window, QPoint(0, 0)), part.size()) for name, part in parts.items()
    }


def test_nothing_jumps_after_the_first_frame(shell: ShellBench) -> None:
    async def check() -> None:
        window = MainWindow(shell.desk)
        window.show()
        await painted()
        before = places(window)
        window.populate()
        await painted()
        assert places(window) == before
        await shell.close(window)

    shell.run(check())


def test_without_a_project_the_welcome_page_has_the_room(shell: ShellBench) -> None:
    window = shell.window
    assert window.stage.page == "welcome"
    assert not window.panels.left.isVisible()
    assert not window.panels.bottom.isVisible()
    assert not window.toolbar.play.isEnabled()
    assert window.windowTitle() == "Playhead"


def test_an_opened_project_is_in_front(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        project = shell.open("harbour")
        assert window.projects.front is not None
        assert window.projects.front.project is project
        assert window.stage.currentWidget() is window.projects.front.editor
        assert window.panels.left.isVisible()
        assert window.windowTitle().startswith("harbour")
        assert window.toolbar.play.isEnabled()

    shell.run(check())


def test_the_same_project_is_open_once(shell: ShellBench) -> None:
    async def check() -> None:
        first = shell.open("harbour")
        shell.open("other")
        assert shell.window.open_project(first.path / ".") is first
        assert len(shell.window.projects.all) == 2
        shell.window.showMinimized()
        shell.window.open_project(first.path)
        shell.window.come_back()
        assert not shell.window.isMinimized()
        assert shell.window.projects.front is shell.window.projects.of(first)

    shell.run(check())


def test_what_is_not_there_is_told(shell: ShellBench) -> None:
    gone = shell.folder / "gone"
    assert shell.window.open_project(gone) is None
    assert str(gone) in shell.desk.notices.notices[-1].text
    assert shell.window.status.message.text()


def test_a_run_goes_on_behind_another_project(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        first = shell.open("first")
        window.registry.run("run.play")
        await until(lambda: run_state(first) is SessionState.RUNNING)
        shell.open("second")
        assert window.toolbar.play.isEnabled()
        assert not window.toolbar.stop.isEnabled()
        assert run_state(first) is SessionState.RUNNING
        assert first.title in window.toolbar.project.toolTip()
        window.registry.run("project.next")
        assert window.toolbar.stop.isEnabled()
        assert not window.toolbar.play.isEnabled()

    shell.run(check())


def test_play_stop_and_restart_follow_the_state(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        project = shell.open("harbour")
        bar = window.toolbar
        await painted()
        before = bar.identity.width()
        bar.play.click()
        assert not bar.play.isEnabled()  # at once
        await until(lambda: run_state(project) is SessionState.RUNNING)
        assert (bar.play.isEnabled(), bar.stop.isEnabled(), bar.restart.isEnabled()) == (
            False,
            True,
            True,
        )
        assert "running" in bar.badge.accessibleName()
        bar.restart.click()
        await until(lambda: len(shell.runtime.executions) == 2)
        await until(lambda: run_state(project) is SessionState.RUNNING)
        await painted()
        assert bar.identity.text()
        assert bar.identity.width() == before, "what is in the middle would move"
        bar.stop.click()
        await until(lambda: run_state(project) is SessionState.STOPPED)
        assert bar.play.isEnabled()
        assert bar.stop.text() == "Stop"

    shell.run(check())


def test_a_deaf_program_is_offered_stop_now(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        project = shell.open("harbour")
        window.registry.run("run.play")
        await until(lambda: run_state(project) is SessionState.RUNNING)
        shell.runtime.executions[-1].deaf = True
        await painted()
        before = places(window)["play"], window.toolbar.stop.geometry()
        window.toolbar.stop.click()
        assert window.toolbar.stop.text() == "Stop now"
        await painted()
        assert (places(window)["play"], window.toolbar.stop.geometry()) == before
        assert "stopping" in window.windowTitle()
        window.toolbar.stop.click()
        await until(lambda: run_state(project) is SessionState.STOPPED)

    shell.run(check())


def test_the_content_id_is_copied_in_full(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        project = shell.open("harbour")
        window.registry.run("run.play")
        await until(lambda: run_state(project) is SessionState.RUNNING)
        content_id = project.session.content_id
        assert content_id is not None
        assert window.toolbar.identity.text() == content_id[7:15]
        window.toolbar.identity.click()
        assert QApplication.clipboard().text() == content_id

    shell.run(check())


def test_debug_lives_only_while_it_can_be_seen(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        shell.open("first")
        first = window.panels.content("debug")
        assert first is not None
        gone: list[bool] = []
        first.destroyed.connect(lambda: gone.append(True))
        shell.open("second")
        await until(lambda: bool(gone))
        second = window.panels.content("debug")
        assert second is not None
        second.destroyed.connect(lambda: gone.append(True))
        window.panels.close_panel("debug")
        await until(lambda: len(gone) == 2)
        assert window.panels.content("debug") is None
        window.registry.run("view.debug")
        assert window.panels.content("debug") is not None

    shell.run(check())


def test_a_closed_panel_never_pops_up_and_says_what_it_missed(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        project = shell.open("harbour")
        window.panels.close_panel("debug")
        shell.preparer.entries = [entry(Source.BUILD, "main.py is broken", Severity.ERROR)]
        shell.preparer.failure = prepare_failure()
        window.registry.run("run.play")
        await until(lambda: run_state(project) is SessionState.PREPARE_FAILED)
        button = window.activity.button("view.debug")
        await until(lambda: "error" in button.accessibleName())
        assert button.count > 0
        assert not window.panels.seen("debug")
        window.registry.run("view.debug")
        assert window.panels.seen("debug")
        assert button.count == 0

    shell.run(check())


def test_rows_that_a_closed_panel_missed_are_counted_on_its_button(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        project = shell.open("harbour")
        window.panels.close_panel("debug")
        button = window.activity.button("view.debug")
        window.registry.run("run.play")
        await until(lambda: run_state(project) is SessionState.RUNNING)
        await until(lambda: button.count > 0)
        assert "new row" in button.accessibleName()
        assert "new row" in button.toolTip()
        window.registry.run("view.debug")
        assert button.count == 0
        assert "new row" not in button.toolTip()

    shell.run(check())


def test_playing_never_moves_the_focus(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        project = shell.open("harbour")
        await shell.quiet()  # the editor has opened what the project begins with
        window.activateWindow()
        window.registry.run("view.editor")
        before = QApplication.focusWidget()
        window.registry.run("run.play")
        await until(lambda: run_state(project) is SessionState.RUNNING)
        assert QApplication.focusWidget() is before
        shell.runtime.executions[-1].finish()
        await until(lambda: run_state(project) is SessionState.STOPPED)
        assert QApplication.focusWidget() is before

    shell.run(check())


def test_a_place_is_shown_in_the_editor(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        project = shell.open("harbour")
        window.registry.run("view.history")
        window.panels.toggle_maximised()
        project.location_requested.emit(Place(project.root / "main.py", 3))
        assert window.stage.page == "editor"
        assert window.stage.isVisible()
        await until(lambda: "3" in window.status.position.text())

    shell.run(check())


def test_an_earlier_run_is_shown_in_debug(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        project = shell.open("harbour")
        window.registry.run("run.play")
        await until(lambda: run_state(project) is SessionState.RUNNING)
        project.stop()
        await until(lambda: run_state(project) is SessionState.STOPPED)
        run_id = project.session.run_id
        window.panels.close_panel("debug")
        project.run_requested.emit(str(run_id))
        assert window.panels.seen("debug")

    shell.run(check())


def test_closing_a_project_brings_its_neighbour_and_then_the_welcome_page(
    shell: ShellBench,
) -> None:
    async def check() -> None:
        window = shell.window
        first, second = shell.open("first"), shell.open("second")
        assert await window.close_project(second)
        assert window.projects.front is window.projects.of(first)
        assert await window.close_project(first)
        assert window.stage.page == "welcome"
        assert not window.panels.bottom.isVisible()
        reopened = shell.open("first")
        assert reopened is not first

    shell.run(check())


def test_layout_projects_and_pages_come_back(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        first, second = shell.open("first"), shell.open("second")
        window.projects.bring(window.projects.of(first))
        window.panels.close_panel("files")
        window.panels.show_panel("search")
        window.panels.layout.sizes["bottom"] = 222
        assert await window.may_quit()
        await second.close()
        await shell.close(window)
        shell.window = await shell.new_window()
        again = shell.window
        assert [one.project.path for one in again.projects.all] == [first.path, second.path]
        assert again.projects.front is again.projects.find(first.path)
        assert again.panels.layout.tabs("left") == ["search"]
        assert again.panels.layout.sizes["bottom"] == 222

    shell.run(check())


def test_a_project_that_went_away_is_not_reopened(shell: ShellBench) -> None:
    async def check() -> None:
        project = shell.open("first")
        shell.window.keep()
        await shell.close(shell.window)
        (project.path / "main.py").unlink()
        project.path.rename(project.path.with_name("moved"))
        shell.window = await shell.new_window()
        assert shell.window.projects.all == []
        assert shell.window.stage.page == "welcome"

    shell.run(check())


def test_the_layout_can_be_reset(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        shell.open("harbour")
        window.panels.float_out("debug")
        window.panels.close_panel("files")
        window.panels.toggle_maximised()
        window.registry.run("view.reset_layout")
        assert window.panels.layout == Layout()
        assert window.panels.windows == []
        assert window.panels.left.isVisible()
        assert window.stage.isVisible()

    shell.run(check())


def test_a_floating_panel_docks_and_floats_where_it_was(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        shell.open("harbour")
        window.panels.float_out("files")
        floating = window.panels.windows[0]
        assert floating.isVisible()
        assert window.panels.content("files") is not None
        floating.setGeometry(50, 60, 400, 300)
        floating.close()
        assert not floating.isVisible()
        window.registry.run("view.files")
        assert window.panels.windows[0].isVisible()
        assert window.panels.windows[0].geometry() == QRect(50, 60, 400, 300)
        window.panels.dock("files")
        assert window.panels.windows == []
        assert window.panels.left.isVisible()

    shell.run(check())


def test_maximised_the_bottom_has_all_of_the_room(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        shell.open("harbour")
        window.registry.run("view.maximise")
        await painted()
        assert not window.stage.isVisible()
        assert window.panels.bottom.height() == window.body.rows.height()
        window.registry.run("view.maximise")
        assert window.stage.isVisible()

    shell.run(check())


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_theme_is_in_force_at_once(shell: ShellBench, theme: str) -> None:
    async def check() -> None:
        window = shell.window
        shell.open("harbour")
        window.registry.run(f"studio.theme_{theme}")
        shell.desk.appearance.set_theme(shell.desk.settings.current.theme)
        await painted()
        tokens = shell.desk.appearance.tokens
        assert tokens.name == theme
        shot = window.grab().toImage()
        corner = window.toolbar.mapTo(window, QPoint(2, 2))
        assert shot.pixelColor(corner).name() == tokens.window
        below = window.activity.mapTo(window, QPoint(3, window.activity.height() // 2))
        assert shot.pixelColor(below).name() == tokens.window

    shell.run(check())


def test_settings_that_cannot_be_kept_are_told(shell: ShellBench) -> None:
    shell.desk.settings.not_kept.emit("The settings cannot be kept.")
    notice = shell.desk.notices.notices[-1]
    assert (notice.text, notice.severity) == ("The settings cannot be kept.", Severity.WARNING)


@pytest.mark.parametrize("size", [(1280, 720), (900, 600), (1920, 1080)])
def test_nothing_in_the_bars_is_squeezed(shell: ShellBench, size: tuple[int, int]) -> None:
    async def check() -> None:
        window = shell.window
        window.resize(*size)
        project = shell.open("Donaudampfschifffahrtsgesellschaft")
        window.registry.run("run.play")
        await until(lambda: run_state(project) is SessionState.RUNNING)
        await painted()
        bar = window.toolbar
        shown: list[QWidget] = [bar.play, bar.stop, bar.restart, bar.project, bar.configuration]
        shown += [bar.palette_button, window.status.bell, window.status.isolation]
        assert [part for part in shown if part.width() < part.minimumSizeHint().width()] == []
        assert window.width() == size[0]
        inside = window.rect()
        assert all(inside.contains(part.mapTo(window, part.rect().center())) for part in shown)

    shell.run(check())


def test_recent_projects_are_remembered_newest_first(shell: ShellBench) -> None:
    async def check() -> None:
        first, second = shell.open("first"), shell.open("second")
        await shell.window.close_project(second)
        shell.window.open_project(second.path)
        recent = shell.desk.memory.get("projects.recent", list)
        assert recent == [str(second.path), str(first.path)]

    shell.run(check())


def test_a_file_is_a_project_too(shell: ShellBench) -> None:
    async def check() -> None:
        file = Path(shell.folder_of("alone")) / "main.py"
        project = shell.window.open_project(file)
        assert project is not None
        assert project.root == file.parent
        assert shell.window.windowTitle().startswith("main.py")

    shell.run(check())
