import json

import pytest

from session.log.entry import Location, LogEntry, Severity, Source, StateEntry, Stream
from session.log.jsonl import row_object, timestamp


def test_a_state_change() -> None:
    row = StateEntry(1, 0.0, "idle", "preparing", "play")
    assert json.dumps(row_object(row, "r1")) == (
        '{"type": "state", "seq": 1, "at": "1970-01-01T00:00:00.000Z", "run": "r1", '
        '"from": "idle", "to": "preparing", "cause": "play"}'
    )


def test_a_line_of_output() -> None:
    row = LogEntry(2, 1.5, Source.RUNTIME, Severity.INFO, "hé", Stream.STDERR, continued=True)
    assert row_object(row, "r1") == {
        "type": "log",
        "seq": 2,
        "at": "1970-01-01T00:00:01.500Z",
        "run": "r1",
        "source": "runtime",
        "severity": "info",
        "message": "hé",
        "stream": "stderr",
        "continued": True,
        "origin": None,
        "location": None,
        "code": None,
        "hint": None,
    }


def test_an_entry_with_everything() -> None:
    row = LogEntry(
        3,
        0.0,
        Source.PACK_VALIDATION,
        Severity.ERROR,
        "no",
        origin="step",
        location=Location("a.py", 3),
        code="c",
        hint="h",
    )
    found = row_object(row, "r1")
    assert found["source"] == "pack-validation"
    assert found["location"] == {"path": "a.py", "line": 3, "column": None}
    assert (found["origin"], found["code"], found["hint"]) == ("step", "c", "h")
    json.dumps(found)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1795168826.9999, "2026-11-20T10:00:26.999Z"), (253402300799.0, "9999-12-31T23:59:59.000Z")],
)
def test_timestamps_are_utc_with_milliseconds(seconds: float, text: str) -> None:
    assert timestamp(seconds) == text
