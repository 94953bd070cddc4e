"""A million lines: what they take in memory and on disk, and that nothing is slow by nature."""

import sys
import time
import tracemalloc
from pathlib import Path

import pytest

from session.log.entry import LogQuery, Severity, Stream
from session.log.store import LogStore

_LINES = 1_000_000
_BATCH = 500


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> LogStore:
    log = LogStore.create(tmp_path_factory.mktemp("million"), "run")
    block = b"".join(b"a line of output, number %d\n" % number for number in range(_BATCH))
    for number in range(_LINES // _BATCH):
        stream = Stream.STDERR if number % 10 == 0 else Stream.STDOUT
        log.feed(stream, b"ERROR: first\n" + block[block.index(b"\n") + 1 :])
    return log


def test_a_line_takes_seventeen_bytes_in_memory(log: LogStore) -> None:
    columns = log._columns
    size = sum(map(sys.getsizeof, (columns.ends, columns.times, columns.meta)))
    assert log.last_seq == _LINES
    assert size <= 20 * _LINES


def test_a_line_takes_seventeen_bytes_more_on_disk(log: LogStore) -> None:
    payload = (log.folder / "log.spool").stat().st_size
    used = sum(file.stat().st_size for file in log.folder.iterdir())
    assert used - payload <= 18 * _LINES


def test_opening_takes_no_more_memory(log: LogStore) -> None:
    tracemalloc.start()
    try:
        opened = LogStore.open(log.folder)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert opened.last_seq == _LINES
    assert kept <= 22 * _LINES
    opened.close()


def test_a_query_over_a_million_lines_takes_moments(log: LogStore) -> None:
    started = time.perf_counter()
    found = log.select(LogQuery(severity=Severity.ERROR))
    assert time.perf_counter() - started < 2
    assert len(found) == _LINES // _BATCH // 10
    started = time.perf_counter()
    assert len(log.select(LogQuery(regex="number 7\\d?$"))) == 11 * _LINES // _BATCH
    assert time.perf_counter() - started < 20


def test_a_page_costs_the_same_anywhere(log: LogStore) -> None:
    started = time.perf_counter()
    for after in range(0, _LINES, _LINES // 100):
        assert len(log.read(after, 50)) == 50
    assert time.perf_counter() - started < 5


def test_bytes_fed_one_by_one(tmp_path: Path) -> None:
    log = LogStore.create(tmp_path, "run")
    started = time.perf_counter()
    for _ in range(200_000):
        log.feed(Stream.STDOUT, b"x")
    assert time.perf_counter() - started < 20
    assert log.last_seq == 200_000 // 65536
    log.close()
