"""What a program tells of its progress reaches the session's listeners, and its log once."""

from pathlib import Path

from session.events import ProgressChanged, SessionEvent
from session.log.entry import LogEntry
from session.state import SessionState
from tests.support.simulated import open_ended, reach, simulated_service


async def test_progress_is_an_event_and_a_quiet_entry(tmp_path: Path) -> None:
    runtime = open_ended()
    session = simulated_service(tmp_path, runtime=runtime).open(tmp_path)
    events: list[SessionEvent] = []
    session.subscribe(events.append)
    run_id = session.play()
    await reach(session, SessionState.RUNNING)
    sink = runtime.executions[0].sink
    for fraction, text in ((0.5, "half"), (0.501, "half"), (None, "nearly"), (None, "")):
        sink.progressed(fraction, text)
    told = [event for event in events if isinstance(event, ProgressChanged)]
    assert told == [
        ProgressChanged(run_id, 0.5, "half"),
        ProgressChanged(run_id, 0.501, "half"),
        ProgressChanged(run_id, None, "nearly"),
        ProgressChanged(run_id, None, ""),
    ]
    assert session.log is not None
    entries = [row for row in session.log.read() if isinstance(row, LogEntry)]
    assert [row.message for row in entries if row.code == "progress"] == [
        "Progress: 50% half",
        "Progress: nearly",
    ]
    session.stop()
    await session.wait()
