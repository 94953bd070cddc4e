"""A session whose log, record or processes do not do as they should."""

import asyncio
from pathlib import Path

import pytest

from session.errors import LogUnwritable
from session.exit_info import Cause, ExitInfo
from session.log.entry import NewEntry, Source
from session.log.store import LogStore
from session.state import SessionState
from tests.support.simulated import (
    PREPARATION,
    SimulatedExecution,
    SimulatedPreparer,
    SimulatedRuntime,
    entry,
    open_ended,
    reach,
    simulated_service,
)


class FullDisk:
    """A log store whose disk is full from some entry on."""

    def __init__(self, log: LogStore, at: int) -> None:
        self._log, self._at, self._append = log, at, log.append

    def append(self, new: NewEntry) -> int:
        if self._log.last_seq >= self._at:
            raise LogUnwritable(self._log.folder, "No space left on device")
        return self._append(new)


@pytest.mark.parametrize("at", [2, 4])
async def test_a_log_that_cannot_be_written_ends_the_run_in_any_phase(
    tmp_path: Path, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = SimulatedRuntime(lambda sink: SimulatedExecution(sink, end=None))
    service = simulated_service(tmp_path, SimulatedPreparer(PREPARATION), runtime)
    session = service.open(tmp_path)
    session.play()
    log = session.log
    assert log is not None
    monkeypatch.setattr(log, "append", FullDisk(log, at).append)
    async with asyncio.timeout(10):
        end = await session.wait()
    assert end.exit.cause is Cause.LOG_UNWRITABLE
    assert "No space left" in end.exit.message
    assert end.state is SessionState.PREPARE_FAILED
    assert runtime.executions == []
    await service.close()


async def test_a_log_that_fails_in_mid_run_ends_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = open_ended()
    service = simulated_service(tmp_path, runtime=runtime)
    session = service.open(tmp_path)
    session.play()
    await reach(session, SessionState.RUNNING)
    log = session.log
    assert log is not None
    monkeypatch.setattr(log, "append", FullDisk(log, 0).append)
    runtime.executions[0].sink.log(entry(Source.RUNTIME, "too much"))
    async with asyncio.timeout(10):
        end = await session.wait()
    assert (end.state, end.exit.cause) == (SessionState.RUNTIME_FAILED, Cause.LOG_UNWRITABLE)
    assert "kill" in runtime.executions[0].calls
    await service.close()


async def test_a_record_that_cannot_be_completed_ends_the_run_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    service = simulated_service(tmp_path)
    session = service.open(tmp_path)
    session.play()
    log = session.log
    assert log is not None

    def fail() -> None:
        raise LogUnwritable(tmp_path, "No space left on device")

    monkeypatch.setattr(log, "sync", fail)
    async with asyncio.timeout(10):
        end = await session.wait()
    assert end.state is SessionState.STOPPED
    assert "is incomplete" in caplog.text
    assert not service.history.is_live(end.run_id)
    await service.close()


async def test_a_process_that_cannot_be_ended_is_a_failure_and_not_stopped(tmp_path: Path) -> None:
    stuck = ExitInfo(Cause.NOT_ENDED, "Not every process could be ended: dd (1).")
    runtime = SimulatedRuntime(lambda sink: SimulatedExecution(sink, end=None, stop_end=stuck))
    service = simulated_service(tmp_path, runtime=runtime)
    session = service.open(tmp_path)
    session.play()
    await reach(session, SessionState.RUNNING)
    session.stop()
    end = await session.wait()
    assert (end.state, end.exit) == (SessionState.RUNTIME_FAILED, stuck)
    await service.close()
