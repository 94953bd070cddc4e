"""A finding's fix is kept in the log, and is no part of the lines that `--jsonl` prints."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session.log.entry import Fix, Location, LogEntry, NewEntry, Severity, Source
from session.log.jsonl import row_object
from session.log.payload import decode_row, entry_payload
from session.log.store import LogStore

FIX = Fix("Change `x`", "a\udcff.toml", 3, 1, 3, 6, 'en\0"tyr', "entry\n\u2028é")
FINDING = NewEntry(
    Source.BUILD, Severity.ERROR, "no", "open", Location("a.toml", 3, 1), "code", "hint", FIX
)


def test_a_fix_survives_the_way_to_disk_and_back(tmp_path: Path) -> None:
    with closing(LogStore.create(tmp_path, "run")) as log:
        log.append(FINDING)
        log.append(FINDING._replace(fix=None))
    with closing(LogStore.open(tmp_path)) as log:
        first, second = log.read()
    assert isinstance(first, LogEntry)
    assert isinstance(second, LogEntry)
    assert (first.fix, second.fix) == (FIX, None)
    assert first._replace(seq=2, time=second.time, fix=None) == second


def test_a_fix_survives_a_lost_index(tmp_path: Path) -> None:
    with closing(LogStore.create(tmp_path, "run")) as log:
        log.append(FINDING)
    (tmp_path / "log.idx").unlink()
    with closing(LogStore.open(tmp_path)) as log:
        (row,) = log.read()
    assert isinstance(row, LogEntry)
    assert (row.message, row.fix) == ("no", FIX)


@pytest.mark.parametrize(
    "kept", [None, 3, "x", [], [1], {}, ["t", "p", "1", 1, 1, 1, "e", "t"], [*FIX, "more"]]
)
def test_a_log_with_something_else_in_its_place_is_read(kept: object) -> None:
    payload, meta = entry_payload(FINDING)
    message, _, packed = payload.rpartition(b"\0")
    extras = json.loads(packed) | {"fix": kept}
    row = decode_row(1, 0.0, meta, message + b"\0" + json.dumps(extras).encode())
    assert isinstance(row, LogEntry)
    assert (row.message, row.hint, row.fix) == ("no", "hint", None)


def test_the_lines_for_programs_know_nothing_of_it() -> None:
    row = LogEntry(1, 0.0, Source.BUILD, Severity.ERROR, "no", fix=FIX)
    assert row_object(row, "r") == row_object(row._replace(fix=None), "r")
    assert "fix" not in row_object(row, "r")


@given(st.builds(Fix, *[st.text()] * 2, *[st.integers(0, 2**40)] * 4, *[st.text()] * 2))
def test_any_fix_comes_back(fix: Fix) -> None:
    payload, meta = entry_payload(FINDING._replace(fix=fix))
    row = decode_row(1, 0.0, meta, payload)
    assert isinstance(row, LogEntry)
    assert row.fix == fix
