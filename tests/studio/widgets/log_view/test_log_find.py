"""Find, apart from the filter."""

import pytest

from session.log.entry import LogQuery, Stream
from session.log.store import LogStore
from studio.widgets.log_view.find import FindResult
from studio.widgets.log_view.view import LogView
from tests.support.log_rows import settled
from tests.support.qt_loop import QtRunner, until


@pytest.fixture
def results(view: LogView, log: LogStore) -> list[FindResult]:
    """What find has told; the log holds `error 1` to `error 9` among other rows."""
    found: list[FindResult] = []
    view.find_result.connect(found.append)
    for number in range(1, 10):
        log.feed(Stream.STDOUT, b"fine\n" * 50 + b"Error %d\n" % number)
    view.grow()
    view.take_rows()
    return found


def test_find_goes_from_match_to_match_and_wraps_around(
    view: LogView, results: list[FindResult], qt: QtRunner
) -> None:
    async def step(*, backwards: bool) -> tuple[int, str, bool]:
        results.clear()
        view.find("error", backwards=backwards)
        await until(lambda: bool(results) and not results[-1].searching)
        row = view.focused_row()
        assert row is not None
        assert row in view.visible_rows()
        return results[-1].number, view.display.line(row).text, results[-1].wrapped

    async def act() -> None:
        assert await step(backwards=True) == (9, "Error 9", False)
        assert await step(backwards=True) == (8, "Error 8", False)
        assert await step(backwards=False) == (9, "Error 9", False)
        assert await step(backwards=False) == (1, "Error 1", True)
        assert await step(backwards=True) == (9, "Error 9", True)
        assert results[-1].total == 9
        assert not view.following

    qt.run(act())


@pytest.mark.parametrize(
    ("pattern", "regex", "case", "total"),
    [
        ("error", False, False, 9),
        ("error", False, True, 0),
        ("Error", False, True, 9),
        ("error [1-3]", True, False, 3),
        ("Error [1-3]", True, True, 3),
        ("error [1-3]", False, False, 0),
        ("(E)+rror 5", True, True, 1),
    ],
)
def test_kinds_of_patterns(
    view: LogView,
    results: list[FindResult],
    qt: QtRunner,
    pattern: str,
    regex: bool,
    case: bool,
    total: int,
) -> None:
    async def act() -> None:
        view.find(pattern, regex=regex, case=case)
        await until(lambda: bool(results) and not results[-1].searching)
        assert results[-1].total == total

    qt.run(act())


def test_find_looks_among_the_rows_that_are_shown(
    view: LogView, results: list[FindResult], qt: QtRunner
) -> None:
    async def act() -> None:
        view.set_query(LogQuery(regex="[37]"))
        await settled(view)
        view.find("error")
        await until(lambda: bool(results) and not results[-1].searching)
        assert results[-1].total == 2

    qt.run(act())


def test_rows_that_come_later_are_found_too(
    view: LogView, log: LogStore, results: list[FindResult], qt: QtRunner
) -> None:
    async def act() -> None:
        view.find("error", backwards=True)
        await until(lambda: bool(results) and results[-1].total == 9)
        log.feed(Stream.STDOUT, b"error 10\n")
        view.grow()
        view.find("error")
        await until(lambda: results[-1].total == 10)
        assert results[-1].number == 10

    qt.run(act())


def test_matches_in_sight_are_marked(
    view: LogView, results: list[FindResult], qt: QtRunner
) -> None:
    async def act() -> None:
        view.find("error", backwards=True)
        await until(lambda: bool(results) and results[-1].total == 9)

    qt.run(act())
    line = view.display.line(view.display.lens_rows - 1)
    assert view.matches is not None
    assert view.matches(line) == [(0, 5)]
    view.find("")
    assert view.matches is None


def test_an_impossible_pattern_is_told(
    view: LogView, results: list[FindResult], qt: QtRunner
) -> None:
    told: list[str] = []
    view.find_failed.connect(told.append)
    view.find("(", regex=True)
    assert len(told) == 1
    assert told[0].startswith("The pattern `(` is not a regular expression")
    assert results == []


def test_what_is_found_beyond_the_edge_is_brought_into_sight(
    view: LogView, log: LogStore, qt: QtRunner
) -> None:
    log.feed(Stream.STDOUT, b"a" * 400 + b"needle" + b"b" * 400 + b"\nneedle\n")
    view.grow()
    view.take_rows()

    async def step() -> None:
        before, found = view.found, view.page.sideways
        view.find("needle")
        await until(lambda: view.found not in {0, before} or view.page.sideways != found)

    def seen(at: int) -> bool:
        x = view.page.stops.message + at * view.page.cell.width - view.page.sideways
        return view.page.stops.message <= x <= view.viewport().width()

    async def act() -> None:
        await step()
        assert view.focused_row() == 0
        assert seen(400)
        assert seen(406)
        await step()
        assert view.focused_row() == 1
        assert seen(0)

    qt.run(act())


@pytest.mark.parametrize("letters", ["a", "ä"])
def test_what_is_found_in_a_folded_line_is_unfolded(
    view: LogView, log: LogStore, qt: QtRunner, letters: str
) -> None:
    line = letters * 3000 + "needle"
    log.feed(Stream.STDOUT, b"fine\n" * 100 + line.encode() + b"\n" + b"fine\n" * 100)
    view.grow()
    view.take_rows()

    async def act() -> None:
        view.find("needle")
        await until(lambda: view.found == 101)

    qt.run(act())
    shown = view.display.line(100)
    assert shown.unfolded
    box = next(view.page.layout_of(shown).rects(3000, 3006))
    y = next(place.y for place in view.page.placed() if place.row == 100)
    assert 0 <= y + box.top() < view.viewport().height()
