"""Finding and replacing in an editor."""

import re

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.look.appearance import Appearance
from studio.widgets.code_editor.editor import CodeEditor
from studio.widgets.code_editor.find import FindRequest, pattern_of, replacement
from studio.widgets.code_editor.find_bar import FindBar
from studio.widgets.code_editor.find_matches import Matches, Step
from studio.widgets.code_editor.find_session import FindSession
from studio.widgets.code_editor.finding import Finding

TEXT = "Alpha beta\nalphabet alpha\n🎮 ALPHA\n" + "filler\n" * 200 + "alpha last\n"


@pytest.fixture
def bar(editor: CodeEditor, qtbot: QtBot) -> FindBar:
    editor.show_text(TEXT, "main.py")
    found = FindBar(editor)
    qtbot.addWidget(found)
    found.open_find()
    return found


def _selected(editor: CodeEditor) -> tuple[int, str]:
    cursor = editor.textCursor()
    return cursor.blockNumber() + 1, cursor.selectedText()


def test_typing_finds_and_counts(bar: FindBar, editor: CodeEditor) -> None:
    QTest.keyClicks(bar.what, "alpha")
    assert bar.count.text() == "1 of 5"
    assert _selected(editor) == (1, "Alpha")
    assert len(editor.matches()) == 4  # the fifth is out of sight
    bar.find_next()
    bar.find_next()
    assert _selected(editor) == (2, "alpha")
    bar.find_next()
    assert _selected(editor) == (3, "ALPHA")
    bar.find_next()
    assert bar.count.text() == "5 of 5"
    assert _selected(editor) == (204, "alpha")
    assert len(editor.matches()) == 1
    bar.find_next()
    assert bar.count.text() == "1 of 5, wrapped"
    bar.find_previous()
    assert bar.count.text() == "5 of 5, wrapped"
    bar.find_previous()
    assert _selected(editor) == (3, "ALPHA")


def test_options(bar: FindBar, editor: CodeEditor, qtbot: QtBot) -> None:
    QTest.keyClicks(bar.what, "alpha")
    QTest.keyClick(bar.what, Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    assert bar.count.text() == "1 of 3"
    QTest.keyClick(bar.what, Qt.Key.Key_W, Qt.KeyboardModifier.AltModifier)
    assert bar.count.text() == "1 of 2"
    bar.case.setChecked(False)
    bar.word.setChecked(False)
    bar.regex.setChecked(True)
    bar.what.clear()
    QTest.keyClicks(bar.what, r"^al\w+")
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 3")
    bar.what.clear()
    QTest.keyClicks(bar.what, "(a")
    qtbot.waitUntil(lambda: bar.count.text() == "Not a pattern")
    assert "Not a regular expression" in bar.count.toolTip()
    assert editor.matches() == []
    bar.what.clear()
    QTest.keyClicks(bar.what, "zzz")
    qtbot.waitUntil(lambda: bar.count.text() == "No match")
    bar.find_next()
    bar.replace_all()
    assert editor.text() == TEXT


def test_typing_more_looks_on_from_the_same_place(bar: FindBar, editor: CodeEditor) -> None:
    QTest.keyClicks(bar.what, "alpha")
    assert _selected(editor) == (1, "Alpha")
    QTest.keyClicks(bar.what, "bet")
    assert _selected(editor) == (2, "alphabet")
    QTest.keyClick(bar.what, Qt.Key.Key_Backspace)
    QTest.keyClick(bar.what, Qt.Key.Key_Backspace)
    QTest.keyClick(bar.what, Qt.Key.Key_Backspace)
    assert _selected(editor) == (1, "Alpha")


def test_replacing_one_after_the_other(bar: FindBar, editor: CodeEditor, qtbot: QtBot) -> None:
    bar.open_replace()
    QTest.keyClicks(bar.what, "alpha")
    QTest.keyClicks(bar.by, "A")
    QTest.keyClick(bar.by, Qt.Key.Key_Return)
    assert editor.text().startswith("A beta\nalphabet")
    assert _selected(editor) == (2, "alpha")
    bar.find_next()
    bar.replace_one()
    assert editor.text().startswith("A beta\nalphabet A\n")
    qtbot.waitUntil(lambda: bar.count.text() == "2 of 3")


def test_replacing_all_is_one_step(bar: FindBar, editor: CodeEditor, qtbot: QtBot) -> None:
    bar.open_replace()
    bar.regex.setChecked(True)
    QTest.keyClicks(bar.what, r"(al)(pha)")
    bar.by.setText(r"<\2🎮\1>")
    QTest.keyClick(bar.by, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bar.count.text() == "5 replaced")
    assert not editor.isReadOnly()
    assert editor.text().startswith("<pha🎮Al> beta\n<pha🎮al>bet <pha🎮al>\n🎮 <PHA🎮AL>\n")
    editor.undo()
    assert editor.text() == TEXT


def test_replacing_very_many(bar: FindBar, editor: CodeEditor, qtbot: QtBot) -> None:
    editor.show_text("ab ab\n" * 10_000, "main.txt")
    bar.open_replace()
    bar.what.setText("ab")
    bar.by.setText("c")
    bar.replace_all()
    qtbot.waitUntil(lambda: bar.count.text() == "20000 replaced")
    assert not editor.isReadOnly()
    assert editor.text() == "c c\n" * 10_000
    editor.undo()
    assert editor.text() == "ab ab\n" * 10_000


def test_only_in_the_selection(bar: FindBar, editor: CodeEditor) -> None:
    bar.close_bar()
    editor.select_lines(1, 2)
    bar.open_replace()
    assert bar.scope.isChecked()
    QTest.keyClicks(bar.what, "alpha")
    assert bar.count.text() == "1 of 3"
    bar.by.setText("x")
    bar.replace_all()
    assert editor.text().startswith("Alpha beta\nxbet x\n🎮 x\nfiller")
    assert editor.text().endswith("alpha last\n")
    bar.scope.setChecked(False)
    assert bar.count.text() == "2 found"


def test_the_selection_is_what_is_looked_for(bar: FindBar, editor: CodeEditor) -> None:
    bar.close_bar()
    cursor = editor.textCursor()
    cursor.setPosition(0)
    cursor.setPosition(5, QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)
    bar.open_find()
    assert bar.what.text() == "Alpha"
    assert bar.count.text() == "1 of 5"


def test_closing_gives_everything_back(bar: FindBar, editor: CodeEditor, qtbot: QtBot) -> None:
    QTest.keyClicks(bar.what, "alpha")
    assert editor.matches()
    with qtbot.waitSignal(bar.closed):
        QTest.keyClick(bar.what, Qt.Key.Key_Escape)
    assert bar.isHidden()
    assert editor.matches() == []


def test_what_is_typed_in_the_text_is_found(bar: FindBar, editor: CodeEditor, qtbot: QtBot) -> None:
    QTest.keyClicks(bar.what, "alpha")
    assert bar.count.text() == "1 of 5"
    editor.go_to(10)
    editor.insertPlainText("alpha ")
    qtbot.waitUntil(lambda: bar.count.text() == "6 found")


def test_the_bar_can_be_reached_and_read(bar: FindBar, appearance: Appearance) -> None:
    for widget in (bar.what, bar.by, bar.case, bar.word, bar.regex, bar.scope, bar.next, bar.shut):
        assert widget.accessibleName()
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert "Return" in bar.next.toolTip()
    for theme in ("dark", "light"):
        appearance.set_theme(theme)
        bar.grab()


@pytest.mark.parametrize(
    ("request_", "text", "expected"),
    [
        (FindRequest("a.b"), "aXb a.b", ["a.b"]),
        (FindRequest("A"), "a A", ["a", "A"]),
        (FindRequest("A", case=True), "a A", ["A"]),
        (FindRequest("a", word=True), "ab a a_", ["a"]),
        (FindRequest("+", word=True), "+ a+b", ["+"]),
        (FindRequest("a|b", word=True, regex=True), "ab a b", ["a", "b"]),
        (FindRequest("^x", regex=True), "x\nax\nx", ["x", "x"]),
        (FindRequest(r"a\nb", regex=True), "a\nb", ["a\nb"]),
        (FindRequest("x*", regex=True), "axxb", ["xx"]),
    ],
)
def test_patterns(request_: FindRequest, text: str, expected: list[str], qtbot: QtBot) -> None:
    finding = Finding(QApplication.instance() or QObject())
    finding.begin(request_, text, None)
    qtbot.waitUntil(lambda: finding.matches is not None and finding.matches.finished)
    found = finding.matches
    assert found is not None
    spans = [found.match(index) for index in range(len(found))]
    assert [text[start:end] for start, end in spans] == expected
    finding.deleteLater()


def test_replacements() -> None:
    match = re.match("(a)", "a")
    assert match is not None
    assert replacement(match, r"\1\1", regex=True) == "aa"
    assert replacement(match, r"\1\1", regex=False) == r"\1\1"
    assert replacement(match, r"\7", regex=True) == r"\7"
    assert replacement(match, "\\", regex=True) == "\\"


def _session(word: str, text: str, scope: tuple[int, int] | None = None) -> FindSession:
    pattern = pattern_of(FindRequest(word, word=True))
    assert isinstance(pattern, re.Pattern)
    return FindSession(pattern, len(word), text, scope)


def test_words_are_found_in_slices_wherever_those_end() -> None:
    text = "needle " * 60_000 + "needles " * 60_000  # one line, and no slice ends between words
    session = _session("needle", text)
    session.advance(0)
    found = session.matches
    assert not found.finished
    assert found.previous_from(len(text)) is None  # nobody knows yet
    session.finish()
    assert len(found) == 60_000
    assert found.between(5, 8) == [(0, 6), (7, 13)]
    assert found.previous_from(0) == (*found.match(59_999), True)


def test_what_is_not_known_yet_is_not_said() -> None:
    found = Matches("a" * 100)
    found.add_all([10, 12, 50, 52])
    assert found.next_from(11) == Step(50, 52, wrapped=False)
    assert found.next_from(60) is None
    assert found.previous_from(51) == Step(50, 52, wrapped=False)
    assert found.previous_from(60) is None
    assert found.previous_from(5) is None
    found.finished = True
    assert found.next_from(60) == Step(10, 12, wrapped=True)
    assert found.previous_from(60) == Step(50, 52, wrapped=False)
    assert found.previous_from(5) == Step(50, 52, wrapped=True)


def test_positions_are_counted_as_qt_counts() -> None:
    session = _session("b", "🎮b🎮🎮b", scope=(3, 8))
    session.finish()
    found = session.matches
    assert [found.match(index) for index in range(len(found))] == [(7, 8)]
    assert found.index_of(7, 8) == 0
    assert found.next_from(8) == (7, 8, True)
    assert found.next_from(0) == (7, 8, False)
