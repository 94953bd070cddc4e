"""`playhead log`: the rows of one run, filtered, as text or JSON, to its end or beyond."""

import signal
import time
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from session.history import RunHistory
from session.home import find_home
from session.log.entry import LogEntry, LogQuery, Row, Severity, Source
from session.log.store import LogStore
from session.record import RunRecord
from session.state import SessionState
from studio.cli.console import say
from studio.cli.feed import PAGE_ROWS, View
from studio.cli.jsonl_view import JsonlView
from studio.cli.screen import Screen
from studio.cli.terminal import terminal_of

_POLL_S: Final = 0.1
#: Matches that lie further apart than this are read one by one.
_SPARSE: Final = 8


class LogOptions(NamedTuple):
    """What was asked for on the command line."""

    run: str
    follow: bool = False
    sources: frozenset[Source] = frozenset()
    severity: Severity = Severity.DEBUG
    grep: str = ""
    exclude: str = ""
    jsonl: bool = False

    @property
    def query(self) -> LogQuery:
        """The same in the words of the log."""
        return LogQuery(self.sources, self.severity, "", self.grep, self.exclude)


def print_log(options: LogOptions) -> int:
    """Print the log of a run; return 0, or 130 when Ctrl-C ended it."""
    query = options.query
    history = RunHistory(find_home())
    record = history.find(options.run)
    log = history.open_log(record.run_id)
    try:
        view = _view(options, record, log)
        for rows in _pages(log, query, _growth(history, record, log) if options.follow else ()):
            say(view.page(rows), end="")
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    finally:
        log.close()
    return 0


def _view(options: LogOptions, record: RunRecord, log: LogStore) -> View:
    if options.jsonl:
        return JsonlView(record.run_id)
    screen = Screen(
        terminal_of(1),
        times=True,
        severity=Severity.DEBUG,
        states=frozenset(SessionState),
        live=False,
    )
    screen.started = log.started
    return screen


def _growth(history: RunHistory, record: RunRecord, log: LogStore) -> Iterator[None]:
    """Yield each time that a live run's log has grown, and once more after its end."""
    while history.is_live(record.run_id):
        if log.refresh():
            yield
        else:
            time.sleep(_POLL_S)
    log.refresh()
    yield


def _pages(
    log: LogStore, query: LogQuery, growth: Iterator[None] | Sequence[None]
) -> Iterator[Sequence[Row]]:
    cursor = 0
    for _ in _first_then(growth):
        until = log.last_seq
        yield from _matching(log, query, cursor, until)
        cursor = until


def _first_then(growth: Iterator[None] | Sequence[None]) -> Iterator[None]:
    yield None
    yield from growth


def _matching(log: LogStore, query: LogQuery, after: int, until: int) -> Iterator[Sequence[Row]]:
    if query == LogQuery():
        yield from _all(log, after, until)
        return
    found = log.select(query, after)
    for start in range(0, len(found), PAGE_ROWS):
        rows = _rows(log, found[start : start + PAGE_ROWS])
        yield [_whole(row) for row in rows if row.seq <= until]


def _rows(log: LogStore, wanted: Sequence[int]) -> Sequence[Row]:
    """Return the rows of these numbers; where they lie close together, read in one go."""
    span = wanted[-1] - wanted[0] + 1
    if span > _SPARSE * len(wanted):
        return [log.row(seq) for seq in wanted]
    among = frozenset(wanted)
    return [row for row in log.read(wanted[0] - 1, span) if row.seq in among]


def _all(log: LogStore, after: int, until: int) -> Iterator[Sequence[Row]]:
    while after < until:
        rows = log.read(after, min(PAGE_ROWS, until - after))
        if not rows:
            return
        after = rows[-1].seq
        yield rows


def _whole(row: Row) -> Row:
    """Return the row as a line of its own: what it goes on in may not match."""
    return row._replace(continued=False) if isinstance(row, LogEntry) else row
