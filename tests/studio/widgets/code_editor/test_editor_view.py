"""The editor as it is seen and touched: gutter, layers, rows, clicks, what is dropped on it."""

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QInputMethodEvent,
    QTextCursor,
    QTextLayout,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from session.log.entry import Severity
from studio.look.appearance import Appearance
from studio.settings.store import SettingsStore
from studio.widgets.code_editor.editor import CodeEditor
from studio.widgets.code_editor.line_lexer import RegexLineLexer
from studio.widgets.code_editor.mark import Mark
from studio.widgets.code_editor.marks import tool_tip_of

ODD = "a\u00a0b\u2028c\u2029d\ufdd0e\ufdd1f\x0b\x0c\x1c\x85g\ufeff 🎮🎮 ê א\t\n\n x\n"


def _colours(editor: CodeEditor, line: int) -> list[tuple[int, int, str]]:
    layout = editor.document().findBlockByNumber(line).layout()
    return [
        (item.start, item.length, item.format.foreground().color().name())
        for item in layout.formats()
    ]


def _x(layout: QTextLayout, column: int) -> float:
    found: object = layout.lineAt(0).cursorToX(column)
    return float(found[0] if isinstance(found, tuple) else str(found))


def test_composed_characters_arrive(editor: CodeEditor) -> None:
    editor.show_text("x = ", "main.py")
    editor.moveCursor(QTextCursor.MoveOperation.End)
    preedit = QInputMethodEvent("に", [])
    QApplication.sendEvent(editor, preedit)
    assert editor.text() == "x = "
    assert editor.textCursor().block().layout().preeditAreaText() == "に"
    commit = QInputMethodEvent()
    commit.setCommitString("日本")
    QApplication.sendEvent(editor, commit)
    assert editor.text() == "x = 日本"


def test_right_to_left_text_is_left_as_it_is(editor: CodeEditor, qtbot: QtBot) -> None:
    editor.show_text("# שלום עולם\nx = 'مرحبا'\n", "main.py")
    editor.moveCursor(QTextCursor.MoveOperation.EndOfLine)
    QTest.keyClicks(editor, "!")
    assert editor.text() == "# שלום עולם!\nx = 'مرحبا'\n"
    editor.set_marks([Mark(2, 5, Severity.ERROR, "m")])
    editor.grab()
    first = editor.document().firstBlock().layout()
    assert first.textOption().textDirection() == Qt.LayoutDirection.LeftToRight
    assert _x(first, 1) < _x(first, 14)
    editor.show_text("שלום עולם\n", "notes.txt")
    editor.grab()
    first = editor.document().firstBlock().layout()
    assert _x(first, 1) > _x(first, 8)


@pytest.mark.parametrize("wrap", [False, True])
def test_every_layer_is_painted_in_both_themes(
    editor: CodeEditor, appearance: Appearance, settings: SettingsStore, wrap: bool
) -> None:
    settings.update(wrap_code=wrap)
    editor.ruler_column = 80
    text = "value = call(value, [1, 2])\n" + "value " * 100 + "\n\n" + "end = (\n"
    editor.show_text(text, "main.py")
    editor.set_marks([Mark(1, 9, Severity.ERROR, "e"), Mark(2, None, Severity.WARNING, "w")])
    editor.set_marks([*(mark.mark for mark in editor.marks.all()), Mark(3, 1, Severity.INFO, "i")])
    editor.go_to(1, 13)
    assert len(editor.brackets()) == 2
    assert len(editor.occurrences()) == 0  # the cursor stands at a bracket
    editor.go_to(1, 2)
    assert len(editor.occurrences()) > 2
    for theme in ("dark", "light"):
        appearance.set_theme(theme)
        image = editor.grab().toImage()
        colours = {
            image.pixelColor(x, y).name()
            for x in range(0, image.width(), 2)
            for y in range(0, 60, 1)
        }
        assert appearance.tokens.error in colours
        assert appearance.tokens.selection in colours  # the line that was gone to


def test_the_gutter_makes_room_for_the_numbers(editor: CodeEditor) -> None:
    editor.show_text("x\n", "a.txt")
    narrow = editor.viewportMargins().left()
    editor.show_text("x\n" * 100_000, "a.txt")
    assert editor.viewportMargins().left() > narrow > 0


def test_zoom_is_the_editors_own(editor: CodeEditor, appearance: Appearance) -> None:
    before = editor.font().pixelSize()
    editor.zoom_by(3)
    assert editor.font().pixelSize() == before + 3
    editor.zoom_by(0)
    assert editor.font().pixelSize() == before
    appearance.set_code_size(20)
    assert editor.font().pixelSize() == 20


def test_tab_stays_until_escape(editor: CodeEditor, qtbot: QtBot, qapp: QApplication) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    after = QLineEdit()
    layout.addWidget(editor)
    layout.addWidget(after)
    window.show()
    window.activateWindow()
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.hasFocus()
    assert editor.text() == "    "
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert after.hasFocus()
    editor.setFocus()
    QTest.keyClick(editor, Qt.Key.Key_A)
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.hasFocus()
    QTest.keyClick(editor, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert after.hasFocus()
    assert "Ctrl+M" in editor.accessibleDescription()
    editor.setParent(None)
    qtbot.addWidget(editor)


def test_an_editor_can_go_at_any_moment(
    qtbot: QtBot, appearance: Appearance, settings: SettingsStore, qapp: QApplication
) -> None:
    for _ in range(10):
        editor = CodeEditor(appearance, settings)
        editor.show_text("x = 1\n" * 5000, "main.py")
        editor.show()
        qapp.processEvents()
        editor.deleteLater()
        qapp.sendPostedEvents(editor, QEvent.Type.DeferredDelete.value)
        appearance.changed.emit()
        settings.changed.emit()
        qapp.processEvents()


def test_formats_are_what_the_layout_says(editor: CodeEditor) -> None:
    editor.show_text("pass", "main.py")
    (item,) = editor.document().firstBlock().layout().formats()
    assert isinstance(item, QTextLayout.FormatRange)
    assert (item.start, item.length) == (0, 4)


def test_rows_are_as_high_as_the_look_asks_for(
    editor: CodeEditor, settings: SettingsStore, appearance: Appearance
) -> None:
    appearance.set_code_size(13)
    editor.show_text("short\n" + "word " * 100 + "\nend\n", "main.txt")
    assert [line.height for line in editor.visible_lines()[:3]] == [19, 19, 19]
    settings.update(wrap_code=True)
    editor.grab()
    rows = editor.document().findBlockByNumber(1).layout().lineCount()
    assert rows > 3
    assert [line.height for line in editor.visible_lines()[:3]] == [19, 19 * rows, 19]
    appearance.set_code_size(20)
    editor.grab()
    assert editor.visible_lines()[0].height == 29


@pytest.mark.parametrize("wrap", [False, True])
def test_a_click_between_two_rows_goes_to_the_text(
    editor: CodeEditor, settings: SettingsStore, wrap: bool
) -> None:
    settings.update(wrap_code=wrap)
    editor.show_text("abcdefgh\n" * 10 + "long " * 60 + "\n", "main.txt")
    editor.grab()
    x = round(editor.document().documentMargin() + editor.fontMetrics().horizontalAdvance("abcd"))
    columns = set()
    for y in range(5, 170):
        QTest.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, y))
        columns.add(editor.textCursor().positionInBlock())
    assert columns == {4}


def test_text_is_dropped_where_it_is_let_go(editor: CodeEditor) -> None:
    editor.show_text("abcdefgh\n" * 10, "main.txt")
    editor.grab()
    data = QMimeData()
    data.setText("X")
    x = editor.document().documentMargin() + editor.fontMetrics().horizontalAdvance("abcd")
    line = editor.visible_lines()[3]
    button, key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    for height in (line.top + 0.5, line.top + line.height - 0.5):
        place = QPointF(x, height)
        enter = QDragEnterEvent(place.toPoint(), copy, data, button, key)
        QApplication.sendEvent(editor.viewport(), enter)
        over = QDragMoveEvent(place.toPoint(), copy, data, button, key)
        QApplication.sendEvent(editor.viewport(), over)
        assert over.isAccepted()
        drop = QDropEvent(place, copy, data, button, key)
        QApplication.sendEvent(editor.viewport(), drop)
        assert drop.isAccepted()
        assert editor.text().split("\n")[3] == "abcdXefgh"
        editor.undo()


def test_a_lexer_that_fails_leaves_the_text_plain(
    editor: CodeEditor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(RegexLineLexer, "lex", fail)
    editor.show_text("x = (1)\n", "main.py")
    QTest.keyClicks(editor, "y")
    editor.grab()
    assert editor.text() == "yx = (1)\n"
    assert "highlighting failed" in caplog.text
    assert editor.highlighter.settled


def test_what_is_said_of_a_mark_is_shown_as_it_stands(editor: CodeEditor) -> None:
    editor.show_text("x\n", "main.py")
    editor.set_marks([Mark(1, 1, Severity.ERROR, "expected <int> & more")])
    assert "expected <int> & more" in editor.accessibleDescription()
    assert "Ctrl+M" in editor.accessibleDescription()
    tip = tool_tip_of(editor.marks.message_of_line(1))
    assert tip == "<qt>Error: expected &lt;int&gt; &amp; more</qt>"
    editor.set_marks([])
    assert "expected" not in editor.accessibleDescription()


@pytest.mark.parametrize("wrap", [False, True])
def test_the_cursor_stays_in_sight(editor: CodeEditor, settings: SettingsStore, wrap: bool) -> None:
    settings.update(wrap_code=wrap)
    editor.show_text("word " * 60 + "\n" + "line\n" * 300, "main.txt")
    editor.grab()
    for key in [Qt.Key.Key_Down] * 60 + [Qt.Key.Key_PageDown] * 3 + [Qt.Key.Key_PageUp] * 2:
        QTest.keyClick(editor, key)
        assert editor.viewport().rect().contains(editor.cursorRect())
    assert editor.place()[0] > 60
    QTest.keyClick(editor, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert editor.viewport().rect().contains(editor.cursorRect())
    assert editor.visible_lines()[-1].number == editor.blockCount() - 1


def test_keywords_are_not_marked_elsewhere(editor: CodeEditor) -> None:
    text = "import level\nimport level\n"
    editor.show_text(text, "a.py")
    editor.go_to(1, 3)
    assert editor.occurrences() == []
    editor.go_to(1, 9)
    assert len(editor.occurrences()) == 2
    editor.show_text(text, "notes.txt")  # where it is a word like any other
    editor.go_to(1, 3)
    assert len(editor.occurrences()) == 2


def test_a_huge_selection_is_not_looked_through(editor: CodeEditor) -> None:
    editor.show_text("a" * 300 + "\n" + "a" * 300 + "\n" + "bb\nbb\n", "a.txt")
    editor.go_to(1, 1)
    editor.moveCursor(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    assert editor.occurrences() == []  # it could be all of the text
    editor.go_to(3, 1)
    editor.moveCursor(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    assert len(editor.occurrences()) == 2
