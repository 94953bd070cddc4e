"""The session between a simulated preparation and a simulated runtime."""

import asyncio
import itertools
import random
from pathlib import Path

import pytest

from session.errors import ConnectFailed, HomeUnusable, IllegalTransition
from session.events import (
    LogGrew,
    RunEnded,
    RunStarted,
    SessionEvent,
    StateChanged,
    StopRequested,
    TailChanged,
    TriggerDropped,
)
from session.exit_info import Cause, ExitInfo
from session.log.entry import LogEntry, NewEntry, Severity, Source, StateEntry, Stream
from session.play_request import PlayRequest
from session.run_id import RunId, new_run_id
from session.settings import SessionSettings
from session.state import SessionState, Trigger
from tests.support.simulated import (
    PREPARATION,
    SimulatedExecution,
    SimulatedPreparer,
    SimulatedRuntime,
    now,
    open_ended,
    prepare_failure,
    reach,
    simulated_service,
)


async def test_successful_preparation_gives_the_expected_states_and_log(tmp_path: Path) -> None:
    runtime = SimulatedRuntime(lambda sink: SimulatedExecution(sink, [b"hello\n", b"bye\n"]))
    service = simulated_service(tmp_path, SimulatedPreparer(PREPARATION), runtime)
    session = service.open(tmp_path)
    session.play()
    end = await session.wait()
    assert end.state is now(session) is SessionState.STOPPED
    assert end.exit.cause is Cause.FINISHED
    log = session.log
    assert log is not None
    rows = log.read()
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert [(row.before, row.after) for row in rows if isinstance(row, StateEntry)] == [
        ("idle", "preparing"),
        ("preparing", "connecting"),
        ("connecting", "running"),
        ("running", "stopped"),
    ]
    assert [(r.source, r.message) for r in rows if isinstance(r, LogEntry)] == [
        *((new.source, new.message) for new in PREPARATION),
        (Source.RUNTIME, "hello"),
        (Source.RUNTIME, "bye"),
    ]
    await service.close()


async def test_failed_preparation_gives_the_expected_state_and_log(tmp_path: Path) -> None:
    runtime = SimulatedRuntime()
    service = simulated_service(
        tmp_path, SimulatedPreparer(PREPARATION, failure=prepare_failure()), runtime
    )
    session = service.open(tmp_path)
    session.play()
    end = await session.wait()
    assert now(session) is SessionState.PREPARE_FAILED
    assert end.exit.cause is Cause.PREPARE_FAILED
    assert end.exit.next_step == "Mend them."
    assert runtime.executions == []
    assert session.log is not None
    entries = [row for row in session.log.read() if isinstance(row, LogEntry)]
    assert [e.source for e in entries] == [new.source for new in PREPARATION]
    await service.close()


async def test_a_session_without_any_subscriber_can_be_asked_at_any_time(tmp_path: Path) -> None:
    service = simulated_service(tmp_path, runtime=open_ended())
    session = service.open(tmp_path)
    assert now(session) is SessionState.IDLE
    session.play()
    assert now(session) is SessionState.PREPARING
    await reach(session, SessionState.RUNNING)
    log = session.log
    assert log is not None
    assert log.last_seq == 3
    session.stop()
    await session.wait()
    assert now(session) is SessionState.STOPPED
    await service.close()


async def test_the_session_survives_a_workspace_that_is_recreated(tmp_path: Path) -> None:
    runtime = SimulatedRuntime(
        lambda sink: SimulatedExecution(sink, [b"line %d\n" % n for n in range(300)])
    )
    service = simulated_service(tmp_path, SimulatedPreparer(PREPARATION), runtime)
    session = service.open(tmp_path)
    run_id = session.play()
    seen: list[int] = []
    while session.state.active:  # each turn is a workspace that mounts, reads and is destroyed
        grew: list[SessionEvent] = []
        unsubscribe = session.subscribe(grew.append)
        await asyncio.sleep(0)
        log = session.log
        assert log is not None
        seen += [row.seq for row in log.read(after=seen[-1] if seen else 0)]
        unsubscribe()
    assert service.open(tmp_path) is session
    assert session.run_id == run_id
    assert session.log is not None
    seen += [row.seq for row in session.log.read(after=seen[-1])]
    assert seen == list(range(1, session.log.last_seq + 1))
    await service.close()


async def test_events_say_what_happened_in_order(tmp_path: Path) -> None:
    runtime = SimulatedRuntime(lambda sink: SimulatedExecution(sink, [b"one\n", b"Name? "]))
    service = simulated_service(tmp_path, runtime=runtime)
    session = service.open(tmp_path)
    events: list[SessionEvent] = []
    session.subscribe(events.append)
    run_id = session.play()
    await session.wait()
    assert isinstance(events[0], RunStarted)
    changes = [e for e in events if isinstance(e, StateChanged)]
    assert [c.cause for c in changes] == ["play", "prepared", "connected", "finished"]
    assert [c.seq for c in changes] == sorted(c.seq for c in changes)
    assert TailChanged(run_id, Stream.STDOUT) in events
    assert any(isinstance(e, LogGrew) and e.last_seq >= 4 for e in events)
    assert isinstance(events[-1], RunEnded)
    await service.close()


async def test_a_listener_that_raises_disturbs_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    service = simulated_service(tmp_path)
    session = service.open(tmp_path)
    heard: list[SessionEvent] = []

    def broken(event: SessionEvent) -> None:
        raise ZeroDivisionError

    session.subscribe(broken)
    session.subscribe(heard.append)
    session.play()
    await session.wait()
    assert now(session) is SessionState.STOPPED
    assert isinstance(heard[-1], RunEnded)
    assert "a listener failed" in caplog.text
    await service.close()


async def test_stop_asks_first_and_kills_after_the_grace(tmp_path: Path) -> None:
    deaf = SimulatedRuntime(lambda sink: SimulatedExecution(sink, end=None, deaf=True))
    service = simulated_service(tmp_path, runtime=deaf)
    session = service.open(tmp_path)
    session.play()
    await reach(session, SessionState.RUNNING)
    session.stop()
    assert now(session) is SessionState.RUNNING  # stopped means gone, not asked
    assert session.stop_requested
    await session.wait()
    assert deaf.executions[0].calls == ["interrupt", "kill"]
    assert now(session) is SessionState.STOPPED
    assert session.exit is not None
    assert session.exit.cause is Cause.STOPPED_BY_USER
    await service.close()


async def test_a_second_stop_skips_the_grace(tmp_path: Path) -> None:
    deaf = SimulatedRuntime(lambda sink: SimulatedExecution(sink, end=None, deaf=True))
    service = simulated_service(tmp_path, runtime=deaf, settings=SessionSettings(grace_s=3600))
    session = service.open(tmp_path)
    events: list[SessionEvent] = []
    session.subscribe(events.append)
    session.play()
    await reach(session, SessionState.RUNNING)
    session.stop()
    await asyncio.sleep(0.01)
    session.stop()
    async with asyncio.timeout(10):
        await session.wait()
    assert deaf.executions[0].calls == ["interrupt", "kill"]
    asked = [e.force for e in events if isinstance(e, StopRequested)]
    assert asked == [False, True]
    await service.close()


async def test_stop_while_preparing_cancels_the_preparation(tmp_path: Path) -> None:
    preparer = SimulatedPreparer(delay_s=3600)
    runtime = SimulatedRuntime()
    service = simulated_service(tmp_path, preparer, runtime)
    session = service.open(tmp_path)
    session.play()
    await asyncio.sleep(0.01)
    assert now(session) is SessionState.PREPARING
    session.stop()
    end = await session.wait()
    assert end.state is SessionState.STOPPED
    assert end.exit.cause is Cause.STOPPED_BY_USER
    assert preparer.cancelled == 1
    assert runtime.executions == []
    await service.close()


async def test_stop_with_nothing_running_is_illegal_and_changes_nothing(tmp_path: Path) -> None:
    service = simulated_service(tmp_path)
    session = service.open(tmp_path)
    with pytest.raises(IllegalTransition):
        session.stop()
    assert now(session) is SessionState.IDLE
    session.play()
    await session.wait()
    with pytest.raises(IllegalTransition):
        session.stop()
    assert now(session) is SessionState.STOPPED
    await service.close()


async def test_play_in_mid_run_stops_and_plays_again(tmp_path: Path) -> None:
    runtime = open_ended()
    service = simulated_service(tmp_path, runtime=runtime)
    session = service.open(tmp_path)
    first = session.play()
    await reach(session, SessionState.RUNNING)
    second = session.play(PlayRequest(("again",)))
    assert session.run_id == first
    async with asyncio.timeout(10):
        while session.run_id != second or session.state is not SessionState.RUNNING:
            await asyncio.sleep(0)
    assert len(runtime.executions) == 2
    assert runtime.executions[0].calls[0] == "interrupt"
    session.stop()
    await session.wait()
    ended = {record.run_id: record for record in service.history.list(tmp_path)}
    assert set(ended) == {first, second}
    assert ended[second].args == ("again",)
    assert all(record.state is SessionState.STOPPED for record in ended.values())
    await service.close()


async def test_stop_takes_back_a_play_that_waits(tmp_path: Path) -> None:
    runtime = open_ended()
    service = simulated_service(tmp_path, runtime=runtime)
    session = service.open(tmp_path)
    first = session.play()
    await reach(session, SessionState.RUNNING)
    session.play()
    session.stop()
    await session.wait()
    assert session.run_id == first
    assert len(runtime.executions) == 1
    assert [record.run_id for record in service.history.list(tmp_path)] == [first]
    await service.close()


async def test_a_late_trigger_of_an_older_run_is_dropped_and_announced(tmp_path: Path) -> None:
    service = simulated_service(tmp_path, runtime=open_ended())
    session = service.open(tmp_path)
    session.play()
    await reach(session, SessionState.RUNNING)
    events: list[SessionEvent] = []
    session.subscribe(events.append)
    session.apply(RunId("20200101-000000-000000"), Trigger.FAILED)
    assert now(session) is SessionState.RUNNING
    assert events == [TriggerDropped(RunId("20200101-000000-000000"), "failed")]
    await service.close()


async def test_an_illegal_trigger_raises_and_changes_nothing(tmp_path: Path) -> None:
    service = simulated_service(tmp_path, runtime=open_ended())
    session = service.open(tmp_path)
    run_id = session.play()
    await reach(session, SessionState.RUNNING)
    assert session.log is not None
    before = session.log.last_seq
    with pytest.raises(IllegalTransition):
        session.apply(run_id, Trigger.PREPARED)
    assert now(session) is SessionState.RUNNING
    assert session.log.last_seq == before
    await service.close()


async def test_a_worker_that_does_not_connect_is_a_runtime_failure(tmp_path: Path) -> None:
    failure = ConnectFailed("No word from the worker.", code="connect-timeout", hint="Try again.")
    runtime = SimulatedRuntime(lambda sink: SimulatedExecution(sink, connect_failure=failure))
    service = simulated_service(tmp_path, runtime=runtime)
    session = service.open(tmp_path)
    session.play()
    end = await session.wait()
    assert end.state is SessionState.RUNTIME_FAILED
    assert end.exit.cause is Cause.CONNECT_TIMEOUT
    assert session.log is not None
    errors = [r for r in session.log.read() if isinstance(r, LogEntry) and r.code]
    assert [(e.code, e.hint) for e in errors] == [("connect-timeout", "Try again.")]
    await service.close()


async def test_a_program_that_fails_is_a_runtime_failure(tmp_path: Path) -> None:
    end_info = ExitInfo(Cause.EXIT_CODE, "Ended with exit code 3.", 3)
    runtime = SimulatedRuntime(lambda sink: SimulatedExecution(sink, end=end_info))
    service = simulated_service(tmp_path, runtime=runtime)
    session = service.open(tmp_path)
    session.play()
    end = await session.wait()
    assert end.state is SessionState.RUNTIME_FAILED
    assert session.exit == end_info
    (record,) = service.history.list()
    assert record.exit == end_info
    assert record.ended is not None
    await service.close()


async def test_a_fault_inside_playhead_ends_the_run_in_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    service = simulated_service(tmp_path, SimulatedPreparer(failure=ZeroDivisionError("oh")))
    session = service.open(tmp_path)
    session.play()
    end = await session.wait()
    assert end.state is SessionState.PREPARE_FAILED
    assert end.exit.cause is Cause.UNKNOWN
    assert "fault of Playhead" in (end.exit.next_step or "")
    assert "failed inside Playhead" in caplog.text
    await service.close()


async def test_input_sent_before_the_program_is_there_reaches_it(tmp_path: Path) -> None:
    runtime = open_ended()
    service = simulated_service(tmp_path, runtime=runtime)
    session = service.open(tmp_path)
    session.play()
    session.send_input(b"early\n")
    await reach(session, SessionState.RUNNING)
    session.send_input(b"late\n")
    session.close_input()
    assert runtime.executions[0].received == [b"early\n", b"late\n", None]
    await service.close()


async def test_sessions_run_side_by_side(tmp_path: Path) -> None:
    service = simulated_service(tmp_path, runtime=open_ended())
    projects = [tmp_path / name for name in "abc"]
    for project in projects:
        project.mkdir()
    sessions = [service.open(project) for project in projects]
    for session in sessions:
        session.play()
        await reach(session, SessionState.RUNNING)
    sessions[1].stop()
    await sessions[1].wait()
    assert [s.state for s in sessions] == [
        SessionState.RUNNING,
        SessionState.STOPPED,
        SessionState.RUNNING,
    ]
    await service.close()
    assert all(session.state is SessionState.STOPPED for session in sessions)


async def test_a_home_that_cannot_be_written_is_said_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    service = simulated_service(tmp_path)
    session = service.open(tmp_path)
    with pytest.raises(HomeUnusable) as caught:
        session.play()
    assert "PLAYHEAD_HOME" in (caught.value.hint or "")
    assert now(session) is SessionState.IDLE


async def test_a_closed_session_makes_room_for_a_new_one(tmp_path: Path) -> None:
    service = simulated_service(tmp_path)
    first = service.open(tmp_path)
    first.play()
    await first.wait()
    await first.close()
    second = service.open(tmp_path)
    assert second is not first
    second.play()
    await second.wait()
    assert len(service.history.list(tmp_path)) == 2
    await service.close()


async def test_a_thousand_random_clicks_end_consistent(tmp_path: Path) -> None:
    chance = random.Random(20261120)
    preparer = SimulatedPreparer([NewEntry(Source.BUILD, Severity.INFO, "step")])
    runtime = SimulatedRuntime(
        lambda sink: SimulatedExecution(
            sink,
            [b"x\n"] * chance.randrange(4),
            end=chance.choice([None, ExitInfo(Cause.FINISHED, "Finished.", 0)]),
            deaf=chance.random() < 0.3,
        )
    )
    service = simulated_service(
        tmp_path, preparer, runtime, SessionSettings(grace_s=0.002, history_runs=5)
    )
    session = service.open(tmp_path)
    changes: list[StateChanged] = []
    session.subscribe(lambda e: changes.append(e) if isinstance(e, StateChanged) else None)
    for _ in range(1000):
        preparer.delay_s = chance.choice([0, 0, 0.001])
        if chance.random() < 0.5:
            session.play()
        elif session.state.active:
            session.stop()
        for _ in range(chance.randrange(6)):
            await asyncio.sleep(0)
    await service.close()
    assert not session.state.active
    for before, after in itertools.pairwise(changes):
        assert before.after is after.before
    terminal = {SessionState.STOPPED, SessionState.PREPARE_FAILED, SessionState.RUNTIME_FAILED}
    per_run: dict[RunId, int] = {}
    for change in changes:
        per_run[change.run_id] = per_run.get(change.run_id, 0) + (change.after in terminal)
    assert set(per_run.values()) == {1}
    assert len(service.history.list(tmp_path)) <= 5
    assert list((tmp_path / "home" / "runs" / "live").iterdir()) == []


def test_run_ids_are_unique_and_sort_by_time() -> None:
    ids = [new_run_id() for _ in range(500)]
    assert len(set(ids)) == 500
    assert ids == sorted(ids)


async def test_a_grace_set_later_counts_for_sessions_that_are_open(tmp_path: Path) -> None:
    deaf = SimulatedRuntime(lambda sink: SimulatedExecution(sink, end=None, deaf=True))
    service = simulated_service(tmp_path, runtime=deaf, settings=SessionSettings(grace_s=3600))
    session = service.open(tmp_path)
    service.set_grace(0.01)
    session.play()
    await reach(session, SessionState.RUNNING)
    session.stop()
    ended = await asyncio.wait_for(session.wait(), 10)
    assert ended.state is SessionState.STOPPED
    assert deaf.executions[0].calls == ["interrupt", "kill"]
    await service.close()
