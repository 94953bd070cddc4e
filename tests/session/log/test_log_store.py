import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from session.errors import LogUnwritable
from session.log.entry import (
    Location,
    LogEntry,
    LogQuery,
    NewEntry,
    Severity,
    Source,
    StateEntry,
    Stream,
)
from session.log.splitter import WRAP
from session.log.store import LogStore

_FULL = NewEntry(
    Source.PACK_VALIDATION,
    Severity.ERROR,
    "two\nlines\0é",
    origin="step-1",
    location=Location("src/main.py", 12, 3),
    code="no-entry",
    hint="Name one.",
)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[LogStore]:
    log = LogStore.create(tmp_path / "run", "20261120-094026-4k7p2q")
    yield log
    log.close()


def _messages(log: LogStore) -> list[str]:
    return [row.message for row in log.read(limit=10**6) if isinstance(row, LogEntry)]


def test_an_empty_log(log: LogStore) -> None:
    assert (log.run_id, log.last_seq, log.read()) == ("20261120-094026-4k7p2q", 0, [])
    assert abs(log.started - time.time()) < 60
    assert list(log.select(LogQuery())) == []


def test_everything_shares_one_sequence(log: LogStore) -> None:
    assert log.append_state("idle", "preparing", "play") == 1
    assert log.append(NewEntry(Source.BUILD, Severity.INFO, "one")) == 2
    log.feed(Stream.STDOUT, b"out\n")
    log.feed(Stream.STDERR, b"err\n")
    assert log.append(NewEntry(Source.RUNTIME, Severity.DEBUG, "two")) == 5
    assert [row.seq for row in log.read()] == [1, 2, 3, 4, 5]
    assert log.last_seq == 5
    assert log.started == log.row(1).time


def test_rows_come_back_as_they_went_in(log: LogStore) -> None:
    log.append(_FULL)
    log.append_state("preparing", "connecting", "prepared")
    entry, state = log.read()
    assert isinstance(entry, LogEntry)
    assert entry[2:] == (*_FULL[:3], None, False, *_FULL[3:])
    assert isinstance(state, StateEntry)
    assert state[2:] == ("preparing", "connecting", "prepared")
    assert log.raw(1) == "two\nlines\0é".encode()


@pytest.mark.parametrize(
    "location", [Location("a.py"), Location("a.py", 1), Location("a.py", 1, 2)]
)
def test_a_location_may_lack_line_and_column(log: LogStore, location: Location) -> None:
    log.append(NewEntry(Source.BUILD, Severity.INFO, "x", location=location))
    row = log.row(1)
    assert isinstance(row, LogEntry)
    assert row.location == location


def test_a_message_that_is_not_unicode_is_shown_all_the_same(log: LogStore) -> None:
    log.append(NewEntry(Source.BUILD, Severity.INFO, "name \udcff"))
    assert _messages(log) == ["name \\udcff"]


def test_output_is_kept_byte_by_byte(log: LogStore) -> None:
    line = b"\xff\xc3(\0 \r\x1b[31mred\x1b[0m \xe2\x82"
    log.feed(Stream.STDOUT, line + b"\n")
    assert log.raw(1) == line
    assert _messages(log) == [line.decode("utf-8", "replace")]


def test_a_code_point_may_come_in_two_chunks(log: LogStore) -> None:
    text = "später\n".encode()
    for byte in text:
        log.feed(Stream.STDOUT, bytes([byte]))
    assert _messages(log) == ["später"]


def test_streams_keep_their_own_unfinished_lines(log: LogStore) -> None:
    log.feed(Stream.STDOUT, b"out")
    log.feed(Stream.STDERR, b"err")
    log.append(NewEntry(Source.RUNTIME, Severity.INFO, "between"))
    assert (log.tail(Stream.STDOUT), log.tail(Stream.STDERR)) == (b"out", b"err")
    log.feed(Stream.STDERR, b"or\n")
    log.finish(Stream.STDOUT)
    log.finish(Stream.STDERR)
    assert _messages(log) == ["between", "error", "out"]
    streams = [row.stream for row in log.read() if isinstance(row, LogEntry)]
    assert streams == [None, Stream.STDERR, Stream.STDOUT]
    assert log.tail(Stream.STDOUT) == b""


def test_carriage_return_progress_stays_one_row(log: LogStore) -> None:
    for part in (b"\r 10 %", b"\r 50 %", b"\r100 %"):
        log.feed(Stream.STDERR, part)
        assert log.last_seq == 0
    assert log.tail(Stream.STDERR) == b"100 %"
    log.feed(Stream.STDERR, b"\n")
    assert log.raw(1) == b"\r 10 %\r 50 %\r100 %"


def test_output_has_source_severity_and_stream(log: LogStore) -> None:
    log.feed(Stream.STDOUT, b"ERROR: on stdout this is just text\n")
    log.feed(Stream.STDERR, b"ERROR: bad\nfine\n")
    rows = [row for row in log.read() if isinstance(row, LogEntry)]
    assert [row.severity for row in rows] == [Severity.INFO, Severity.ERROR, Severity.INFO]
    assert {row.source for row in rows} == {Source.RUNTIME}


def test_a_long_line_goes_on_in_the_next_row(log: LogStore) -> None:
    log.feed(Stream.STDOUT, b"x" * (WRAP + 5) + b"\ny\n")
    rows = [row for row in log.read() if isinstance(row, LogEntry)]
    assert [(len(row.message), row.continued) for row in rows] == [
        (WRAP, True),
        (5, False),
        (1, False),
    ]


def test_fifty_megabytes_without_a_newline(log: LogStore) -> None:
    chunk, whole = b"0123456789abcdef" * 4096, 50 * 1024 * 1024
    started = time.perf_counter()
    for _ in range(whole // len(chunk)):
        log.feed(Stream.STDOUT, chunk)
    log.finish(Stream.STDOUT)
    assert time.perf_counter() - started < 20  # about 0.1 s where nothing else runs
    rows = whole // WRAP
    assert log.last_seq == rows
    assert sum(len(log.raw(seq)) for seq in range(1, rows + 1)) == whole
    flags = [row.continued for row in log.read(limit=10**6) if isinstance(row, LogEntry)]
    assert flags == [True] * (rows - 1) + [False]


def test_reading_goes_by_cursor(log: LogStore) -> None:
    log.feed(Stream.STDOUT, b"".join(b"%d\n" % number for number in range(1, 101)))
    seen: list[int] = []
    while rows := log.read(seen[-1] if seen else 0, limit=7):
        assert len(rows) <= 7
        seen += [row.seq for row in rows]
    assert seen == list(range(1, 101))
    assert log.read(100) == []
    assert [row.seq for row in log.read(-5, 2)] == [1, 2]


@pytest.mark.parametrize("seq", [-1, 0, 2])
def test_there_is_no_other_row(log: LogStore, seq: int) -> None:
    log.feed(Stream.STDOUT, b"only\n")
    for look in (log.row, log.raw):
        with pytest.raises(IndexError, match="rows 1 to 1"):
            look(seq)


def test_subscribers_hear_once_a_call_and_after_the_fact(log: LogStore) -> None:
    heard: list[int] = []
    unsubscribe = log.subscribe(lambda: heard.append(log.last_seq))
    log.feed(Stream.STDOUT, b"1\n2\n3\nrest")
    log.feed(Stream.STDOUT, b" of it")
    log.append(NewEntry(Source.BUILD, Severity.INFO, "x"))
    log.append_state("a", "b", "c")
    log.finish(Stream.STDOUT)
    unsubscribe()
    unsubscribe()
    log.feed(Stream.STDOUT, b"unheard\n")
    assert heard == [3, 4, 5, 6]


def test_a_closed_log_is_read_and_not_written(log: LogStore) -> None:
    log.feed(Stream.STDOUT, b"kept\n")
    log.sync()
    log.close()
    log.close()
    assert _messages(log) == ["kept"]
    assert log.raw(1) == b"kept"
    for write in (lambda: log.append(_FULL), log.sync, lambda: log.feed(Stream.STDOUT, b"x\n")):
        with pytest.raises(LogUnwritable):
            write()


def test_a_log_is_created_once(tmp_path: Path) -> None:
    log = LogStore.create(tmp_path, "run")
    log.feed(Stream.STDOUT, b"kept\n")
    with pytest.raises(LogUnwritable) as caught:
        LogStore.create(tmp_path, "run")
    assert str(tmp_path) in str(caught.value)
    assert _messages(LogStore.open(tmp_path)) == ["kept"]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(LogUnwritable):
        LogStore.create(tmp_path / "file" / "run", "run")


def test_an_opened_log_is_the_same_log(log: LogStore) -> None:
    log.append(_FULL)
    log.append_state("a", "b", "c")
    log.feed(Stream.STDERR, b"WARNING x\n" + b"y" * WRAP + b"z\n")
    opened = LogStore.open(log.folder)
    assert opened.read() == log.read()
    assert (opened.run_id, opened.started) == (log.run_id, log.started)
    with pytest.raises(LogUnwritable, match="reading only"):
        opened.append(_FULL)
    opened.close()
    assert opened.read() == log.read()
