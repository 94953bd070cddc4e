"""What is known of a project before anything is played: problems, title, interpreter."""

from pathlib import Path

from session.log.entry import Severity, Source
from session.state import SessionState
from tests.studio.shell.conftest import ShellBench
from tests.support.qt_loop import until
from tests.support.simulated import entry, prepare_failure


def refuse(shell: ShellBench) -> None:
    """Have every preparation fail, with one finding."""
    shell.preparer.entries = [entry(Source.BUILD, "pyproject.toml is broken", Severity.ERROR)]
    shell.preparer.failure = prepare_failure()


def test_a_broken_project_says_so_before_it_is_played(shell: ShellBench) -> None:
    refuse(shell)

    async def check() -> None:
        project = shell.open("harbour")
        await until(lambda: project.problems.count(Severity.ERROR) == 1)
        assert project.session.state is SessionState.IDLE

    shell.run(check())


def test_the_setting_turns_the_first_check_off(shell: ShellBench) -> None:
    refuse(shell)
    shell.desk.settings.update(check_on_save=False)

    async def check() -> None:
        project = shell.open("harbour")
        front = shell.window.projects.front
        assert front is not None
        await until(lambda: front.looked_at)
        assert not project.checking
        assert project.problems.problems == []

    shell.run(check())


def test_a_check_tells_title_and_interpreter(shell: ShellBench) -> None:
    async def check() -> None:
        project = shell.open("harbour")
        await until(lambda: project.interpreter == "python")
        assert project.title == "simulated"
        assert "simulated" in shell.window.windowTitle()
        assert shell.window.status.interpreter.text() == "python"

    shell.run(check())


def test_the_newest_run_tells_them_without_a_check(shell: ShellBench) -> None:
    shell.desk.settings.update(check_on_save=False)

    async def check() -> None:
        project = shell.open("harbour")
        shell.window.registry.run("run.play")
        await until(lambda: project.session.state is SessionState.RUNNING)
        project.stop()
        await until(lambda: not project.session.state.active)
        assert await shell.window.close_project(project)
        again = shell.open("harbour")
        assert again.session.record is None
        await until(lambda: again.title == "simulated")
        assert again.interpreter == "python"

    shell.run(check())


def test_a_wish_for_the_problems_brings_them_to_the_front(shell: ShellBench) -> None:
    async def check() -> None:
        first, _ = shell.open("first"), shell.open("second")
        shell.window.panels.show_panel("debug")
        first.problems_requested.emit()
        front = shell.window.projects.front
        assert front is not None
        assert front.project is first
        assert shell.window.panels.seen("problems")

    shell.run(check())


def test_a_broken_manifest_is_shown_on_opening_and_the_text_can_be_typed_in(
    shell: ShellBench, tmp_path: Path
) -> None:
    """With the real preparation, as users have it."""
    from session.compose import build_service
    from session.settings import SessionSettings

    folder = shell.folder_of("harbour")
    (folder / "pyproject.toml").write_text("[project\nname = 1\n")
    shell.desk.service = build_service(shell.desk.home, SessionSettings())

    async def check() -> None:
        project = shell.open("harbour")
        await until(lambda: project.problems.count(Severity.ERROR) == 1)
        location = project.problems.problems[0].location
        assert location is not None
        assert location.path == "pyproject.toml"
        front = shell.window.projects.front
        assert front is not None
        editor = front.editor
        assert editor is not None
        await until(lambda: editor.current is not None and editor.current.ready)
        document = editor.current
        assert document is not None
        assert not document.editor.isReadOnly()
        shell.window.registry.run("run.play")
        await until(lambda: project.session.state is SessionState.PREPARE_FAILED)
        assert project.problems.count(Severity.ERROR) == 1

    shell.run(check())
