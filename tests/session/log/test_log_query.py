import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from session.errors import InvalidPattern
from session.log import scan
from session.log.entry import LogEntry, LogQuery, NewEntry, Row, Severity, Source, Stream
from session.log.store import LogStore

_TEXTS = st.text(alphabet="aab bE\u00e9\ufffd0\r\0\n", max_size=10)
_CODES = ["\x1b[31m", "\x1b[0;1m", "\x1b[2K", "\x1b]8;;ab\x07"]
_DRESSED = st.lists(st.sampled_from(["a", "b", "é", *_CODES]), max_size=6).map(
    lambda parts: "".join(parts).encode()
)
_STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(Stream),
            st.one_of(_TEXTS.map(str.encode), st.binary(max_size=8), _DRESSED),
        ),
        st.builds(
            NewEntry,
            st.sampled_from(Source),
            st.sampled_from(Severity),
            _TEXTS,
            code=st.none() | st.just("ab-code"),
            hint=st.none() | st.just("a b E"),
        ),
        st.none(),
    ),
    max_size=14,
)
_PATTERNS = [
    "",
    "a",
    "^a",
    "b$",
    "a.b",
    "é",
    r"\w+",
    r"(?i)e",
    "a|b",
    "^$",
    r"[^a]\s",
    r"(?=b)",
    "ab+",
]
_QUERIES = st.builds(
    LogQuery,
    st.frozensets(st.sampled_from(Source), max_size=2),
    st.sampled_from(Severity),
    st.sampled_from(["", "", "a", "ab", "é", "E", "\ufffd", "\n", "code"]),
    st.sampled_from(_PATTERNS),
    st.sampled_from(_PATTERNS),
)


def _fill(log: LogStore, steps: list[tuple[Stream, bytes] | NewEntry | None]) -> None:
    for step in steps:
        if step is None:
            log.append_state("idle", "preparing", "ab")
        elif isinstance(step, NewEntry):
            log.append(step)
        else:
            log.feed(step[0], step[1] + b"\n")


def _wanted(row: Row, query: LogQuery) -> bool:
    """Say what the contract says, one row and one line at a time."""
    if query == LogQuery():
        return True
    if not isinstance(row, LogEntry) or row.severity < query.severity:
        return False
    if query.sources and row.source not in query.sources:
        return False
    shown = re.sub("|".join(map(re.escape, _CODES)), "", row.message)
    lines = row.message.split("\n") + shown.split("\n")
    return (
        any(query.text in line for line in lines)
        and any(re.search(query.regex, line) for line in lines)
        and not (query.exclude and any(re.search(query.exclude, line) for line in lines))
    )


@given(_STEPS, _QUERIES, st.integers(0, 6), st.sampled_from([1, 40, 10**6]))
@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_query_selects_what_it_says(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[Stream, bytes] | NewEntry | None],
    query: LogQuery,
    after: int,
    block_size: int,
) -> None:
    log = LogStore.create(tmp_path_factory.mktemp("log"), "run")
    _fill(log, steps)
    expected = [row.seq for row in log.read(after, 1000) if _wanted(row, query)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "BLOCK_SIZE", block_size)
        assert list(log.select(query, after)) == expected
    log.close()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[LogStore]:
    log = LogStore.create(tmp_path, "run")
    log.append_state("idle", "preparing", "play")
    log.append(NewEntry(Source.BUILD, Severity.INFO, "compiled main.py"))
    log.append(NewEntry(Source.PACK_VALIDATION, Severity.ERROR, "no entry", code="no-entry"))
    log.feed(Stream.STDERR, b"ERROR: no\nplain\n")
    yield log
    log.close()


def test_state_changes_are_shown_only_where_nothing_filters(log: LogStore) -> None:
    assert list(log.select(LogQuery())) == [1, 2, 3, 4, 5]
    assert list(log.select(LogQuery(severity=Severity.INFO))) == [2, 3, 4, 5]
    assert list(log.select(LogQuery(sources=frozenset(Source)))) == [2, 3, 4, 5]
    assert list(log.select(LogQuery(text="preparing"))) == []


def test_text_is_found_though_its_colour_changes_within(log: LogStore) -> None:
    log.feed(Stream.STDOUT, b"\x1b[1mnot\x1b[0m found\n\x1b[31mplain\x1b[0m\n" + b"x\n" * 50)
    assert list(log.select(LogQuery(text="not found"))) == [6]
    assert list(log.select(LogQuery(regex="(?i)NOT FOUND"))) == [6]
    assert list(log.select(LogQuery(regex="^plain$"))) == [5, 7]
    assert list(log.select(LogQuery(text="plain", exclude="^plain"))) == []


def test_sources_and_severities(log: LogStore) -> None:
    assert list(log.select(LogQuery(severity=Severity.WARNING))) == [3, 4]
    assert list(log.select(LogQuery(sources=frozenset({Source.RUNTIME})))) == [4, 5]


def test_extras_are_not_searched(log: LogStore) -> None:
    assert list(log.select(LogQuery(text="no-entry"))) == []
    assert list(log.select(LogQuery(regex="no-entry"))) == []
    assert list(log.select(LogQuery(regex="entry$"))) == [3]


@pytest.mark.parametrize(
    "query", [LogQuery(regex="a("), LogQuery(exclude="a("), LogQuery(regex="é(")]
)
def test_a_pattern_that_is_none_says_where(log: LogStore, query: LogQuery) -> None:
    with pytest.raises(InvalidPattern, match="at character 2: missing") as caught:
        log.select(query)
    assert caught.value.position == 1
    assert caught.value.code == "invalid-pattern"


def test_a_dense_and_a_rare_pattern_agree_with_plain_search(tmp_path: Path) -> None:
    log = LogStore.create(tmp_path, "run")
    lines = [f"item {number} {'error' if number % 7 else 'fine'} é" for number in range(3000)]
    log.feed(Stream.STDOUT, "".join(line + "\n" for line in lines).encode())
    for pattern in ("error", "item 299\\d", "(?i)ERROR", "[^x]*é", "fine|nothing", "m 1.*r"):
        expected = [n for n, line in enumerate(lines, 1) if re.search(pattern, line)]
        assert list(log.select(LogQuery(regex=pattern))) == expected
        kept = sorted(set(range(1, 3001)) - set(expected))
        assert list(log.select(LogQuery(exclude=pattern))) == kept


def test_doubts_of_re_are_not_printed(log: LogStore) -> None:
    assert list(log.select(LogQuery(regex="[[]|plain"))) == [5]  # a warning is an error here


@pytest.mark.parametrize(
    ("pattern", "seqs"),
    [("^a.b$", [1, 2]), (r"^\w+$", [1, 2, 3, 4]), ("^.$", [4]), (r"\bber", []), ("é", [1, 4])],
)
def test_a_line_that_is_not_ascii_is_matched_as_it_is_shown(
    tmp_path: Path, pattern: str, seqs: list[int]
) -> None:
    log = LogStore.create(tmp_path, "run")
    log.feed(Stream.STDOUT, "aéb\naxb\nüber\né\n".encode())
    assert list(log.select(LogQuery(regex=pattern))) == seqs
    assert list(log.select(LogQuery(text="b", regex=pattern))) == [n for n in seqs if n < 4]
