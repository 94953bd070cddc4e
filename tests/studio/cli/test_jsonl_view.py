"""The lines of `--jsonl` have exactly the shapes that the design page promises."""

import json

from hypothesis import given
from hypothesis import strategies as st

from session.events import RunEnded
from session.exit_info import Cause, ExitInfo
from session.log.entry import Location, LogEntry, Severity, Source, StateEntry, Stream
from session.log.jsonl import row_object
from session.run_id import RunId
from session.state import SessionState
from studio.cli.jsonl_view import JsonlView

RUN = RunId("20260101-100000-aaaaaa")
_MAYBE_TEXT = st.none() | st.text()
_ENTRIES = st.builds(
    LogEntry,
    seq=st.integers(1, 10**9),
    time=st.floats(0, 2**32),
    source=st.sampled_from(Source),
    severity=st.sampled_from(Severity),
    message=st.text(),
    stream=st.none() | st.sampled_from(Stream),
    continued=st.booleans(),
    origin=_MAYBE_TEXT,
    location=st.none() | st.builds(Location, st.text()),
    code=_MAYBE_TEXT,
    hint=_MAYBE_TEXT,
)
_LINES = st.builds(
    LogEntry,
    seq=st.integers(1, 10**9),
    time=st.floats(0, 2**32),
    source=st.just(Source.RUNTIME),
    severity=st.sampled_from(Severity),
    message=st.text(),
    stream=st.sampled_from(Stream),
    continued=st.booleans(),
)


@given(st.lists(_ENTRIES | _LINES))
def test_the_quick_way_and_the_plain_way_agree(rows: list[LogEntry]) -> None:
    expected = [json.dumps(row_object(row, RUN), ensure_ascii=False) for row in rows]
    assert JsonlView(RUN).page(rows) == "".join(line + "\n" for line in expected)


def test_the_shapes() -> None:
    view = JsonlView(RUN)
    state = view.page([StateEntry(1, 1.5, "idle", "preparing", "play")])
    entry = view.page([LogEntry(2, 2.0, Source.BUILD, Severity.INFO, "é\x1b\n")])
    end = view.end(
        RunEnded(RUN, SessionState.STOPPED, ExitInfo(Cause.FINISHED, "Finished.", 0), 1.23456),
        "sha256:00",
    )
    assert json.loads(state) == {
        "type": "state",
        "seq": 1,
        "at": "1970-01-01T00:00:01.500Z",
        "run": RUN,
        "from": "idle",
        "to": "preparing",
        "cause": "play",
    }
    assert json.loads(entry) == {
        "type": "log",
        "seq": 2,
        "at": "1970-01-01T00:00:02.000Z",
        "run": RUN,
        "source": "build",
        "severity": "info",
        "message": "é\x1b\n",
        "stream": None,
        "continued": False,
        "origin": None,
        "location": None,
        "code": None,
        "hint": None,
    }
    assert json.loads(end) == {
        "type": "exit",
        "run": RUN,
        "state": "stopped",
        "cause": "finished",
        "code": 0,
        "message": "Finished.",
        "content_id": "sha256:00",
        "duration_s": 1.235,
    }
