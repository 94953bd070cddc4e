"""An open project: problems of its last preparation, checks, plays that cannot be recorded."""

from pathlib import Path

from session.log.entry import Severity
from session.state import SessionState
from studio.desk import Desk
from studio.open_project import OpenProject
from tests.support.qt_loop import QtRunner, until

_BROKEN = "def f(:\n    pass\n"


def _open(desk: Desk, path: Path) -> OpenProject:
    assert desk.service is not None
    return OpenProject(path, desk.service, desk.notices)


def test_a_failed_preparation_leaves_its_problems_and_a_mended_one_clears_them(
    qt: QtRunner, desk: Desk, tmp_path: Path
) -> None:
    async def scenario() -> None:
        program = tmp_path / "main.py"
        program.write_text(_BROKEN)
        project = _open(desk, program)
        assert project.play()
        await project.session.wait()
        assert project.session.state is SessionState.PREPARE_FAILED
        assert project.problems.count(Severity.ERROR) == 1
        location = project.problems.problems[0].location
        assert location is not None
        assert (location.path, location.line) == ("main.py", 1)
        program.write_text("print('mended')\n")
        project.play()
        await project.session.wait()
        assert project.problems.count(Severity.ERROR) == 0
        await project.close()

    qt.run(scenario())


def test_a_check_finds_problems_without_playing(qt: QtRunner, desk: Desk, tmp_path: Path) -> None:
    async def scenario() -> None:
        program = tmp_path / "main.py"
        program.write_text(_BROKEN)
        project = _open(desk, program)
        told: list[bool] = []
        project.checking_changed.connect(lambda: told.append(project.checking))
        project.check()
        project.check()  # replaces the first
        await until(lambda: told[-1:] == [False])
        assert project.problems.count(Severity.ERROR) == 1
        assert project.session.state is SessionState.IDLE
        assert desk.service is not None
        assert desk.service.history.list(program) == []
        await project.close()

    qt.run(scenario())


def test_a_run_that_cannot_be_recorded_is_a_notice(
    qt: QtRunner, desk: Desk, tmp_path: Path
) -> None:
    async def scenario() -> None:
        desk.home.runs.parent.mkdir(parents=True, exist_ok=True)
        desk.home.runs.write_text("a file where a folder should be")
        program = tmp_path / "main.py"
        program.write_text("print(1)\n")
        project = _open(desk, program)
        assert not project.play()
        assert project.session.state is SessionState.IDLE
        assert [notice.severity for notice in desk.notices.notices] == [Severity.ERROR]
        assert "Traceback" not in desk.notices.notices[0].text
        await project.close()

    qt.run(scenario())


def test_a_crash_of_the_program_is_a_notice_with_its_cause(
    qt: QtRunner, desk: Desk, tmp_path: Path
) -> None:
    async def scenario() -> None:
        program = tmp_path / "main.py"
        program.write_text("raise ValueError('no such level')\n")
        project = _open(desk, program)
        project.play()
        await project.session.wait()
        assert "no such level" in desk.notices.notices[-1].text
        assert project.title in desk.notices.notices[-1].text
        project.stop()  # nothing under way: nothing happens
        await project.close()

    qt.run(scenario())


def test_the_root_of_a_file_is_its_folder(qt: QtRunner, desk: Desk, tmp_path: Path) -> None:
    async def scenario() -> None:
        program = tmp_path / "main.py"
        program.write_text("")
        project, folder = _open(desk, program), _open(desk, tmp_path)
        assert project.root == folder.root == tmp_path
        changed: list[str | None] = []
        project.configuration_changed.connect(lambda: changed.append(project.configuration))
        project.choose_configuration("hard")
        project.choose_configuration("hard")
        project.choose_configuration(None)
        assert changed == ["hard", None]
        await project.close()
        await folder.close()

    qt.run(scenario())
