"""The editor's text: exact, undone whole, highlighted where it is seen."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import (
    QColor,
    QTextCursor,
    QTextLayout,
)
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from session.log.entry import Severity
from studio.documents.text_file import read_text_file, write_text_file
from studio.look.appearance import Appearance
from studio.settings.store import SettingsStore
from studio.widgets.code_editor.editor import CodeEditor
from studio.widgets.code_editor.mark import Mark
from studio.widgets.code_editor.marks import span_of

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


def test_colours_stay_when_most_of_the_text_goes(
    editor: CodeEditor, settle: Callable[[CodeEditor], None], caplog: pytest.LogCaptureFixture
) -> None:
    editor.show_text("x = 2\n" * 3_000, "main.py")
    settle(editor)
    editor.moveCursor(QTextCursor.MoveOperation.End)  # so that the view scrolls while lines go
    editor.replace_text("return 1\n")
    settle(editor)
    assert (0, 6, "keyword") in editor.highlighter.spans_at(0)
    assert not caplog.records


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
