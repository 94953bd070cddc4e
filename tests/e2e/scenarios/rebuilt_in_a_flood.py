"""The debug workspace is destroyed and rebuilt in a flood, again and again: no gap, no repeat."""

from functools import partial

import shiboken6

from session.log.entry import LogQuery, Source
from session.log.store import LogStore
from session.state import SessionState
from studio.widgets.log_view.view import LogView
from tests.support.scenario import Stage
from tests.support.soak import rounds

_RUN_ONLY = LogQuery(sources=frozenset({Source.RUNTIME}))
#: Rows compared, at the beginning and at the end of what a view shows.
_LOOKED_AT = 300


def _gone(view: LogView) -> bool:
    return not shiboken6.isValid(view)


def _complete(view: LogView) -> bool:
    return view.complete


def _displayed(view: LogView, first: int, stop: int) -> list[tuple[int, str]]:
    """Return number and text of rows as they are painted."""
    return [(line.seq, line.text) for line in view.display.lines(first, stop) if line.seq]


def _compare(view: LogView, log: LogStore, query: LogQuery) -> int:
    """Hold what is displayed against the store, at both ends; return how many rows there are."""
    rows = view.display.lens_rows
    wanted = list(log.select(query))[:rows]
    for first in (0, max(rows - _LOOKED_AT, 0)):
        displayed = _displayed(view, first, min(first + _LOOKED_AT, rows))
        assert [seq for seq, _ in displayed] == wanted[first : first + len(displayed)], (
            rows,
            first,
            displayed[:3],
            wanted[first : first + 3],
        )
        numbers = [int(text.split()[1]) for _, text in displayed if text.startswith("line ")]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True
    return rows


async def scenario(stage: Stage) -> None:
    """Every view, filtered or not, displays each line that the program printed once, in order."""
    project = await stage.project()
    session = project.session
    assert stage.window.panels.seen("debug")
    await stage.hand.key("F5")
    await stage.until(lambda: session.state is SessionState.RUNNING)
    log = session.log
    assert log is not None
    shown = 0
    for turn in range(rounds(30, 100)):
        old = stage.find(LogView)
        await stage.hand.key("Ctrl+2")
        await stage.until(partial(_gone, old))
        await stage.hand.key("Ctrl+2")
        await stage.until(lambda: bool(stage.all(LogView)))
        view, query = stage.find(LogView), _RUN_ONLY if turn % 2 else LogQuery()
        view.set_query(query)
        await stage.until(partial(_complete, view))
        shown = _compare(view, log, query)
        assert shown > 0
    assert session.state is SessionState.RUNNING
    assert shown > 10_000
    await stage.hand.key("Shift+F5")
    await session.wait()
    view = stage.find(LogView)
    view.set_query(LogQuery())
    await stage.until(lambda: view.display.lens_rows == log.last_seq)
    assert _compare(view, log, LogQuery()) == log.last_seq
    assert list(view.shown_rows()) == list(range(1, log.last_seq + 1))
