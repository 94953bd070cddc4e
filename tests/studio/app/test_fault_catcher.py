"""Faults of the studio's own: caught wherever they come from, told once, nothing ends."""

import asyncio
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QPushButton,
)
from pytestqt.qtbot import QtBot

from studio import loop
from studio.app.crash_dialog import CrashDialog
from studio.app.crash_report import Fault, FaultCatcher, signature
from studio.app.fault_desk import FaultDesk
from studio.desk import Desk
from tests.support.qt_loop import QtRunner, until


@pytest.fixture
def catcher(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FaultCatcher]:
    """A catcher at work, with a home of its own."""
    monkeypatch.setenv("PLAYHEAD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOME", str(tmp_path))
    catcher = FaultCatcher()
    catcher.install()
    yield catcher
    catcher.release()


@pytest.fixture
def caught(catcher: FaultCatcher) -> list[Fault]:
    """What it caught."""
    faults: list[Fault] = []
    catcher.caught.connect(faults.append)
    return faults


def boom() -> None:
    """Fail."""
    message = "on purpose"
    raise LookupError(message)


def test_a_slot_that_fails_repeatedly_is_told_once(
    qt: QtRunner, catcher: FaultCatcher, caught: list[Fault], tmp_path: Path
) -> None:
    again: list[int] = []
    catcher.repeated.connect(lambda: again.append(1))
    timer = QTimer(interval=1)
    timer.timeout.connect(boom)

    async def scenario() -> None:
        timer.start()
        await until(lambda: len(again) > 50)
        timer.stop()

    qt.run(scenario())
    (fault,) = caught
    assert fault.sentence == "LookupError: on purpose"
    assert fault.kept is not None
    assert fault.kept.parent == tmp_path / "home" / "reports"
    assert fault.kept.read_text() == fault.report
    assert "PySide6-Essentials 6." in fault.report
    assert str(tmp_path) not in fault.report
    assert len(list((tmp_path / "home" / "reports").iterdir())) == 1


def test_threads_tasks_and_the_loop_are_caught(
    qt: QtRunner, catcher: FaultCatcher, caught: list[Fault]
) -> None:
    async def fail() -> None:
        message = "in a task"
        raise LookupError(message)

    async def scenario() -> None:
        catcher.watch_loop(asyncio.get_running_loop())
        thread = threading.Thread(target=boom)
        thread.start()
        thread.join()
        loop.start(fail())
        asyncio.get_running_loop().call_soon(int, "no number")
        await until(lambda: len(caught) == 3)

    qt.run(scenario())
    sentences = sorted(fault.sentence.partition(":")[0] for fault in caught)
    assert sentences == ["LookupError", "LookupError", "ValueError"]


def test_ctrl_c_is_no_fault(catcher: FaultCatcher, caught: list[Fault], qtbot: QtBot) -> None:
    sys.excepthook(SystemExit, SystemExit(0), None)
    qtbot.wait(20)
    assert caught == []


def test_a_fault_in_telling_does_not_go_in_circles(
    catcher: FaultCatcher, caught: list[Fault], qtbot: QtBot
) -> None:
    def tell(_: object) -> None:
        message = "while telling"
        raise RuntimeError(message)

    catcher.caught.connect(tell)
    catcher.report(ValueError("first"))
    qtbot.wait(100)
    assert len(caught) <= 2


def test_what_makes_two_faults_the_same() -> None:
    def fault() -> BaseException:
        with pytest.raises(LookupError) as caught:
            boom()
        return caught.value

    assert signature(fault()) == signature(fault())
    assert signature(fault()) != signature(LookupError("on purpose"))


def test_release_gives_everything_back(qapp: QApplication) -> None:
    before = sys.excepthook, threading.excepthook
    catcher = FaultCatcher()
    catcher.install()
    assert sys.excepthook != before[0]
    catcher.release()
    assert (sys.excepthook, threading.excepthook) == before


def dialogs() -> list[CrashDialog]:
    """The dialogs that can be seen."""
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, CrashDialog)]


def test_one_dialog_at_a_time_and_later_faults_are_counted(
    catcher: FaultCatcher, desk: Desk, qtbot: QtBot
) -> None:
    window = QLabel()
    qtbot.addWidget(window)
    keeper: QObject = FaultDesk(catcher, desk, window)
    for number in range(3):
        catcher.caught.emit(Fault(f"ValueError: {number}", f"report {number}", None))
    (dialog,) = dialogs()
    qtbot.addWidget(dialog)
    assert not dialog.isModal()
    text = dialog.findChild(QPlainTextEdit)
    assert text is not None
    assert text.toPlainText() == "report 0"
    assert any(label.text().startswith("2 more") for label in dialog.findChildren(QLabel))
    assert len(desk.notices.notices) == 3
    copy = next(b for b in dialog.findChildren(QPushButton) if "Copy" in b.text())
    copy.click()
    box = dialog.findChild(QDialogButtonBox)
    assert box is not None
    close = box.button(QDialogButtonBox.StandardButton.Close)
    own = desk.appearance.icon("close").pixmap(16, 16).toImage()
    assert close.icon().pixmap(16, 16).toImage() == own, "Qt's own is black on dark"
    assert QApplication.clipboard().text() == "report 0"
    dialog.close()
    qtbot.waitUntil(lambda: dialogs() == [])
    desk.notices.notices[-1].actions[0].run()
    (again,) = dialogs()
    again.close()
    assert keeper.parent() is catcher


def test_an_open_dialog_follows_the_theme(desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    desk.appearance.set_theme("light")
    dialog = CrashDialog(Fault("ValueError: 1", "report", None), tmp_path, desk.appearance)
    qtbot.addWidget(dialog)
    desk.appearance.set_theme("dark")
    shown = {b.text(): b.icon().pixmap(16, 16).toImage() for b in dialog.findChildren(QPushButton)}
    wanted = desk.appearance.icon("copy").pixmap(16, 16).toImage()
    assert shown["&Copy"] == wanted, "an icon of the other theme cannot be seen on this ground"
