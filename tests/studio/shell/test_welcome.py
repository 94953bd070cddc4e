"""The welcome page: everything on it can be reached and says what it wants done."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from session.log.entry import Severity
from studio import loop
from studio.desk import Desk
from studio.shell.card import Card
from studio.shell.projects import RECENT
from studio.shell.welcome import WelcomePage
from tests.support.qt_loop import QtRunner, until

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


async def opened(desk: Desk, recent: list[Path], width: int = 1232) -> WelcomePage:
    """The page, with everything on it."""
    QApplication.setQuitOnLastWindowClosed(False)
    desk.memory.set(RECENT, [str(path) for path in recent])
    page = WelcomePage(desk)
    page.resize(width, 656)
    page.show()
    await until(lambda: any(card.title.text() == "Tool" for card in page.cards))
    return page


async def put_away(page: WelcomePage) -> None:
    """Close the page, and wait for what it still looks for."""
    page.close()
    here = asyncio.get_running_loop()
    await until(lambda: not any(task.get_loop() is here for task in loop._tasks))


def card_of(page: WelcomePage, title: str) -> Card:
    """The card with a title."""
    return next(card for card in page.cards if card.title.text() == title)


def press(card: Card, word: str) -> None:
    """Press a card's button."""
    next(button for button in card.findChildren(QPushButton) if button.text() == word).click()


def test_examples_and_templates_say_what_they_are(qt: QtRunner, desk: Desk) -> None:
    async def scene() -> None:
        page = await opened(desk, [])
        titles = [card.title.text() for card in page.cards]
        examples, templates = ["Daylight", "Harbour", "Primes"], ["App", "Game", "Tool"]
        assert titles[3:] == examples + templates
        assert all(card.accessibleName() for card in page.cards)
        assert all(card.accessibleDescription() for card in page.cards)
        await put_away(page)

    qt.run(scene())


@pytest.mark.parametrize(
    ("title", "target"),
    [
        ("Harbour", "harbour"),
        ("Primes", "primes/primes.py"),
        ("Daylight", "daylight/daylight.ipynb"),
    ],
)
def test_an_example_opens_and_plays_as_a_copy(
    qt: QtRunner, desk: Desk, title: str, target: str
) -> None:
    async def scene() -> None:
        page = await opened(desk, [])
        shown: list[Path] = []
        played: list[Path] = []
        page.open_requested.connect(shown.append)
        page.play_requested.connect(played.append)
        press(card_of(page, title), "Open")
        await until(lambda: bool(shown))
        press(card_of(page, title), "Play")
        await until(lambda: bool(played))
        own = desk.home.state / "examples" / target
        assert shown == played == [own]
        assert own.exists()
        await put_away(page)

    qt.run(scene())


def test_an_example_that_cannot_be_copied_is_told(qt: QtRunner, desk: Desk) -> None:
    async def scene() -> None:
        page = await opened(desk, [])
        desk.home.state.mkdir(parents=True)
        (desk.home.state / "examples").write_text("a file where the folder should be")
        card_of(page, "Harbour").activated.emit()
        await until(lambda: bool(desk.notices.notices))
        notice = desk.notices.notices[0]
        assert notice.severity is Severity.ERROR
        assert "Harbour" in notice.text
        await put_away(page)

    qt.run(scene())


def test_return_on_a_card_asks_for_it(qt: QtRunner, desk: Desk, tmp_path: Path) -> None:
    async def scene() -> None:
        page = await opened(desk, [tmp_path])
        shown: list[Path] = []
        made: list[str] = []
        page.open_requested.connect(shown.append)
        page.new_requested.connect(made.append)
        QTest.keyClick(page.recent.cards[tmp_path], Qt.Key.Key_Return)
        QTest.keyClick(card_of(page, "Game"), Qt.Key.Key_Return)
        QTest.keyClick(card_of(page, "New project…"), Qt.Key.Key_Space)
        QTest.mouseClick(page.recent.cards[tmp_path], Qt.MouseButton.LeftButton)
        assert shown == [tmp_path, tmp_path]
        assert made == ["game", ""]
        await put_away(page)

    qt.run(scene())


def test_a_slot_without_arguments_will_do_for_a_new_project(qt: QtRunner, desk: Desk) -> None:
    async def scene() -> None:
        page = await opened(desk, [])
        made: list[bool] = []

        def make() -> None:
            made.append(True)

        page.new_requested.connect(make)
        card_of(page, "App").activated.emit()
        assert made == [True]
        await put_away(page)

    qt.run(scene())


def test_open_folder_and_open_file_ask_which(qt: QtRunner, desk: Desk, tmp_path: Path) -> None:
    async def scene() -> None:
        page = await opened(desk, [])
        shown: list[Path] = []
        page.open_requested.connect(shown.append)
        for title in ("Open folder…", "Open file…"):
            card_of(page, title).activated.emit()
            (dialog,) = page.findChildren(QFileDialog)
            assert dialog.isVisible()
            dialog.fileSelected.emit(str(tmp_path))
            dialog.reject()
            await until(lambda: not page.findChildren(QFileDialog))
        assert shown == [tmp_path, tmp_path]
        await put_away(page)

    qt.run(scene())


def test_arrows_reach_every_card(qt: QtRunner, desk: Desk, tmp_path: Path) -> None:
    async def scene() -> None:
        page = await opened(desk, [tmp_path / str(number) for number in range(20)])
        page.cards[0].setFocus()
        seen = [page.focusWidget()]
        for _ in range(len(page.cards) - 1):
            QTest.keyClick(page.focusWidget(), Qt.Key.Key_Down)
            seen.append(page.focusWidget())
        assert seen == page.cards
        page.cards[0].setFocus()
        QTest.keyClick(page.focusWidget(), Qt.Key.Key_Right)
        assert page.focusWidget() is card_of(page, "Daylight")
        QTest.keyClick(page.focusWidget(), Qt.Key.Key_Left)
        assert page.focusWidget() is page.cards[0]
        await put_away(page)

    qt.run(scene())


@pytest.mark.parametrize("count", [0, 20])
def test_nothing_is_cut_off_at_the_smallest_window(
    qt: QtRunner, desk: Desk, tmp_path: Path, count: int
) -> None:
    async def scene() -> None:
        long = "Donaudampfschifffahrtsgesellschaftskapitaensmuetze" * 2
        page = await opened(desk, [tmp_path / f"{long}-{number}" for number in range(count)])
        assert page.horizontalScrollBar().maximum() == 0
        for card in page.cards:
            assert card.width() <= page.viewport().width()
            for label in (card.title, card.line):
                assert label.height() >= label.heightForWidth(label.width())
        await put_away(page)

    qt.run(scene())


def test_what_is_gone_is_greyed_and_can_be_removed(
    qt: QtRunner, desk: Desk, tmp_path: Path
) -> None:
    async def scene() -> None:
        gone = tmp_path / "gone"
        page = await opened(desk, [tmp_path, gone])
        card = page.recent.cards[gone]
        await until(lambda: "not there any more" in card.toolTip())
        assert page.recent.cards[tmp_path].toolTip() == ""
        card.findChildren(QToolButton)[0].click()
        assert list(page.recent.cards) == [tmp_path]
        assert desk.memory.get(RECENT, list) == [str(tmp_path)]
        page.recent.remove(tmp_path)
        assert page.recent.empty.isVisible()
        await put_away(page)

    qt.run(scene())


def test_what_was_opened_meanwhile_is_listed_when_the_page_comes_back(
    qt: QtRunner, desk: Desk, tmp_path: Path
) -> None:
    async def scene() -> None:
        page = await opened(desk, [])
        page.hide()
        desk.memory.set(RECENT, [str(tmp_path)])
        page.show()
        assert list(page.recent.cards) == [tmp_path]
        assert page.cards[3] is page.recent.cards[tmp_path]
        await put_away(page)

    qt.run(scene())


def test_tab_follows_the_eye(qt: QtRunner, desk: Desk, tmp_path: Path) -> None:
    async def scene() -> None:
        page = await opened(desk, [])
        desk.memory.set(RECENT, [str(tmp_path)])
        page.recent.refresh()
        stops = [stop for card in page.cards for stop in card.stops]
        stops[0].setFocus()
        seen = [page.focusWidget()]
        for _ in stops[1:]:
            QTest.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
            seen.append(page.focusWidget())
        assert seen == stops
        await put_away(page)

    qt.run(scene())


def test_folders_and_files_can_be_dropped(qt: QtRunner, desk: Desk, tmp_path: Path) -> None:
    async def scene() -> None:
        page = await opened(desk, [])
        shown: list[Path] = []
        page.open_requested.connect(shown.append)
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(tmp_path)), QUrl("https://example.org/x.py")])
        keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
        copy = Qt.DropAction.CopyAction
        enter = QDragEnterEvent(QPoint(9, 9), copy, data, buttons, keys)
        page.dragEnterEvent(enter)
        assert enter.isAccepted()
        page.dropEvent(QDropEvent(QPointF(9, 9), copy, data, buttons, keys))
        assert shown == [tmp_path]
        text = QMimeData()
        text.setText("just text")
        other = QDragEnterEvent(QPoint(9, 9), copy, text, buttons, keys)
        other.ignore()
        page.dragEnterEvent(other)
        assert not other.isAccepted()
        await put_away(page)

    qt.run(scene())


def test_a_page_that_goes_away_while_it_looks_does_no_harm(
    qt: QtRunner, desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    async def scene() -> None:
        page = await opened(desk, [tmp_path / "gone"])
        card_of(page, "Harbour").activated.emit()
        page.recent.refresh()
        page.deleteLater()
        await until(lambda: (desk.home.state / "examples" / "harbour" / "main.py").exists())
        here = asyncio.get_running_loop()
        await until(lambda: not any(task.get_loop() is here for task in loop._tasks))

    qt.run(scene())
