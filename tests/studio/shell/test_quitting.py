"""Closing the window or a project: asked once, nothing lost, nothing left."""

import asyncio
from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from session.state import SessionState
from studio import loop
from studio.open_project import OpenProject
from studio.shell.dialogs.close_running import CloseRunningDialog
from studio.shell.tray import Tray
from studio.widgets.save_changes import SaveChangesDialog
from tests.studio.shell.conftest import ShellBench
from tests.support.qt_loop import until


def dialogs() -> list[CloseRunningDialog]:
    return [
        widget
        for widget in QApplication.topLevelWidgets()
        if isinstance(widget, CloseRunningDialog) and widget.isVisible()
    ]


def save_questions() -> list[SaveChangesDialog]:
    return [
        widget
        for widget in QApplication.topLevelWidgets()
        if isinstance(widget, SaveChangesDialog) and widget.isVisible()
    ]


async def answered(press: Callable[[CloseRunningDialog], None]) -> None:
    await until(lambda: bool(dialogs()))
    press(dialogs()[0])


def heading(dialog: CloseRunningDialog) -> str:
    return dialog.findChildren(QLabel)[0].text()


def state_of(project: OpenProject) -> SessionState:
    return project.session.state


async def running(shell: ShellBench, name: str = "harbour") -> OpenProject:
    project = shell.open(name)
    shell.window.registry.run("run.play")
    await until(lambda: state_of(project) is SessionState.RUNNING)
    return project


def test_closing_is_a_wish(shell: ShellBench) -> None:
    wishes: list[bool] = []
    shell.window.quit_requested.connect(lambda: wishes.append(True))
    shell.window.close()
    assert wishes == [True]
    assert shell.window.isVisible()


def test_with_nothing_running_nothing_is_asked(shell: ShellBench) -> None:
    async def check() -> None:
        shell.open("harbour")
        assert await shell.window.may_quit()
        assert dialogs() == []

    shell.run(check())


def test_cancel_leaves_everything_as_it_is(shell: ShellBench) -> None:
    async def check() -> None:
        project = await running(shell)
        loop.start(answered(lambda dialog: dialog.cancel_button.click()))
        assert not await shell.window.may_quit()
        assert state_of(project) is SessionState.RUNNING
        assert shell.window.isVisible()

    shell.run(check())


def test_a_program_that_ends_while_the_question_is_open_is_told(shell: ShellBench) -> None:
    async def check() -> None:
        project, other = await running(shell, "first"), await running(shell, "second")
        quitting = loop.begin(shell.window.may_quit())
        await until(lambda: bool(dialogs()))
        dialog = dialogs()[0]
        dialog.remember.setChecked(True)
        assert heading(dialog).startswith("2 programs are running: ")
        shell.runtime.executions[0].finish()
        await until(lambda: "second" in heading(dialog) and "first" not in heading(dialog))
        shell.runtime.executions[1].finish()
        await until(lambda: heading(dialog) == "Nothing is running any more.")
        assert not dialog.keep_button.isVisible()
        assert dialog.stop_button.text() == "&Close"
        dialog.stop_button.click()
        assert await quitting
        assert not state_of(project).active
        assert not state_of(other).active
        assert shell.desk.settings.current.close_while_running == "ask"

    shell.run(check())


def test_stop_and_close_waits_with_progress(shell: ShellBench) -> None:
    async def check() -> None:
        first, second = await running(shell, "first"), await running(shell, "second")
        for execution in shell.runtime.executions:
            execution.deaf = True
        loop.start(answered(lambda dialog: dialog.stop_button.click()))
        quitting = loop.begin(shell.window.may_quit())
        banner = shell.window.banner
        await until(banner.isVisible)
        assert banner.text.text() == "Stopping 2 runs…"
        banner.urge.click()
        assert await quitting
        assert {state_of(first), state_of(second)} == {SessionState.STOPPED}
        assert not banner.isVisible()

    shell.run(check())


def test_closing_leaves_a_run_that_is_being_stopped_its_grace(shell: ShellBench) -> None:
    async def check() -> None:
        project = await running(shell)
        shell.runtime.executions[-1].deaf = True
        shell.desk.settings.update(close_while_running="stop")
        project.stop()
        quitting = loop.begin(shell.window.may_quit())
        await until(shell.window.banner.isVisible)
        assert state_of(project).active
        assert not quitting.done()
        shell.window.banner.urge.click()
        assert await quitting

    shell.run(check())


def test_what_is_played_while_the_window_closes_is_stopped_too(shell: ShellBench) -> None:
    async def check() -> None:
        project = await running(shell)
        shell.runtime.executions[-1].deaf = True
        shell.desk.settings.update(close_while_running="stop")
        quitting = loop.begin(shell.window.may_quit())
        await until(shell.window.banner.isVisible)
        shell.window.registry.run("run.restart")
        shell.window.banner.urge.click()
        assert await quitting
        assert not state_of(project).active

    shell.run(check())


def test_a_play_that_is_still_saving_is_waited_for_and_stopped(shell: ShellBench) -> None:
    async def check() -> None:
        project = await running(shell)
        shell.desk.settings.update(close_while_running="stop")
        front = shell.window.projects.front
        assert front is not None
        saved = asyncio.Event()

        class SlowSaver:
            async def save_for_play(self, _: str) -> bool:
                return await saved.wait()

        front.flow.saver = SlowSaver()
        shell.window.registry.run("run.restart")
        quitting = loop.begin(shell.window.may_quit())
        await until(lambda: not state_of(project).active)
        await asyncio.sleep(0.1)
        assert not quitting.done()
        saved.set()
        assert await quitting
        assert len(shell.runtime.executions) <= 2
        assert not state_of(project).active

    shell.run(check())


def test_closing_can_be_called_off_while_it_waits(shell: ShellBench) -> None:
    async def check() -> None:
        project = await running(shell)
        shell.runtime.executions[-1].deaf = True
        shell.desk.settings.update(close_while_running="stop")
        release = shell.runtime.executions[-1]
        release.kill = lambda: None  # type: ignore[method-assign]  # it will not go
        quitting = loop.begin(shell.window.may_quit())
        await until(shell.window.banner.isVisible)
        shell.window.banner.call_off.click()
        assert not await quitting
        assert not shell.window.banner.isVisible()
        release.finish()
        await until(lambda: not state_of(project).active)

    shell.run(check())


def test_the_setting_answers_instead(shell: ShellBench) -> None:
    async def check() -> None:
        project = await running(shell)
        shell.desk.settings.update(close_while_running="stop")
        assert await shell.window.may_quit()
        assert state_of(project) is SessionState.STOPPED
        assert dialogs() == []

    shell.run(check())


def test_an_answer_can_be_remembered(shell: ShellBench) -> None:
    async def check() -> None:
        await running(shell)

        def press(dialog: CloseRunningDialog) -> None:
            dialog.remember.setChecked(True)
            dialog.stop_button.click()

        loop.start(answered(press))
        assert await shell.window.may_quit()
        assert shell.desk.settings.current.close_while_running == "stop"

    shell.run(check())


def test_a_second_wish_while_asking_asks_nothing_more(shell: ShellBench) -> None:
    async def check() -> None:
        await running(shell)
        first = loop.begin(shell.window.may_quit())
        await until(lambda: bool(dialogs()))
        assert not await shell.window.may_quit()
        assert len(dialogs()) == 1
        dialogs()[0].cancel_button.click()
        assert not await first

    shell.run(check())


def test_one_question_at_a_time(shell: ShellBench) -> None:
    """Somebody who presses close again, on the project and on the window, is asked once."""

    async def check() -> None:
        project = await running(shell)
        closing = [loop.begin(shell.window.close_project(project)) for _ in range(3)]
        await until(lambda: bool(dialogs()))
        assert not await shell.window.may_quit()
        assert len(dialogs()) == 1
        dialogs()[0].cancel_button.click()
        assert [await one for one in closing] == [False, False, False]
        assert dialogs() == []
        loop.start(answered(lambda dialog: dialog.stop_button.click()))
        assert await shell.window.close_project(project)

    shell.run(check())


def test_without_a_tray_keep_running_is_not_offered(
    shell: ShellBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Tray, "available", staticmethod(lambda: False))
    shell.desk.settings.update(close_while_running="keep")

    async def check() -> None:
        await running(shell)
        quitting = loop.begin(shell.window.may_quit())
        await until(lambda: bool(dialogs()))
        assert not dialogs()[0].keep_button.isVisible()
        said = [label.text() for label in dialogs()[0].findChildren(QLabel)]
        assert any("this desktop has no tray" in text for text in said)
        dialogs()[0].cancel_button.click()
        assert not await quitting

    shell.run(check())


@pytest.mark.qt_log_ignore("systemTrayWindowChanged", "does not support raise", extend=True)
def test_kept_running_the_window_comes_back_from_the_tray(
    shell: ShellBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Tray, "available", staticmethod(lambda: True))
    shell.desk.settings.update(close_while_running="keep")

    async def check() -> None:
        project = await running(shell)
        assert not await shell.window.may_quit()
        assert not shell.window.isVisible()
        assert state_of(project) is SessionState.RUNNING
        shell.window.tray.show_requested.emit()
        assert shell.window.isVisible()
        assert not shell.window.tray.shown

    shell.run(check())


@pytest.mark.qt_log_ignore("systemTrayWindowChanged", "does not support raise", extend=True)
def test_a_tray_that_goes_away_gives_the_window_back(
    shell: ShellBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = [True]
    monkeypatch.setattr(Tray, "available", staticmethod(lambda: there[0]))
    shell.desk.settings.update(close_while_running="keep")
    shell.window.tray._look.setInterval(20)

    async def check() -> None:
        await running(shell)
        assert not await shell.window.may_quit()
        assert not shell.window.isVisible()
        there[0] = False
        await until(shell.window.isVisible)
        assert not shell.window.tray.shown

    shell.run(check())


def test_quit_in_the_tray_stops_without_asking(shell: ShellBench) -> None:
    async def check() -> None:
        project = await running(shell)
        quitting: list[asyncio.Task[bool]] = []
        shell.window.quit_requested.connect(
            lambda: quitting.append(loop.begin(shell.window.may_quit()))
        )
        shell.window.tray.quit_requested.emit()
        assert await quitting[0]
        assert state_of(project) is SessionState.STOPPED
        assert dialogs() == []

    shell.run(check())


def test_closing_a_running_project_asks(shell: ShellBench) -> None:
    async def check() -> None:
        project = await running(shell)
        loop.start(answered(lambda dialog: dialog.cancel_button.click()))
        assert not await shell.window.close_project(project)
        assert state_of(project) is SessionState.RUNNING
        loop.start(answered(lambda dialog: dialog.stop_button.click()))
        assert await shell.window.close_project(project)
        assert shell.window.projects.all == []

    shell.run(check())


def test_what_is_typed_while_runs_are_stopped_is_asked_about(shell: ShellBench) -> None:
    async def check() -> None:
        project = await running(shell)
        opened = shell.window.projects.of(project)
        assert opened is not None
        editor = opened.editor
        assert editor is not None
        await until(lambda: editor.current is not None and editor.current.ready)
        document = editor.current
        assert document is not None
        shell.runtime.executions[-1].deaf = True
        shell.desk.settings.update(close_while_running="stop")
        quitting = loop.begin(shell.window.may_quit())
        await until(shell.window.banner.isVisible)
        document.editor.insertPlainText("typed meanwhile")
        shell.window.banner.urge.click()
        await until(lambda: bool(save_questions()))
        assert not quitting.done()
        save_questions()[0].reject()
        assert not await quitting
        assert "typed meanwhile" in document.editor.toPlainText()
        document.editor.undo()

    shell.run(check())
