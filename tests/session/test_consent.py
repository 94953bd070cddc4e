"""What nobody has answered for: asked before the program starts, or denied; real programs."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from session.compose import build_service
from session.events import RunEnded
from session.execution_session import ExecutionSession
from session.exit_info import Cause
from session.home import Home
from session.log.entry import LogEntry, Severity
from session.play_request import PlayRequest
from session.ports import Prepared
from session.record import RunRecord
from session.rights import Question
from session.settings import SessionSettings
from session.state import SessionState
from tests.support.control_groups import NO_GROUP

TRIES = """\
import os, socket
try:
    socket.create_connection(("127.0.0.1", {port}), 2).close()
    print("reached")
except OSError:
    print("kept apart")
print("sees", os.environ.get("SECRET_OF_MINE"))
"""
NET = Question("net", (), ("socket",))
FOREIGN = PlayRequest(foreign=True)


class Asked:
    """A user who answers as told, and what was asked."""

    def __init__(self, answer: Sequence[str] | None) -> None:
        self.answer = answer
        self.questions: list[tuple[Question, ...]] = []

    async def __call__(self, prepared: Prepared) -> Sequence[Question] | None:
        self.questions.append(prepared.questions)
        if self.answer is None:
            return None
        return [one for one in prepared.questions if one.permission in self.answer]


def project(folder: Path, port: int = 9, manifest: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "main.py").write_text(TRIES.format(port=port))
    if manifest:
        (folder / "pyproject.toml").write_text(f"[tool.playhead]\n{manifest}")
    return folder


def opened(tmp_path: Path, where: Path, isolation: str = "strict") -> ExecutionSession:
    settings = SessionSettings(isolation=isolation)
    return build_service(Home.under(tmp_path / "home"), settings).open(where)


async def played(session: ExecutionSession, request: PlayRequest | None = None) -> RunEnded:
    session.play(request)
    return await asyncio.wait_for(session.wait(), 50)


def rows(session: ExecutionSession) -> list[LogEntry]:
    assert session.log is not None
    return [row for row in session.log.read(0, 1000) if isinstance(row, LogEntry)]


def messages(session: ExecutionSession) -> list[str]:
    return [row.message for row in rows(session)]


@pytest.mark.parametrize(("answer", "line"), [(["net"], "reached"), ([], "kept apart")])
async def test_the_answer_is_what_the_program_may(
    tmp_path: Path, answer: list[str], line: str
) -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    session = opened(tmp_path, project(tmp_path / "project", port))
    session.consent = asked = Asked(answer)
    await played(session)
    server.close()
    assert asked.questions == [(NET,)]
    assert line in messages(session)


async def test_where_nobody_can_be_asked_it_is_denied_and_the_log_knows(tmp_path: Path) -> None:
    session = opened(tmp_path, project(tmp_path / "project"))
    await played(session)
    (row,) = (row for row in rows(session) if row.code == "permission-lacking")
    assert row.severity is Severity.DEBUG
    assert "--grant net" in (row.hint or "")
    assert "socket" in (row.hint or "")


async def test_cancel_ends_the_run_before_the_program_starts(tmp_path: Path) -> None:
    session = opened(tmp_path, project(tmp_path / "project"))
    session.consent = Asked(None)
    end = await played(session)
    assert (end.state, end.exit.cause) == (SessionState.STOPPED, Cause.STOPPED_BY_USER)
    assert "kept apart" not in messages(session)


async def test_stop_while_the_question_is_open(tmp_path: Path) -> None:
    session = opened(tmp_path, project(tmp_path / "project"))
    open_now, called_off = asyncio.Event(), asyncio.Event()

    async def never(_: Prepared) -> Sequence[Question]:
        open_now.set()
        try:
            await asyncio.Event().wait()
        finally:
            called_off.set()
        return ()

    session.consent = never
    session.play()
    await asyncio.wait_for(open_now.wait(), 30)
    session.stop()
    end = await asyncio.wait_for(session.wait(), 30)
    assert end.state is SessionState.STOPPED
    assert called_off.is_set()


@pytest.mark.parametrize("remember", ["add", "refuse"])
async def test_what_is_remembered_is_not_asked_again(tmp_path: Path, remember: str) -> None:
    where = project(tmp_path / "project")
    service = build_service(Home.under(tmp_path / "home"))
    session = service.open(where)
    session.consent = asked = Asked([])
    await played(session)
    assert session.record is not None
    getattr(service.grants, remember)(session.record.grant_key, "net")
    await played(session)
    assert len(asked.questions) == 1
    assert ("net" in (session.record.isolation or {})["granted"]) is (remember == "add")


MANIFEST = """\
id = "org.example.mine"
permissions = { net = true, env = ["SECRET_OF_MINE"], write = ["."], display = true, run = false }
"""


async def test_somebody_elses_project_has_nothing_that_it_only_says_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_MINE", "hush")
    where = project(tmp_path / "project", manifest=MANIFEST)
    session = opened(tmp_path, where)
    session.consent = asked = Asked([])
    end = await played(session, FOREIGN)
    assert end.exit.cause is Cause.FINISHED, end.exit.message
    assert asked.questions == [
        (
            Question("net"),
            Question("write", (".",)),
            Question("env", ("SECRET_OF_MINE",)),
            Question("display"),
        )
    ]
    assert {"kept apart", "sees None"} <= set(messages(session))
    lacking = [row for row in rows(session) if row.code == "permission-lacking"]
    assert {row.severity for row in lacking} == {Severity.WARNING}
    assert session.record is not None
    assert (session.record.isolation or {})["granted"] == []
    assert session.record.data_key == "foreign-org.example.mine", "not the folder of one's own"
    assert session.record.grant_key == session.record.content_id, "another content asks anew"
    session.consent = Asked(["env"])
    await played(session, FOREIGN)
    assert "sees hush" in messages(session)


async def test_own_answers_are_not_those_of_somebody_elses_project(tmp_path: Path) -> None:
    where = project(tmp_path / "project", manifest=MANIFEST)
    service = build_service(Home.under(tmp_path / "home"))
    service.grants.add("org.example.mine", "net")
    session = service.open(where)
    session.consent = asked = Asked([])
    await played(session, FOREIGN)
    assert "net" in [one.permission for one in asked.questions[0]]


@pytest.mark.skipif(bool(NO_GROUP), reason=NO_GROUP)
async def test_a_control_group_is_layer_enough_for_processes(tmp_path: Path) -> None:
    session = opened(tmp_path, project(tmp_path / "project"), "portable")
    end = await played(session, FOREIGN)
    assert end.exit.cause is Cause.FINISHED


#: Profiles that are too little for somebody else's project on this machine.
TOO_LITTLE = ["none", *(["portable"] if NO_GROUP else [])]


@pytest.mark.parametrize("isolation", TOO_LITTLE)
async def test_somebody_elses_project_takes_layers_or_a_word(
    tmp_path: Path, isolation: str
) -> None:
    session = opened(tmp_path, project(tmp_path / "project"), isolation)
    end = await played(session, FOREIGN)
    assert (end.state, end.exit.cause) == (
        SessionState.RUNTIME_FAILED,
        Cause.ISOLATION_MISSING,
    )
    assert "somebody else's project" in end.exit.message
    assert "reduced" in (end.exit.next_step or "")
    assert [row.code for row in rows(session) if row.severity is Severity.ERROR] == [
        "isolation-missing"
    ]
    end = await played(session, FOREIGN._replace(reduced_isolation=True))
    assert end.exit.cause is Cause.FINISHED
    assert session.record is not None
    assert session.record.request == FOREIGN._replace(reduced_isolation=True)
    assert RunRecord.from_json(session.record.to_json()).request == session.record.request


async def test_somebody_elses_environment_is_not_started(tmp_path: Path) -> None:
    where = project(tmp_path / "project")
    (where / ".venv" / "bin").mkdir(parents=True)
    python = where / ".venv" / "bin" / "python"
    python.write_text(f"#!/bin/sh\ntouch {tmp_path}/escaped\n")
    python.chmod(0o755)
    (where / ".venv" / "pyvenv.cfg").write_text("home = /usr/bin\n")
    session = opened(tmp_path, where)
    end = await played(session, FOREIGN)
    assert end.state is SessionState.PREPARE_FAILED
    assert ".venv" in end.exit.message
    assert not (tmp_path / "escaped").exists()
