"""Which rows the view shows: filters, growth, repetitions and pauses in any order."""

import random
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot

from session.log.entry import LogQuery, NewEntry, Severity, Source, Stream
from session.log.store import LogStore
from studio.desk import Desk
from studio.widgets.log_view.view import LogView
from tests.support.log_rows import expected_seqs, settled, shown_seqs, shown_texts
from tests.support.qt_loop import QtRunner, until

QUERIES = [
    LogQuery(),
    LogQuery(severity=Severity.WARNING),
    LogQuery(sources=frozenset({Source.BUILD, Source.PACK})),
    LogQuery(sources=frozenset({Source.RUNTIME}), severity=Severity.ERROR),
    LogQuery(text="item 1"),
    LogQuery(regex=r"item \d*[27]\b"),
    LogQuery(exclude="item [0-4]"),
    LogQuery(severity=Severity.WARNING, text="error", exclude="7"),
]


def write_some(log: LogStore, chance: random.Random, rows: int) -> None:
    """Write rows of all kinds, some of them again and again."""
    for _ in range(rows):
        number = chance.randrange(100)
        match chance.randrange(6):
            case 0:
                source = chance.choice(list(Source))
                log.append(NewEntry(source, chance.choice(list(Severity)), f"item {number}"))
            case 1:
                log.feed(Stream.STDERR, b"error: item %d\n" % number)
            case 2:
                log.feed(Stream.STDOUT, b"same\n" * chance.randrange(1, 5))
            case 3:
                log.feed(Stream.STDOUT, b"ping\npong\n" * chance.randrange(1, 4))
            case _:
                log.feed(Stream.STDOUT, b"item %d\n" % number)


@pytest.mark.parametrize("seed", range(6))
def test_any_order_gives_what_a_fresh_look_gives(
    view: LogView, log: LogStore, qt: QtRunner, seed: int
) -> None:
    chance = random.Random(seed)
    collapse = paused = False
    query = LogQuery()

    async def act() -> None:
        nonlocal collapse, paused, query
        for _ in range(25):
            match chance.randrange(5):
                case 0 | 1:
                    write_some(log, chance, chance.randrange(40))
                    view.grow()
                case 2:
                    query = chance.choice(QUERIES)
                    assert view.set_query(query)
                case 3:
                    collapse = not collapse
                    view.set_collapse(collapse)
                case _:
                    paused = not paused
                    view.set_paused(paused)
            if chance.random() < 0.4:
                await settled(view)
                if not paused:
                    assert shown_seqs(view) == expected_seqs(log, query, collapse=collapse)
        view.set_paused(False)
        view.grow()
        await settled(view)
        assert shown_seqs(view) == expected_seqs(log, query, collapse=collapse)

    qt.run(act())


@pytest.mark.parametrize("query", QUERIES)
def test_live_rows_pass_the_same_filter(
    view: LogView, log: LogStore, qt: QtRunner, query: LogQuery
) -> None:
    async def act() -> None:
        view.set_query(query)
        for seed in range(12):
            write_some(log, random.Random(seed), 30)
            view.grow()
            await until(lambda: True)
        await settled(view)
        assert shown_seqs(view) == expected_seqs(log, query, collapse=False)

    qt.run(act())


def test_counts_are_told(view: LogView, log: LogStore, qt: QtRunner) -> None:
    told: list[tuple[int, int]] = []
    view.counts_changed.connect(lambda shown, total: told.append((shown, total)))

    async def act() -> None:
        log.feed(Stream.STDOUT, b"a\nb\nab\n")
        view.grow()
        await until(lambda: told[-1:] == [(3, 3)])
        view.set_query(LogQuery(text="b"))
        await until(lambda: told[-1] == (2, 3))
        view.set_paused(True)
        log.feed(Stream.STDOUT, b"bb\n")
        view.grow()
        await until(lambda: told[-1] == (2, 4))
        view.set_paused(False)
        await until(lambda: told[-1] == (3, 4))

    qt.run(act())


@pytest.mark.parametrize("query", [LogQuery(regex="("), LogQuery(exclude="*")])
def test_an_impossible_pattern_is_told_and_changes_nothing(
    view: LogView, log: LogStore, qt: QtRunner, query: LogQuery
) -> None:
    failures: list[str] = []
    view.search_failed.connect(failures.append)

    async def act() -> None:
        log.feed(Stream.STDOUT, b"good\nbad\n")
        view.grow()
        view.set_query(LogQuery(text="good"))
        await settled(view)
        assert not view.set_query(query)
        await settled(view)

    qt.run(act())
    assert shown_texts(view) == ["good"]
    assert view.query == LogQuery(text="good")
    assert len(failures) == 1
    assert "is not a regular expression" in failures[0]


def test_a_hopeless_pattern_is_superseded(view: LogView, log: LogStore, qt: QtRunner) -> None:
    log.feed(Stream.STDOUT, b"a" * 60 + b"!\nplain\n")
    view.grow()

    async def act() -> None:
        view.set_query(LogQuery(regex=r"^(a+)+$"))
        await until(lambda: not view.complete)
        view.set_query(LogQuery(text="plain"))
        await settled(view)
        assert shown_texts(view) == ["plain"]

    qt.run(act())


def test_rows_stay_until_there_are_others_to_show(
    view: LogView, log: LogStore, qt: QtRunner
) -> None:
    log.feed(Stream.STDOUT, b"wanted\n" + b"row\n" * 300_000)
    view.grow()
    shown: set[int] = set()

    async def act() -> None:
        view._filtering.changed.connect(lambda: shown.add(len(view.shown_rows())))
        view.set_query(LogQuery(text="wanted"))
        log.feed(Stream.STDOUT, b"wanted\n" * 50_000)  # the search finds these first
        await settled(view)

    qt.run(act())
    assert 0 not in shown
    assert shown_texts(view) == ["wanted"] * 50_001


def test_a_filter_stays_for_another_log(
    view: LogView, log: LogStore, qt: QtRunner, tmp_path: Path
) -> None:
    other = LogStore.create(tmp_path / "other", "run-2")
    other.feed(Stream.STDOUT, b"x 1\ny 1\n")
    log.feed(Stream.STDOUT, b"x 2\ny 2\nx 3\n")
    view.grow()

    async def act() -> None:
        view.set_query(LogQuery(text="x"))
        await settled(view)
        view.show_log(other, live=False)
        await settled(view)
        assert shown_texts(view) == ["x 1"]
        view.show_log(None, live=False)
        await settled(view)
        assert shown_texts(view) == []

    qt.run(act())
    other.close()


def test_the_unfinished_line_is_shown_until_it_ends(view: LogView, log: LogStore) -> None:
    log.feed(Stream.STDOUT, b"done\nloading 10 %\rloading 20 %")
    view.grow()
    assert shown_texts(view) == ["done", "loading 20 %"]
    log.feed(Stream.STDOUT, b"\rloading 30 %")
    view.tail_changed()
    assert shown_texts(view)[-1] == "loading 30 %"
    view.set_query(LogQuery(sources=frozenset({Source.BUILD})))
    assert shown_texts(view) == []
    view.set_query(LogQuery())
    log.feed(Stream.STDOUT, b"\r\x1b[Kready\n")
    view.grow()
    assert shown_texts(view) == ["done", "ready"]


def test_a_flood_seen_by_a_hundred_views_has_no_gap_and_no_repeat(
    desk: Desk, qt: QtRunner, qtbot: QtBot, log: LogStore
) -> None:
    """The view is destroyed and made again while the log grows; each shows what there is."""
    chance = random.Random(1)
    state: dict[str, object] = {}

    async def act() -> None:
        nonlocal state
        for number in range(100):
            log.feed(
                Stream.STDOUT, b"".join(b"line %d\n" % n for n in range(chance.randrange(400)))
            )
            view = LogView(desk.appearance)
            view.resize(800, 300)
            view.show_log(log, live=True)
            if state:
                view.restore(state)
            view.show()
            log.feed(Stream.STDERR, b"late %d\n" % number)
            view.grow()
            await until(lambda view=view: view.complete)  # type: ignore[misc]  # bound on purpose
            assert shown_seqs(view) == list(range(1, log.last_seq + 1))
            line = view.display.line(view.display.lens_rows - 1)
            assert line.text == f"late {number}"
            view.take_rows()
            assert view.visible_rows().stop == len(view.display)
            state = view.state()
            view.deleteLater()

    qt.run(act(), timeout_s=60)


def test_a_log_that_cannot_be_read_any_more_stops_nothing(
    view: LogView, log: LogStore, qt: QtRunner
) -> None:
    log.feed(Stream.STDOUT, b"one\ntwo\n")
    log.close()
    (log.folder / "log.spool").unlink()
    view.grow()
    view.set_collapse(True)
    qt.run(settled(view))
    assert shown_texts(view) == ["This row cannot be read: No such file or directory."] * 2
    assert not view.viewport().grab().isNull()
    told: list[str] = []
    view.copied.connect(told.append)
    view.select_all()
    view.copy()
    assert told == ["Nothing was copied: No such file or directory."]


def test_processes_end_with_their_view(desk: Desk, qt: QtRunner, log: LogStore) -> None:
    log.feed(Stream.STDOUT, b"one\ntwo\n")

    async def act() -> list[int]:
        pids = []
        for _ in range(3):
            view = LogView(desk.appearance)
            view.show_log(log, live=False)
            view.set_query(LogQuery(text="one"))
            view.find("one")
            await settled(view)
            for searcher in (view._filtering.searcher, view._finder.searcher):
                assert searcher._search is not None
                assert searcher._search.pid is not None
                pids.append(searcher._search.pid)
            view.deleteLater()
        await until(lambda: not any(map(psutil.pid_exists, pids)))
        return pids

    assert len(set(qt.run(act()))) == 6
