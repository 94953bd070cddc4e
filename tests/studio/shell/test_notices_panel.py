"""The notices list: newest first, everything reachable, and it never opens by itself."""

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from session.log.entry import Severity
from studio.desk import Desk
from studio.notices import NoticeAction
from studio.shell.notice_row import NoticeRow, copied_text, time_text
from studio.shell.notices_panel import NoticesPanel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def bell(qtbot: QtBot) -> QWidget:
    """What the list opens beside."""
    bell = QWidget()
    qtbot.addWidget(bell)
    bell.resize(24, 24)
    bell.show()
    return bell


@pytest.fixture
def panel(desk: Desk, bell: QWidget) -> NoticesPanel:
    """The list of the desk's notices, not open."""
    return NoticesPanel(desk.notices, desk.appearance, bell)


def texts(panel: NoticesPanel) -> list[str]:
    """What is shown, from the top."""
    panel._list.activate()
    shown = [row for row in panel.findChildren(NoticeRow) if row.isVisible()]
    return [row.notice.text for row in sorted(shown, key=lambda row: row.y())]


def test_newest_first_and_read_once_seen(desk: Desk, panel: NoticesPanel, bell: QWidget) -> None:
    for text in ("one", "two", "three"):
        desk.notices.post(text)
    assert not panel.isVisible()
    assert desk.notices.unread == 3
    panel.open_at(bell)
    assert texts(panel) == ["three", "two", "one"]
    assert desk.notices.unread == 0
    desk.notices.post("four")
    assert texts(panel) == ["four", "three", "two", "one"]


def test_what_is_being_read_stays_in_its_place(
    desk: Desk, panel: NoticesPanel, bell: QWidget, qtbot: QtBot
) -> None:
    for number in range(40):
        desk.notices.post(f"notice {number}")
    panel.open_at(bell)
    bar = panel._scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum() // 2)
    row = panel.rows()[20]
    before = row.mapTo(panel, row.rect().topLeft()).y()
    most = bar.maximum()
    desk.notices.post("one more")
    qtbot.waitUntil(lambda: bar.maximum() > most)
    assert row.mapTo(panel, row.rect().topLeft()).y() == before


def test_an_empty_list_teaches_and_clears(desk: Desk, panel: NoticesPanel, bell: QWidget) -> None:
    panel.open_at(bell)
    assert panel._empty.isVisible()
    assert not panel.clear_button.isEnabled()
    desk.notices.post("one")
    assert not panel._empty.isVisible()
    panel.clear_button.click()
    assert panel.rows() == []
    assert panel._empty.isVisible()


def test_the_list_is_bounded(desk: Desk, panel: NoticesPanel, bell: QWidget) -> None:
    panel.open_at(bell)
    for number in range(230):
        desk.notices.post(str(number))
    assert len(panel.rows()) == len(desk.notices.notices) == 200
    assert len(panel._rows) == 200


def test_an_action_runs_once_and_closes_the_list(
    desk: Desk, panel: NoticesPanel, bell: QWidget
) -> None:
    done: list[str] = []
    desk.notices.post("disk full", actions=(NoticeAction("Open folder", lambda: done.append("x")),))
    panel.open_at(bell)
    (row,) = panel.rows()
    (button,) = (b for b in row.findChildren(QPushButton) if b.text() == "Open folder")
    button.click()
    assert done == ["x"]
    assert not panel.isVisible()


def test_detail_is_shown_on_demand_and_copied(
    desk: Desk, panel: NoticesPanel, bell: QWidget, qtbot: QtBot
) -> None:
    desk.notices.post("it failed", Severity.ERROR, "line 1\nline 2")
    panel.open_at(bell)
    (row,) = panel.rows()
    assert row.hasFocus()
    assert row.detail.isHidden()
    QTest.keyClick(row, Qt.Key.Key_Return)
    assert not row.detail.isHidden()
    QTest.keyClick(row, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == copied_text(row.notice)
    assert copied_text(row.notice).endswith("error: it failed\nline 1\nline 2")


def test_arrows_move_and_escape_closes(
    desk: Desk, panel: NoticesPanel, bell: QWidget, qtbot: QtBot
) -> None:
    for number in range(30):
        desk.notices.post(str(number))
    panel.open_at(bell)
    rows = panel.rows()
    qtbot.waitUntil(lambda: panel._scroll.verticalScrollBar().maximum() > 0)
    for _ in range(25):
        QTest.keyClick(panel.focusWidget(), Qt.Key.Key_Down)
    assert rows[25].hasFocus()
    assert panel._scroll.verticalScrollBar().value() > 0
    QTest.keyClick(rows[25], Qt.Key.Key_Up)
    assert rows[24].hasFocus()
    QTest.keyClick(rows[24], Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_a_screen_reader_hears_severity_time_and_text(
    desk: Desk, panel: NoticesPanel, bell: QWidget
) -> None:
    desk.notices.post("disk full", Severity.WARNING, "on /home")
    panel.open_at(bell)
    (row,) = panel.rows()
    assert row.accessibleName().startswith("warning, ")
    assert row.accessibleName().endswith(": disk full")
    assert row.accessibleDescription() == "on /home"


def test_a_text_with_markup_is_shown_as_it_is(
    desk: Desk, panel: NoticesPanel, bell: QWidget
) -> None:
    desk.notices.post("<b>not bold</b>")
    panel.open_at(bell)
    (row,) = panel.rows()
    assert row._text.textFormat() is Qt.TextFormat.PlainText


def test_times_have_their_date_when_it_is_another_day() -> None:
    noon = time.mktime((2026, 5, 4, 12, 0, 0, 0, 0, -1))
    assert time_text(noon, noon + 60) == "12:00:00"
    assert time_text(noon, noon + 24 * 3600) == "2026-05-04 12:00"


def test_it_opens_wholly_on_the_screen(panel: NoticesPanel, bell: QWidget) -> None:
    screen = bell.screen().availableGeometry()
    for place in (screen.topLeft(), screen.bottomRight()):
        bell.move(place)
        panel.open_at(bell)
        assert screen.adjusted(-1, -1, 1, 1).contains(panel.geometry())
        panel.close()
