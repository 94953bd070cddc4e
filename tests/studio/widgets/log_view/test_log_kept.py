"""What a view remembers, how it is read aloud, how it looks."""

import json
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from session.log.entry import Location, LogQuery, NewEntry, Severity, Source, Stream
from session.log.store import LogStore
from studio.desk import Desk
from studio.look.tokens import DARK, LIGHT, Tokens
from studio.widgets.log_view.colours import background, contrast, foreground
from studio.widgets.log_view.kept_state import KeptState, read_state
from studio.widgets.log_view.text_style import TextStyle, indexed_colour
from studio.widgets.log_view.view import LogView
from tests.support.log_rows import settled
from tests.support.qt_loop import QtRunner


def fill(view: LogView, log: LogStore) -> None:
    """Write rows of several kinds."""
    log.append_state("idle", "preparing", "play")
    log.append(
        NewEntry(
            Source.PACK_VALIDATION,
            Severity.WARNING,
            "not used",
            location=Location("a.py", 1, 2),
            code="unused",
            hint="Remove it.",
        )
    )
    log.feed(Stream.STDOUT, b"".join(b"line %d\n" % number for number in range(300)))
    log.feed(Stream.STDERR, b"oops\n" + b"x" * 3000 + b"\n")
    view.grow()
    view.take_rows()


def test_a_view_made_anew_looks_the_same(
    view: LogView, log: LogStore, desk: Desk, qt: QtRunner, qtbot: QtBot
) -> None:
    fill(view, log)

    async def act() -> None:
        view.set_query(LogQuery(frozenset({Source.RUNTIME}), Severity.INFO, regex="[1-8]|x"))
        await settled(view)
        view.set_times("delta")
        view.set_wrap(True)
        view.set_unfolded(log.last_seq, whole=True)
        view.verticalScrollBar().setValue(40)
        view.select(view.selection.at(60).extended(63))
        state = json.loads(json.dumps(view.state()))
        other = LogView(desk.appearance)
        other.resize(view.size())
        other.show_log(log, live=True)
        other.restore(state)
        other.show()
        await settled(other)
        other.take_rows()
        assert other.state() == state
        assert other.visible_rows().start == view.visible_rows().start == 40
        assert other.selected_text() == view.selected_text() != ""
        assert other.query == view.query
        assert not other.following
        await other.release()
        other.deleteLater()

    qt.run(act())


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"query": 7, "top": -3, "following": "no", "times": "never", "unfolded": "x"},
        {"query": {"sources": ["no such"], "severity": "loud"}, "selection": [1]},
        {"query": {"sources": 5, "text": 5}, "selection": ["a", "b"], "unfolded": [None]},
    ],
)
def test_an_unfit_state_is_a_fresh_one(broken: dict[str, Any]) -> None:
    kept = read_state(broken)
    assert kept._replace(unfolded=()) == KeptState()


def test_a_state_with_an_impossible_pattern_keeps_the_rest(
    view: LogView, log: LogStore, qt: QtRunner
) -> None:
    fill(view, log)
    view.restore({"query": {"regex": "("}, "wrap": True})
    assert view.page.wrap
    assert view.query == LogQuery()


def test_a_screen_reader_reads_the_rows_in_sight(view: LogView, log: LogStore) -> None:
    fill(view, log)
    view.verticalScrollBar().setValue(0)
    view.setFocus()
    view.select(view.selection.at(2))
    read = QAccessible.queryAccessibleInterface(view)
    kind = QAccessible.Text.Name
    assert read.role() == QAccessible.Role.List
    assert read.text(kind) == "Log"
    assert read.childCount() == len(view.visible_rows())
    row = read.child(1)
    assert row.role() == QAccessible.Role.ListItem
    assert row.text(kind) == "warning, check: a.py:1:2: not used [unused]  ·  Remove it."
    assert row.text(QAccessible.Text.Description).startswith("row 2 of 304, 00:00.")
    assert row.state().selected
    assert row.parent().text(kind) == "Log"
    assert read.indexOfChild(row) == 1
    assert read.focusChild().text(kind) == row.text(kind)
    assert row.rect() == view.row_box(1)
    assert read.childAt(*row.rect().center().toTuple()).text(kind) == row.text(kind)
    assert read.child(5000) is None
    view.follow_tail()
    view.take_rows()
    assert "standard error" in read.child(read.childCount() - 2).text(kind)


def test_a_reader_outlives_many_views(desk: Desk, log: LogStore, qt: QtRunner) -> None:
    log.feed(Stream.STDOUT, b"a\nb\n")
    QAccessible.setActive(True)
    try:
        for _ in range(50):
            view = LogView(desk.appearance)
            view.show_log(log, live=False)
            view.show()
            read = QAccessible.queryAccessibleInterface(view)
            assert read.child(1).text(QAccessible.Text.Name) == "run: b"
            view.select(view.selection.at(2))
            view.select(view.selection.at(1))
            view.deleteLater()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            QApplication.processEvents()
    finally:
        QAccessible.setActive(False)


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=lambda tokens: tokens.name)
def test_every_colour_a_program_asks_for_can_be_read(tokens: Tokens) -> None:
    for number in range(256):
        style = TextStyle(foreground=indexed_colour(number))
        on_panel = foreground(style, tokens, "text", muted=False)
        assert contrast(on_panel, QColor(tokens.panel)) >= 4.4, number
        inverse = TextStyle(background=indexed_colour(number))
        ground = background(inverse, tokens, "text")
        assert ground is not None
        assert contrast(foreground(inverse, tokens, "text", muted=False), ground) >= 4.4, number


def test_both_themes_paint_their_ground(view: LogView, log: LogStore, desk: Desk) -> None:
    fill(view, log)
    for tokens in (DARK, LIGHT):
        desk.appearance.set_theme(tokens.name)
        image = view.viewport().grab().toImage()
        assert image.pixelColor(image.width() - 3, 30).name() == tokens.panel
        inks = {image.pixelColor(x, y).name() for x in range(300) for y in range(20, 60)}
        assert len(inks) > 3
    desk.appearance.set_theme("system")


def test_a_run_of_the_past_is_grey(view: LogView, log: LogStore) -> None:
    log.feed(Stream.STDERR, b"\x1b[31mError: red\x1b[0m\n")
    view.show_log(log, live=False, earlier=True)
    image = view.viewport().grab().toImage()
    colours = [image.pixelColor(x, y) for x in range(400) for y in range(22)]
    assert all(abs(c.red() - c.blue()) < 40 for c in colours)
