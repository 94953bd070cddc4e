"""The service from Python, with no window, no command and no listener: it plays all the same."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from session.compose import build_service
from session.errors import IllegalTransition
from session.execution_session import ExecutionSession
from session.exit_info import Cause
from session.history import RunHistory
from session.home import Home
from session.log.entry import LogEntry, Severity, Source, StateEntry, Stream
from session.log.store import LogStore
from session.play_request import PlayRequest
from session.service import SessionService
from session.settings import SessionSettings
from session.state import SessionState
from tests.support.playhead import processes_of

pytestmark = pytest.mark.e2e

ECHO = """
import pathlib, sys
print("echo", sys.argv[1:], flush=True)
for line in sys.stdin:
    print("heard", line.strip(), flush=True)
pathlib.Path("heard.txt").write_text("all")
print("no more", file=sys.stderr)
"""
CLOCK = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
try:
    n = 0
    while True:
        print("tick", n, flush=True)
        n += 1
        time.sleep(0.02)
finally:
    print("put away", flush=True)
"""


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[SessionService]:
    service = build_service(Home.under(tmp_path / "home"), SessionSettings(grace_s=10))
    yield service
    await service.close()


def make(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "main.py").write_text(text)
    return folder


async def until(wanted: Callable[[], bool]) -> None:
    async with asyncio.timeout(40):
        while not wanted():
            await asyncio.sleep(0.01)


def log_of(session: ExecutionSession) -> LogStore:
    assert session.log is not None
    return session.log


def said(log: LogStore, stream: Stream = Stream.STDOUT) -> list[str]:
    rows = log.read(limit=10**6)
    return [row.message for row in rows if isinstance(row, LogEntry) and row.stream is stream]


def states(log: LogStore) -> list[str]:
    return [row.after for row in log.read(limit=10**6) if isinstance(row, StateEntry)]


async def test_two_projects_play_side_by_side_without_a_listener(
    service: SessionService, tmp_path: Path
) -> None:
    echo = service.open(make(tmp_path / "echo", ECHO))
    clock = service.open(make(tmp_path / "clock", CLOCK))
    assert service.open(tmp_path / "echo") is echo
    assert service.sessions == (echo, clock)
    assert {echo.state, clock.state} == {SessionState.IDLE}
    ids = (echo.play(PlayRequest(("a b",))), clock.play())
    assert {echo.state, clock.state} == {SessionState.PREPARING}
    await until(lambda: "tick 2" in said(log_of(clock)) and bool(said(log_of(echo))))
    assert {echo.state, clock.state} == {SessionState.RUNNING}
    echo.send_input("grüße\n".encode())
    await until(lambda: "heard grüße" in said(log_of(echo)))

    clock.stop()
    ended = await asyncio.wait_for(clock.wait(), 40)
    assert (ended.run_id, ended.state) == (ids[1], SessionState.STOPPED)
    assert ended.exit.cause is Cause.STOPPED_BY_USER
    assert clock.state is SessionState.STOPPED
    assert said(log_of(clock))[-1] == "put away"
    assert processes_of(ids[1]) == []
    with pytest.raises(IllegalTransition):
        clock.stop()

    assert echo.state is SessionState.RUNNING, "its neighbour's end is none of its business"
    echo.close_input()
    ended = await asyncio.wait_for(echo.wait(), 40)
    assert (ended.run_id, ended.state) == (ids[0], SessionState.STOPPED)
    assert ended.exit.cause is Cause.FINISHED
    assert echo.exit is ended.exit
    assert said(log_of(echo)) == ["echo ['a b']", "heard grüße"]
    assert said(log_of(echo), Stream.STDERR) == ["no more"]
    for session in (echo, clock):
        assert states(log_of(session)) == ["preparing", "connecting", "running", "stopped"]
        assert session.content_id is not None


async def test_close_stops_what_plays_and_the_history_has_it_all(
    service: SessionService, tmp_path: Path
) -> None:
    clock = service.open(make(tmp_path / "clock", CLOCK))
    echo = service.open(make(tmp_path / "echo", ECHO))
    ids = (clock.play(), echo.play())
    await until(lambda: "tick 1" in said(log_of(clock)) and bool(said(log_of(echo))))
    contents = clock.content_id, echo.content_id
    await asyncio.wait_for(service.close(), 40)
    assert service.sessions == ()
    assert [pid for run_id in ids for pid in processes_of(run_id)] == []

    history = RunHistory(Home.under(tmp_path / "home"))  # as another process would see it
    assert {record.run_id for record in history.list()} == set(ids)
    for run_id, project, content in zip(ids, ("clock", "echo"), contents, strict=True):
        record = history.find(run_id)
        assert [one.run_id for one in history.list(tmp_path / project)] == [run_id]
        assert (record.project, record.state) == (tmp_path / project, SessionState.STOPPED)
        assert (record.content_id, record.kind) == (content, "cartridge")
        assert record.ended
        assert record.ended >= record.started
        assert not history.is_live(run_id)
        log = history.open_log(run_id)
        rows = log.read(limit=10**6)
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        assert {row.source for row in rows if isinstance(row, LogEntry)} == set(Source)
        assert states(log) == ["preparing", "connecting", "running", "stopped"]
        log.close()
    log = history.open_log(ids[0])
    lines = said(log)
    assert lines == [*(f"tick {n}" for n in range(len(lines) - 1)), "put away"]
    log.close()


async def test_a_session_plays_again_after_every_kind_of_end(
    service: SessionService, tmp_path: Path
) -> None:
    project = make(tmp_path / "project", "def f(:\n")
    session = service.open(project)
    texts = {
        "def f(:\n": (SessionState.PREPARE_FAILED, Cause.PREPARE_FAILED),
        "1 / 0\n": (SessionState.RUNTIME_FAILED, Cause.EXCEPTION),
        "raise SystemExit(3)\n": (SessionState.RUNTIME_FAILED, Cause.EXIT_CODE),
        "print('fine')\n": (SessionState.STOPPED, Cause.FINISHED),
    }
    for text, (state, cause) in texts.items():
        (project / "main.py").write_text(text)
        run_id = session.play()
        ended = await asyncio.wait_for(session.wait(), 40)
        assert service.history.find(run_id).state is state
        assert (ended.run_id, ended.state, ended.exit.cause) == (run_id, state, cause)
        assert session.state is state
        rows = log_of(session).read(limit=10**6)
        errors = [row for row in rows if isinstance(row, LogEntry) and row.code]
        failed_by_itself = cause in {Cause.PREPARE_FAILED, Cause.EXCEPTION}
        assert any(row.severity is Severity.ERROR for row in errors) == failed_by_itself
    assert len(service.history.list()) == len(texts)


async def test_runs_in_quick_succession_are_listed_newest_first(
    service: SessionService, tmp_path: Path
) -> None:
    session = service.open(make(tmp_path / "project", "def f(:\n"))
    ids = []
    for _ in range(12):
        ids.append(session.play())
        await asyncio.wait_for(session.wait(), 40)
    assert [record.run_id for record in service.history.list()] == ids[::-1]
    assert service.history.find("last").run_id == ids[-1]
