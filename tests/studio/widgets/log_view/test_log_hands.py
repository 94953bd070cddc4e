"""The log under keys and mouse: selecting, copying, scrolling, following, links, folding."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from session.log.entry import Location, NewEntry, Severity, Source, Stream
from session.log.store import LogStore
from studio.widgets.log_view.chips import UNFOLD
from studio.widgets.log_view.links import LogLink
from studio.widgets.log_view.view import LogView
from tests.support.log_rows import click, hover, link_of, point_in, shown_texts
from tests.support.qt_loop import QtRunner, until

Key = Qt.Key
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def fill(view: LogView, log: LogStore, rows: int = 500) -> None:
    """Write numbered rows."""
    log.feed(Stream.STDOUT, b"".join(b"line %d\n" % n for n in range(1, rows + 1)))
    view.grow()
    view.take_rows()


def clipboard() -> str:
    """What is in the clipboard."""
    return QGuiApplication.clipboard().text()


def press(view: LogView, *keys: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    """Press keys, one after the other."""
    for key in keys:
        QTest.keyClick(view, key, modifier or Qt.KeyboardModifier.NoModifier)


# ---- following -----------------------------------------------------------------------------------


def test_scrolling_up_pauses_following_and_end_resumes_it(view: LogView, log: LogStore) -> None:
    fill(view, log)
    told: list[bool] = []
    view.following_changed.connect(told.append)
    assert view.visible_rows().stop == 500
    view.scroll_by(-100)
    top = view.visible_rows().start
    fill(view, log, 50)
    assert view.visible_rows().start == top
    press(view, Key.Key_End)
    fill(view, log, 50)
    assert view.visible_rows().stop == 600
    assert told == [False, True]


def test_dragging_the_bar_to_its_end_follows_again(view: LogView, log: LogStore) -> None:
    fill(view, log)
    bar = view.verticalScrollBar()
    bar.setValue(10)
    assert view.visible_rows().start == 10
    bar.setValue(bar.maximum())
    assert view.following


def test_the_bar_counts_rows(view: LogView, log: LogStore) -> None:
    fill(view, log, 100_000)
    bar = view.verticalScrollBar()
    page = len(view.visible_rows())
    assert abs(bar.maximum() - (100_000 - page)) <= 2


def test_paused_rows_wait(view: LogView, log: LogStore) -> None:
    fill(view, log, 5)
    view.set_paused(True)
    log.feed(Stream.STDOUT, b"held back\nunfinished")
    view.grow()
    view.tail_changed()
    assert shown_texts(view)[-1] == "line 5"
    view.set_paused(False)
    assert shown_texts(view)[-2:] == ["held back", "unfinished"]


# ---- selecting and copying -----------------------------------------------------------------------


def test_rows_are_selected_with_the_mouse_and_copied(
    view: LogView, log: LogStore, qtbot: QtBot
) -> None:
    fill(view, log, 9)
    click(view, point_in(view, 2, 3))
    click(view, point_in(view, 4, 3), SHIFT)
    assert view.selected_text() == "line 3\nline 4\nline 5"
    press(view, Key.Key_C, modifier=CONTROL)
    qtbot.waitUntil(lambda: clipboard() == "line 3\nline 4\nline 5")
    with qtbot.waitSignal(view.copied) as told:
        press(view, Key.Key_C, modifier=CONTROL | SHIFT)
    lines = clipboard().split("\n")
    assert [line.split() for line in lines] == [
        [lines[0].split()[0], "run", "line", str(number)] for number in (3, 4, 5)
    ]
    assert told.args is not None
    assert told.args[0].startswith("3 rows copied")


def test_rows_are_selected_with_the_keyboard(view: LogView, log: LogStore) -> None:
    fill(view, log, 500)
    press(view, Key.Key_Home)
    assert view.selection.rows == (1, 1)
    press(view, Key.Key_Down, Key.Key_Down, modifier=SHIFT)
    assert view.selection.rows == (1, 3)
    press(view, Key.Key_PageDown)
    page = view.page.rows_a_page
    assert view.selection.rows == (3 + page, 3 + page)
    assert view.focused_row() in view.visible_rows()
    press(view, Key.Key_A, modifier=CONTROL)
    assert view.selection.rows == (1, 500)
    press(view, Key.Key_Up)
    assert view.selection.rows == (499, 499)
    assert view.focused_row() in view.visible_rows()


def test_characters_are_selected_within_a_row(view: LogView, log: LogStore, qtbot: QtBot) -> None:
    fill(view, log, 9)
    QTest.mousePress(
        view.viewport(), Qt.MouseButton.LeftButton, pos=point_in(view, 1, 0) - QPoint(3, 0)
    )
    QTest.mouseMove(view.viewport(), point_in(view, 1, 4) - QPoint(3, 0))
    view._pointer.move(point_in(view, 1, 4) - QPoint(3, 0))
    QTest.mouseRelease(
        view.viewport(), Qt.MouseButton.LeftButton, pos=point_in(view, 1, 4) - QPoint(3, 0)
    )
    assert view.selected_text() == "line"
    view.copy()
    assert clipboard() == "line"


def test_dragging_over_rows_selects_rows_and_scrolls_at_the_edge(
    view: LogView, log: LogStore, qtbot: QtBot
) -> None:
    fill(view, log, 500)
    first = view.visible_rows().start
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=point_in(view, first + 3, 2))
    view._pointer.move(QPoint(200, -40))
    qtbot.waitUntil(lambda: view.visible_rows().start < first - 10)
    view._pointer.release(QPoint(200, -40), Qt.KeyboardModifier.NoModifier)
    rows = view.selection.rows
    assert rows is not None
    assert rows[1] == first + 4
    assert rows[0] < first - 5


def test_a_double_click_selects_a_word(view: LogView, log: LogStore) -> None:
    fill(view, log, 3)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point_in(view, 1, 1))
    assert view.selected_text() == "line"


def test_a_selection_survives_what_happens_to_the_rows(view: LogView, log: LogStore) -> None:
    fill(view, log, 50)
    view.select(view.selection.at(20))
    fill(view, log, 50)
    view.set_collapse(True)
    view.set_wrap(True)
    assert view.selection.rows == (20, 20)
    assert view.selected_text() == "line 20"


def test_collapsed_rows_are_copied_in_full(view: LogView, log: LogStore, qt: QtRunner) -> None:
    log.feed(Stream.STDOUT, b"a\n" + b"tick\n" * 5 + b"b\n")
    view.grow()
    view.set_collapse(True)
    qt.run(until(lambda: view.complete))
    assert shown_texts(view) == ["a", "tick", "b"]
    view.select_all()
    assert view.selected_text() == "\n".join(["a", *["tick"] * 5, "b"])


def test_very_many_rows_are_copied_bit_by_bit(view: LogView, log: LogStore, qtbot: QtBot) -> None:
    fill(view, log, 100_000)
    view.select_all()
    with qtbot.waitSignal(view.copied, timeout=20_000) as told:
        view.copy()
        assert view.copying
    assert told.args is not None
    assert told.args[0].startswith("100,000 rows copied (")
    assert clipboard().count("\n") == 99_999


def test_the_menu_offers_what_can_be_done(view: LogView, log: LogStore, qtbot: QtBot) -> None:
    log.feed(Stream.STDOUT, b"src/app.c:12:5: warning\n" + b"x" * 2000 + b"\n")
    view.grow()
    click(view, point_in(view, 1, 2))
    press(view, Key.Key_Up)
    QTest.keyClick(view, Key.Key_Menu)
    hit = view.page.hit(*point_in(view, 0, 3).toTuple())
    from studio.widgets.log_view.menu import build_menu

    menu = build_menu(view, view, hit, selected=True)
    texts = [action.text().split("\t")[0] for action in menu.actions() if action.text()]
    assert texts == [
        "Open src/app.c",
        "Copy",
        "Copy with columns",
        "Select all",
        "Follow the newest row",
    ]
    menu.deleteLater()
    for other in view.findChildren(QMenu):
        other.close()


# ---- links and folding ---------------------------------------------------------------------------


def test_a_link_is_followed_by_a_click_and_by_enter(view: LogView, log: LogStore) -> None:
    followed: list[LogLink] = []
    view.link_activated.connect(followed.append)
    log.feed(Stream.STDERR, b'  File "main.py", line 12, in <module>\n')
    log.append(NewEntry(Source.BUILD, Severity.ERROR, "no", location=Location("level.py", 3, 9)))
    view.grow()
    click(view, point_in(view, 0, 10))
    click(view, point_in(view, 0, 30))
    click(view, point_in(view, 1, 4))
    press(view, Key.Key_Return)
    press(view, Key.Key_Up, Key.Key_Return)
    level, main = LogLink("level.py", 3, 9), LogLink("main.py", 12)
    assert followed == [main, level, level, main]


def test_a_link_is_underlined_under_the_mouse(view: LogView, log: LogStore) -> None:
    log.feed(Stream.STDOUT, b"see a.py:1 there\n")
    view.grow()
    hover(view, point_in(view, 0, 5))
    assert link_of(view) == (1, 4, 10)
    assert view.viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor
    hover(view, point_in(view, 0, 1))
    assert link_of(view) is None
    assert view.viewport().cursor().shape() == Qt.CursorShape.ArrowCursor


@pytest.mark.parametrize("wrap", [False, True])
def test_a_long_line_unfolds_by_click_and_key(view: LogView, log: LogStore, wrap: bool) -> None:
    log.feed(Stream.STDOUT, b"x" * 3000 + b"\nnext\n")
    view.grow()
    view.set_wrap(wrap)
    view.take_rows()
    place = view.page.placed()[0]
    line = view.display.line(0)
    assert len(line.text) == 1000
    ((chip, box),) = view.page.chips_at(0, line, view.page.layout_of(line), place.y)
    assert chip.kind == UNFOLD
    assert chip.text == "… 2,000 more characters"
    assert box.right() <= view.viewport().width()
    click(view, box.center().toPoint())
    assert len(view.display.line(0).text) == 3000
    view.take_rows()
    assert view.page.height_of(0) > 22 * 10
    press(view, Key.Key_Home, Key.Key_Space)
    assert len(view.display.line(0).text) == 1000


def test_a_repeated_row_says_how_often(view: LogView, log: LogStore, qt: QtRunner) -> None:
    log.feed(Stream.STDOUT, b"tick\n" * 1204 + b"end\n")
    view.grow()
    view.set_collapse(True)
    qt.run(until(lambda: view.complete))
    line = view.display.line(0)
    ((chip, _),) = view.page.chips_at(0, line, view.page.layout_of(line), 0)
    assert chip.text == "×1,204"


# ---- characters that are not one cell ------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["日本語 wide text", "e\u0301a\u0300 combined", "🎉 party 🎉", "שלום and more"]
)
@pytest.mark.parametrize("wrap", [False, True])
def test_characters_of_any_kind_are_hit_where_they_are(
    view: LogView, log: LogStore, text: str, wrap: bool
) -> None:
    log.feed(Stream.STDOUT, (text + " " + "x" * 200 + "\n").encode())
    view.grow()
    view.set_wrap(wrap)
    line = view.display.line(0)
    layout = view.page.layout_of(line)
    start = line.text.index("xxx")
    number = next(n for n, part in enumerate(layout.lines) if part.start <= start < part.stop)
    for position in (start, start + 5):
        x = layout.x_of(number, position)
        assert layout.position_at(number, x) == position
    boxes = list(layout.rects(start, start + 4))
    assert sum(box.width() for box in boxes) == pytest.approx(4 * view.page.cell.width, rel=0.1)
    assert "".join(line.text[part.start : part.stop] for part in layout.lines) == line.text
