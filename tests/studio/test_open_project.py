"""An open project: problems of its last preparation, checks, plays that cannot be recorded."""

import socket
from pathlib import Path

from session.log.entry import LogEntry, Severity
from session.play_request import PlayRequest
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


_SERVER = """\
import socket, sys, time
taken = socket.create_server(("127.0.0.1", {}))
print("listening", flush=True)
time.sleep({})
"""


def test_the_run_that_holds_a_port_is_stopped_and_this_one_plays_again(
    qt: QtRunner, desk: Desk, tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    async def scenario() -> None:
        request = PlayRequest(grants=("net",))
        first, second = tmp_path / "first.py", tmp_path / "second.py"
        first.write_text(_SERVER.format(port, 100))
        second.write_text(_SERVER.format(port, 0))
        holder, other = _open(desk, first), _open(desk, second)
        assert holder.play(request)
        await until(lambda: "listening" in _printed(holder))
        assert other.play(request)
        await other.session.wait()
        record = other.session.record
        assert record is not None
        assert record.blocked_by == holder.session.run_id

        wishes: list[PlayRequest] = []
        other.play_requested.connect(wishes.append)
        other.unblock_and_play(record)
        await until(lambda: bool(wishes))
        assert wishes == [request]
        assert holder.session.state is SessionState.STOPPED
        other.play(wishes[0])
        assert (await other.session.wait()).state is SessionState.STOPPED
        await holder.close()
        await other.close()

    qt.run(scenario())


def _printed(project: OpenProject) -> str:
    log = project.session.log
    rows = [] if log is None else log.read(0, 100)
    return "\n".join(row.message for row in rows if isinstance(row, LogEntry))
