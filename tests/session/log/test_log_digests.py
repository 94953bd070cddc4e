"""Which rows say the same, and selections with an end."""

from pathlib import Path

from session.log.entry import LogQuery, NewEntry, Severity, Source, Stream
from session.log.store import LogStore


def test_rows_that_say_the_same_have_the_same_digest(tmp_path: Path) -> None:
    log = LogStore.create(tmp_path, "run")
    log.feed(Stream.STDOUT, b"a\nb\na\n")
    log.feed(Stream.STDERR, b"a\n")
    for hint in ("one", "two", "one"):
        log.append(NewEntry(Source.BUILD, Severity.INFO, "a", hint=hint))
    digests = log.digests(0, 7)
    assert [digests.index(digest) for digest in digests] == [0, 1, 0, 3, 4, 5, 4]
    assert log.digests(2, 5) == digests[2:5]
    assert log.digests(5, 99) == digests[5:]
    assert log.digests(7, 9) == log.digests(3, 3) == []
    log.close()


def test_a_selection_can_end_before_the_log_does(tmp_path: Path) -> None:
    log = LogStore.create(tmp_path, "run")
    log.feed(Stream.STDOUT, b"a 1\nb\n" * 10)
    log.feed(Stream.STDERR, b"Error: a 2\n" * 5)
    for query in (LogQuery(), LogQuery(severity=Severity.ERROR), LogQuery(text="a")):
        whole = list(log.select(query))
        for after, until in ((0, 20), (3, 22), (21, 99), (9, 9), (12, 5)):
            expected = [seq for seq in whole if after < seq <= until]
            assert list(log.select(query, after, until)) == expected
    log.close()
