"""The editor's text: exact, undone whole, highlighted where it is seen."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QColor,
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
from studio.documents.text_file import read_text_file, write_text_file
from studio.look.appearance import Appearance
from studio.settings.store import SettingsStore
from studio.widgets.code_editor.editor import CodeEditor
from studio.widgets.code_editor.line_lexer import RegexLineLexer
from studio.widgets.code_editor.mark import Mark
from studio.widgets.code_editor.marks import span_of, tool_tip_of

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


def test_the_text_is_exact(editor: CodeEditor) -> None:
    editor.show_text(ODD, "odd.txt")
    assert editor.text() == ODD
    assert editor.toPlainText() == ODD
    assert not editor.document().isModified()
    editor.selectAll()
    assert editor.createMimeDataFromSelection().text() == ODD
    data = QMimeData()
    data.setText("x\r\ny\rz\u2029")
    editor.insertFromMimeData(data)
    assert editor.text() == "x\ny\nz\u2029"


@given(
    before=st.text("ab\n🎮\u2029 ", max_size=20),
    after=st.text("ab\n🎮\u2029 ", max_size=20),
    third=st.text("ab\n", max_size=20),
)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_replacing_the_text_is_one_step_that_is_undone(
    editor: CodeEditor, before: str, after: str, third: str
) -> None:
    editor.show_text(before, "file.py")
    for text in (after, third):
        editor.replace_text(text)
        assert editor.text() == text
    if third != after:
        editor.undo()
    assert editor.text() == after
    if after != before:
        editor.undo()
    assert editor.text() == before
    assert not editor.document().isUndoAvailable()


def test_replacing_keeps_cursor_marks_and_view(editor: CodeEditor) -> None:
    lines = [f"line {number}" for number in range(300)]
    editor.show_text("\n".join(lines), "file.txt")
    editor.go_to(200, 3)
    editor.set_marks([Mark(200, 1, Severity.ERROR, "here")])
    top = editor.firstVisibleBlock().text()
    assert top != "line 0"
    lines[10:20] = ["fewer"]
    lines[250] = "other"
    editor.replace_text("\n".join(lines))
    assert editor.firstVisibleBlock().text() == top
    assert editor.textCursor().block().text() == "line 199"
    assert editor.place() == (191, 3)
    assert editor.marks.message_of_line(191) == "Error: here"


def test_undo_survives_saving_and_reloading(editor: CodeEditor, tmp_path: Path) -> None:
    path = tmp_path / "main.py"
    path.write_bytes(b"one\r\ntwo\r\nthree\r\n")
    file = read_text_file(path)
    editor.show_text(file.text, path.name)
    editor.moveCursor(QTextCursor.MoveOperation.End)
    editor.insertPlainText("four\n")
    file = write_text_file(file, editor.text())
    editor.document().setModified(False)
    path.write_bytes(path.read_bytes().replace(b"one", b"ONE"))
    editor.replace_text(read_text_file(path).text)
    editor.document().setModified(False)
    assert editor.text() == "ONE\ntwo\nthree\nfour\n"
    editor.undo()
    assert editor.text() == file.text
    assert editor.document().isModified()
    editor.undo()
    assert editor.text() == "one\ntwo\nthree\n"
    editor.redo()
    editor.redo()
    assert editor.text() == "ONE\ntwo\nthree\nfour\n"
    assert not editor.document().isModified()


def test_a_span_is_replaced_as_one_step(editor: CodeEditor) -> None:
    editor.show_text("x = '🎮' + plyer\nrest\n", "main.py")
    assert editor.span_text((1, 11), (1, 16)) == "plyer"
    editor.replace_span((1, 11), (1, 16), "player")
    assert editor.text() == "x = '🎮' + player\nrest\n"
    editor.undo()
    assert editor.text() == "x = '🎮' + plyer\nrest\n"
    editor.replace_span((1, 1), (99, 99), "all gone")
    assert editor.text() == "all gone"


def test_going_to_a_place(editor: CodeEditor, qtbot: QtBot) -> None:
    editor.show_text("".join(f"    line {number}\n" for number in range(1, 500)), "main.py")
    with qtbot.waitSignal(editor.cursor_moved) as moved:
        editor.go_to(300)
    assert moved.args == [300, 5]
    first, last = editor.visible_lines()[0].number + 1, editor.visible_lines()[-1].number + 1
    assert first + 5 < 300 < last - 5
    editor.go_to(10_000, 70)
    assert editor.place() == (500, 1)
    editor.go_to(0, 0)
    assert editor.place() == (1, 1)
    editor.go_to(2, 10_000)
    assert editor.place() == (2, 11)
    assert editor.flashed_line == 1
    qtbot.waitUntil(lambda: editor.flashed_line == -1)


def test_only_what_is_seen_is_coloured_at_first(
    editor: CodeEditor, settle: Callable[[CodeEditor], None], qtbot: QtBot
) -> None:
    editor.show_text("class A: # one\n" * 20_000, "main.py")
    assert _colours(editor, 0)
    assert not _colours(editor, 15_000)
    assert not editor.highlighter.settled
    editor.go_to(15_000)  # nobody has been there: it is guessed
    assert _colours(editor, 14_999) == _colours(editor, 0)
    settle(editor)
    assert not _colours(editor, 10_000)
    editor.go_to(10_000)
    assert _colours(editor, 9_999)


def test_opening_a_string_colours_what_follows(
    editor: CodeEditor, settle: Callable[[CodeEditor], None]
) -> None:
    editor.show_text("x = 1\n" * 30, "main.py")
    settle(editor)
    plain = _colours(editor, 20)
    editor.moveCursor(QTextCursor.MoveOperation.Start)
    editor.insertPlainText('"""')
    settle(editor)
    string = QColor(editor.appearance.tokens.code_string).name()
    assert _colours(editor, 20) == [(0, 5, string)]
    editor.undo()
    settle(editor)
    assert _colours(editor, 20) == plain


def test_colours_stand_right_behind_wide_characters(
    editor: CodeEditor, settle: Callable[[CodeEditor], None]
) -> None:
    editor.show_text("x = '🎮' # 🎮 note", "main.py")
    settle(editor)
    spans = {(start, length) for start, length, _ in _colours(editor, 0)}
    assert (4, 4) in spans  # the string: two quotes, one character of two units
    assert (9, 9) in spans


def test_highlighting_is_no_change(
    editor: CodeEditor, settle: Callable[[CodeEditor], None], appearance: Appearance
) -> None:
    editor.show_text("def f():\n    pass\n" * 500, "main.py")
    settle(editor)
    editor.go_to(700)
    appearance.set_theme("light")
    appearance.set_theme("dark")
    assert not editor.document().isModified()
    assert not editor.document().isUndoAvailable()


def test_colours_follow_the_theme(editor: CodeEditor, appearance: Appearance) -> None:
    editor.show_text("class A: pass\n", "main.py")
    found = []
    for theme in ("dark", "light"):
        appearance.set_theme(theme)
        found.append({colour for _, _, colour in _colours(editor, 0)})
        assert appearance.tokens.code_keyword in found[-1]
        assert editor.palette().base().color().name() == appearance.tokens.panel
    assert found[0].isdisjoint(found[1])


def test_a_huge_text_is_shown_plain(editor: CodeEditor) -> None:
    editor.show_text("x = 1 # note\n" * 500_000, "main.py")
    assert editor.highlighter.settled
    assert not _colours(editor, 0)


def test_random_edits_leave_the_colours_of_the_whole_text(
    editor: CodeEditor, settle: Callable[[CodeEditor], None], appearance: Appearance,
    settings: SettingsStore, qtbot: QtBot,
) -> None:  # fmt: skip
    fresh = CodeEditor(appearance, settings)
    qtbot.addWidget(fresh)
    fresh.resize(editor.size())
    fresh.show()

    @given(
        edits=st.lists(
            st.tuples(
                st.integers(0, 80),
                st.integers(0, 12),
                st.sampled_from(['"""', "x = '", "\n", "def f():\n  # a", "f'{x}'", "", "🎮"]),
            ),
            max_size=6,
        )
    )
    @hypothesis_settings(max_examples=25, deadline=None)
    def check(edits: list[tuple[int, int, str]]) -> None:
        editor.show_text("import a\nx = '''one\ntwo'''\nclass B:\n    pass  # 3\n", "main.py")
        for where, gone, text in edits:
            cursor = QTextCursor(editor.document())
            end = editor.document().characterCount() - 1
            cursor.setPosition(min(where, end))
            cursor.setPosition(min(where + gone, end), QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(text)
        settle(editor)
        fresh.show_text(editor.text(), "main.py")
        settle(fresh)
        for line in range(editor.blockCount()):
            assert _colours(editor, line) == _colours(fresh, line)

    check()


def test_a_text_to_look_at_cannot_be_changed(editor: CodeEditor, qtbot: QtBot) -> None:
    editor.show_text("a\nb\n", "main.py", read_only=True)
    editor.selectAll()
    QTest.keyClicks(editor, "x(")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    editor.toggle_comment()
    editor.duplicate_lines()
    editor.delete_lines()
    editor.join_lines()
    editor.move_lines(1)
    editor.unindent()
    assert editor.text() == "a\nb\n"
    editor.show_text("a\n", "main.py")
    QTest.keyClicks(editor, "x")
    assert editor.text() == "xa\n"


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        (Mark(1, 5, Severity.ERROR, ""), "plyer"),
        (Mark(1, 5, Severity.ERROR, "", 7), "pl"),
        (Mark(1, None, Severity.ERROR, ""), "x = plyer"),
        (Mark(1, 3, Severity.ERROR, ""), "="),
        (Mark(1, 99, Severity.ERROR, ""), "r"),
        (Mark(1, 0, Severity.ERROR, ""), "x"),
    ],
)
def test_what_a_mark_covers(mark: Mark, expected: str) -> None:
    text = "x = plyer"
    start, end = span_of(mark, text)
    assert text[start:end] == expected


def test_marks_are_seen_heard_and_followed(editor: CodeEditor, qtbot: QtBot) -> None:
    editor.show_text("one\ntwo\nthree\n", "main.py")
    editor.set_marks(
        [
            Mark(2, 1, Severity.WARNING, "unused"),
            Mark(2, 1, Severity.ERROR, "unknown"),
            Mark(99, None, Severity.INFO, "at the end"),
        ]
    )
    assert editor.marks.message_of_line(2) == "Error: unknown\nWarning: unused"
    with qtbot.waitSignal(editor.mark_entered) as entered:
        editor.go_to(2)
    assert entered.args == ["Error: unknown\nWarning: unused"]
    editor.go_to(1, 1)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert editor.marks.message_of_line(3) == "Error: unknown\nWarning: unused"
    assert editor.marks.message_of_line(2) == ""
    editor.set_marks([])
    assert editor.marks.message_of_line(3) == ""


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
