import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from session.log.entry import LogEntry, LogQuery, NewEntry, Row, Severity, Source, Stream
from session.log.records import HEADER_SIZE, RECORD_SIZE
from session.log.store import RECOVERED, LogStore

_TEXT = st.text(alphabet="ab\né\r\0", max_size=8)
_OUTPUT = st.one_of(_TEXT.map(str.encode), st.binary(max_size=20))
_ENTRIES = st.builds(
    NewEntry,
    st.sampled_from(Source),
    st.sampled_from(Severity),
    _TEXT,
    origin=st.none() | _TEXT,
    code=st.none() | st.just("code"),
)


def _spool(folder: Path) -> Path:
    return folder / "log.spool"


def _index(folder: Path) -> Path:
    return folder / "log.idx"


def _sample(folder: Path) -> LogStore:
    log = LogStore.create(folder, "run-1")
    log.append(NewEntry(Source.BUILD, Severity.WARNING, "two\nlines", code="c"))
    log.feed(Stream.STDOUT, b"one\n\nthree\n")
    log.append_state("preparing", "connecting", "prepared")
    log.feed(Stream.STDERR, b"ERROR x\n")
    return log


class LogMachine(RuleBasedStateMachine):
    """A writer, and readers who come at any time, in their own process as it were."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(os.environ["PLAYHEAD_TEST_LOGS"]) / os.urandom(8).hex()
        self.log = LogStore.create(self.folder, "run")
        self.expected: list[tuple[str, bytes]] = []
        self.held = dict.fromkeys(Stream, b"")
        self.heard = 0
        self.log.subscribe(self._hear)
        self.reader = LogStore.open(self.folder, live=True)
        self.seen: list[Row] = []

    def _hear(self) -> None:
        assert self.log.last_seq > self.heard
        self.heard = self.log.last_seq

    @rule(entry=_ENTRIES)
    def append(self, entry: NewEntry) -> None:
        assert self.log.append(entry) == len(self.expected) + 1
        self.expected.append((entry.source, entry.message.encode()))

    @rule()
    def change_state(self) -> None:
        assert self.log.append_state("a", "b", "c") == len(self.expected) + 1
        self.expected.append(("state", b"a -> b"))

    @rule(stream=st.sampled_from(Stream), data=_OUTPUT)
    def feed(self, stream: Stream, data: bytes) -> None:
        self.log.feed(stream, data)
        *lines, self.held[stream] = (self.held[stream] + data).split(b"\n")
        self.expected += [(stream, line) for line in lines]

    @rule(stream=st.sampled_from(Stream))
    def finish(self, stream: Stream) -> None:
        self.log.finish(stream)
        if self.held[stream]:
            self.expected.append((stream, self.held[stream]))
            self.held[stream] = b""

    @rule(limit=st.integers(1, 5))
    def follow(self, limit: int) -> None:
        self.reader.refresh()
        self.seen += self.reader.read(len(self.seen), limit)

    @rule()
    def open_afresh(self) -> None:
        opened = LogStore.open(self.folder)
        assert opened.read(limit=10**6) == self.log.read(limit=10**6)
        opened.close()

    @rule(data=st.data())
    @precondition(lambda self: self.expected)
    def damage_a_copy(self, data: st.DataObject) -> None:
        spool_cut = data.draw(st.integers(0, _spool(self.folder).stat().st_size))
        index_cut = data.draw(st.integers(0, _index(self.folder).stat().st_size))
        copy = self.folder.with_suffix(".copy")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.folder, copy)
        os.truncate(_spool(copy), spool_cut)
        os.truncate(_index(copy), index_cut)
        self._check_damaged(LogStore.open(copy), spool_cut, index_cut)

    def _check_damaged(self, opened: LogStore, spool_cut: int, index_cut: int) -> None:
        records = max(index_cut - HEADER_SIZE, 0) // RECORD_SIZE
        whole = sum(end <= spool_cut for end in self.log._columns.ends[:records])
        rows = opened.read(limit=10**6)
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        assert rows[:whole] == self.log.read(limit=whole)
        assert opened.indexed == whole
        rest = _spool(self.folder).read_bytes()[self.log._columns.start(whole) : spool_cut]
        found = [opened.raw(seq) for seq in range(whole + 1, len(rows) + 1)]
        assert found == (rest.removesuffix(b"\n").split(b"\n") if rest else [])
        opened.close()

    @invariant()
    def nobody_sees_a_gap_a_repeat_or_another_order(self) -> None:
        rows = self.log.read(limit=10**6)
        assert [row.seq for row in rows] == list(range(1, len(self.expected) + 1))
        for row, (kind, message) in zip(rows, self.expected, strict=True):
            assert self.log.raw(row.seq) == message
            assert _kind(row) == kind
        assert self.seen == rows[: len(self.seen)]
        assert self.heard == len(rows)

    def teardown(self) -> None:
        self.reader.refresh()
        assert self.reader.read(limit=10**6) == self.log.read(limit=10**6)
        self.reader.close()
        self.log.close()
        shutil.rmtree(self.folder)
        shutil.rmtree(self.folder.with_suffix(".copy"), ignore_errors=True)


def _kind(row: Row) -> str:
    if not isinstance(row, LogEntry):
        return "state"
    return row.stream or row.source


@pytest.fixture(autouse=True)
def _logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYHEAD_TEST_LOGS", str(tmp_path))


TestLogMachine = LogMachine.TestCase
TestLogMachine.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def test_what_is_in_no_record_is_shown_as_recovered(tmp_path: Path) -> None:
    log = _sample(tmp_path)
    with _spool(tmp_path).open("ab") as spool:
        spool.write(b"late\nlater\nlatest")
    opened = LogStore.open(tmp_path)
    assert opened.read(limit=log.last_seq) == log.read()
    rest = [row for row in opened.read(log.last_seq) if isinstance(row, LogEntry)]
    assert [row.message for row in rest] == ["late", "later", "latest"]
    assert {row.code for row in rest} == {RECOVERED}
    assert {(row.source, row.severity) for row in rest} == {(Source.RUNTIME, Severity.INFO)}
    assert all(row.time >= log.row(1).time for row in rest)
    assert list(opened.select(LogQuery(text="late"))) == [row.seq for row in rest]


@pytest.mark.parametrize("harm", ["gone", "empty", "header", "garbage"])
def test_without_an_index_every_line_is_still_there(tmp_path: Path, harm: str) -> None:
    _sample(tmp_path).close()
    index, before = _index(tmp_path), _index(tmp_path).read_bytes()
    if harm == "gone":
        index.unlink()
    else:
        index.write_bytes(
            {"empty": b"", "header": b"X" + before[1:], "garbage": os.urandom(len(before))}[harm]
        )
    opened = LogStore.open(tmp_path)
    raw = [opened.raw(seq) for seq in range(1, opened.last_seq + 1)]
    assert raw == _spool(tmp_path).read_bytes().removesuffix(b"\n").split(b"\n")
    assert (opened.indexed, opened.run_id) == (0, tmp_path.name)
    assert opened.started > 0


@given(st.binary(min_size=1, max_size=40), st.data())
@settings(max_examples=100, deadline=None)
def test_a_damaged_index_never_stops_a_reader(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("log")
    log = _sample(folder)
    before = _index(folder).read_bytes()
    at = data.draw(st.integers(0, len(before)))
    _index(folder).write_bytes(before[:at] + noise + before[at + len(noise) :])
    opened = LogStore.open(folder)
    rows = opened.read(limit=10**6)
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    sound = max(at - HEADER_SIZE, 0) // RECORD_SIZE
    if at >= HEADER_SIZE:
        assert rows[:sound] == log.read(limit=sound)
    assert opened._columns.size >= _spool(folder).stat().st_size
    opened.select(LogQuery(regex="x", exclude="y"))
    log.close()


def test_damaged_extras_do_not_stop_a_reader(tmp_path: Path) -> None:
    log = _sample(tmp_path)
    text = _spool(tmp_path).read_bytes()
    _spool(tmp_path).write_bytes(text.replace(b'{"', b'["'))
    opened = LogStore.open(tmp_path)
    assert opened.last_seq == log.last_seq
    assert all(isinstance(row, LogEntry) for row in opened.read())


def test_a_folder_without_a_log_is_an_empty_log(tmp_path: Path) -> None:
    opened = LogStore.open(tmp_path)
    assert (opened.last_seq, opened.read(), opened.refresh()) == (0, [], False)


def test_opening_writes_nothing(tmp_path: Path) -> None:
    _sample(tmp_path).close()
    os.truncate(_index(tmp_path), _index(tmp_path).stat().st_size - 5)
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    LogStore.open(tmp_path).close()
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Path]:
    """A run's folder that its owner has locked."""
    with (tmp_path / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield tmp_path


def test_a_live_log_shows_only_what_has_its_record(locked: Path) -> None:
    log = _sample(locked)
    with _spool(locked).open("ab") as spool:
        spool.write(b"record to come\n")
    opened = LogStore.open(locked)
    assert opened.read() == log.read()
    assert LogStore.open(locked, live=False).last_seq == log.last_seq + 1


def test_when_a_live_run_dies_its_last_lines_are_recovered(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        log = _sample(tmp_path)
        opened = LogStore.open(tmp_path)
        with _spool(tmp_path).open("ab") as spool:
            spool.write(b"record never comes\n")
        assert not opened.refresh()
    assert opened.refresh()
    assert opened.raw(log.last_seq + 1) == b"record never comes"
    assert not opened.refresh()


def test_a_log_may_be_opened_before_it_is_created(locked: Path) -> None:
    opened = LogStore.open(locked)
    assert not opened.refresh()
    log = _sample(locked)
    heard: list[int] = []
    opened.subscribe(lambda: heard.append(opened.last_seq))
    assert opened.refresh()
    assert heard == [log.last_seq]
    assert (opened.read(), opened.run_id) == (log.read(), "run-1")


def test_records_that_come_after_all_replace_what_was_recovered(tmp_path: Path) -> None:
    """As when a log is opened that someone writes without holding the lock."""
    log = _sample(tmp_path)
    whole = _index(tmp_path).read_bytes()
    _index(tmp_path).write_bytes(whole[: HEADER_SIZE + RECORD_SIZE])
    opened = LogStore.open(tmp_path)
    assert (opened.indexed, opened.last_seq) == (1, log.last_seq)
    _index(tmp_path).write_bytes(whole)
    opened.refresh()
    assert opened.read() == log.read()


def test_entries_whose_records_are_lost_read_as_they_were_written(tmp_path: Path) -> None:
    with closing(LogStore.create(tmp_path, "run")) as log:
        log.append_state("idle", "preparing", "play")
        log.append(NewEntry(Source.BUILD, Severity.ERROR, "no", "scan", None, "bad", "do this"))
        log.feed(Stream.STDOUT, b"plain\n")
    (tmp_path / "log.idx").unlink()
    with closing(LogStore.open(tmp_path)) as log:
        state, entry, line = log.read()
    assert (state[2:]) == ("idle", "preparing", "play")
    assert isinstance(entry, LogEntry)
    assert (entry.message, entry.origin, entry.code, entry.hint) == ("no", "scan", "bad", "do this")
    assert isinstance(line, LogEntry)
    assert (line.message, line.code) == ("plain", "recovered")


def test_an_index_that_is_a_folder_is_no_index(tmp_path: Path) -> None:
    with closing(LogStore.create(tmp_path, "run")) as log:
        log.feed(Stream.STDOUT, b"plain\n")
    (tmp_path / "log.idx").unlink()
    (tmp_path / "log.idx").mkdir()
    with closing(LogStore.open(tmp_path)) as log:
        assert log.last_seq == 1
