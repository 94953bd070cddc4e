"""Finding and replacing never hold the window up, whatever the pattern or the text."""

import os
import time

import psutil
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.widgets.code_editor.editor import CodeEditor
from studio.widgets.code_editor.find_bar import FindBar

#: Takes longer than the universe has time for, on a line that begins with forty of them.
HOPELESS = "(a+)+$"
TEXT = "a" * 40 + "!\nfoot\n" + "value = 1\n" * 100


class Pulse(QTimer):
    """Measures how long the window stands still at most, in seconds."""

    def __init__(self) -> None:
        super().__init__(interval=1)
        self._last = time.perf_counter()
        self.longest = 0.0
        self.timeout.connect(self._beat)
        self.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, now - self._last), now


def searching() -> list[psutil.Process]:
    """Return the processes that look for a pattern."""
    children = psutil.Process(os.getpid()).children()
    return [one for one in children if any("find_program" in word for word in _words(one))]


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@pytest.fixture
def bar(editor: CodeEditor) -> FindBar:
    editor.show_text(TEXT, "main.py")
    found = FindBar(editor, editor)
    found.open_replace()
    found.regex.setChecked(True)
    return found


def test_a_hopeless_pattern_leaves_the_window_alive(bar: FindBar, qtbot: QtBot) -> None:
    pulse = Pulse()
    QTest.keyClicks(bar.what, HOPELESS)
    qtbot.waitUntil(lambda: bar.count.text() == "Searching …")
    bar.replace_all()
    bar.replace_one()
    qtbot.wait(200)
    assert pulse.longest < 0.15
    bar.what.clear()
    QTest.keyClicks(bar.what, "fo+t")
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 1")
    qtbot.waitUntil(lambda: not searching())


def test_a_hopeless_pattern_is_given_up(bar: FindBar, qtbot: QtBot) -> None:
    bar._finding._process._patience.setInterval(300)
    QTest.keyClicks(bar.what, HOPELESS)
    qtbot.waitUntil(lambda: bar.count.text() == "Too slow")
    assert "takes too long" in bar.count.toolTip()
    qtbot.waitUntil(lambda: not searching())
    bar.find_next()  # asks for it once more
    assert bar.count.text() != "Too slow"


def test_nothing_searches_once_the_bar_is_gone(bar: FindBar, qtbot: QtBot) -> None:
    QTest.keyClicks(bar.what, HOPELESS)
    qtbot.waitUntil(lambda: bool(searching()))
    bar.deleteLater()
    qtbot.waitUntil(lambda: not searching())


def test_typing_on_while_replacing_waits_and_leaving_stops_it(
    bar: FindBar, editor: CodeEditor, qtbot: QtBot
) -> None:
    bar.regex.setChecked(False)
    text = "value of values\n" * 60_000
    editor.show_text(text, "main.txt")
    bar.what.setText("value")
    bar.by.setText("thing")
    bar.replace_all()
    qtbot.waitUntil(lambda: "Replaced" in bar.count.text())
    QTest.keyClicks(editor, "not now")
    assert "not now" not in editor.text()
    bar.close_bar()
    assert not editor.isReadOnly()
    assert 0 < editor.text().count("thing") < 120_000
    editor.undo()
    assert editor.text() == text


@pytest.mark.slow
def test_in_a_long_text_no_key_and_no_replacing_takes_long(
    bar: FindBar, editor: CodeEditor, qtbot: QtBot
) -> None:
    editor.show_text("def value(number): return number * 2 + 1  # ü\n" * 50_000, "main.py")
    bar.regex.setChecked(False)
    qtbot.waitUntil(lambda: editor.highlighter.settled, timeout=60_000)
    pulse = Pulse()
    for letter in "number*":
        QTest.keyClicks(bar.what, letter)
        qtbot.wait(20)
    bar.what.setText("number")
    bar.by.setText("amount")
    bar.replace_all()
    qtbot.waitUntil(lambda: bar.count.text() == "100000 replaced", timeout=60_000)
    assert pulse.longest < 0.25
