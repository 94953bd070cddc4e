"""What keys and actions do to the text, the cursor and undo."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest

from studio.settings.store import SettingsStore
from studio.widgets.code_editor.editor import CodeEditor

Key = Qt.Key


def _show(editor: CodeEditor, text: str, name: str = "main.py") -> None:
    """Show a text in which `|` is the cursor, or two of them a selection."""
    parts = text.split("|")
    editor.show_text("".join(parts), name)
    cursor = editor.textCursor()
    cursor.setPosition(len(parts[0]))
    if len(parts) == 3:
        cursor.setPosition(len(parts[0] + parts[1]), QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)


def _shown(editor: CodeEditor) -> str:
    """Return the text with `|` at the cursor, or around the selection."""
    text, cursor = editor.text(), editor.textCursor()
    start, end = cursor.selectionStart(), cursor.selectionEnd()
    if start == end:
        return f"{text[:start]}|{text[start:]}"
    return f"{text[:start]}|{text[start:end]}|{text[end:]}"


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        # Return
        ("def f():|", [Key.Key_Return], "def f():\n    |"),
        ("    return 1|", [Key.Key_Return], "    return 1\n|"),
        ("f(|)", [Key.Key_Return], "f(\n    |\n)"),
        ("    x = {|}", [Key.Key_Return], "    x = {\n        |\n    }"),
        ("f(a,| b)", [Key.Key_Return], "f(a,\n  |b)"),
        ("    a| b", [Key.Key_Return], "    a\n    |b"),
        ("|    a", [Key.Key_Return], "\n|    a"),
        ("def f(\n    a,\n):|", [Key.Key_Return], "def f(\n    a,\n):\n    |"),
        ("    g(a,\n      b)|", [Key.Key_Return], "    g(a,\n      b)\n    |"),
        ("if x:  # why:|", [Key.Key_Return], "if x:  # why:\n    |"),
        ("x = 1  # see:|", [Key.Key_Return], "x = 1  # see:\n|"),
        ("x = ':'|", [Key.Key_Return], "x = ':'\n|"),
        ("x = '('|", [Key.Key_Return], "x = '('\n|"),
        ("a|b|c", [Key.Key_Return], "a\n|c"),
        # Backspace
        ("        |x", [Key.Key_Backspace], "    |x"),
        ("      |x", [Key.Key_Backspace], "    |x"),
        ("a    |", [Key.Key_Backspace], "a   |"),
        ("a\n|b", [Key.Key_Backspace], "a|b"),
        ("(|)", [Key.Key_Backspace], "|)"),  # not closed by the editor, so not its own
        ("|ab|c", [Key.Key_Backspace], "|c"),
        # Tab
        ("|x", [Key.Key_Tab], "    |x"),
        ("ab|", [Key.Key_Tab], "ab  |"),
        ("|a\nb|\nc", [Key.Key_Tab], "|    a\n    b\n|c"),
        ("|a\n\nb\n|c", [Key.Key_Tab], "|    a\n\n    b\n|c"),
        ("if x:\n  y\n|", [Key.Key_Tab], "if x:\n  y\n  |"),
        ("if x:\n\ty\n|", [Key.Key_Tab], "if x:\n\ty\n\t|"),
        ("    x|", [Key.Key_Backtab], "x|"),
        ("|    a\n  b|\nc", [Key.Key_Backtab], "|a\nb\n|c"),
        # Home
        ("    ab|c", [Key.Key_Home], "    |abc"),
        ("    |abc", [Key.Key_Home], "|    abc"),
        ("|    abc", [Key.Key_Home], "    |abc"),
        ("  |", [Key.Key_Home], "|  "),
    ],
)
def test_keys(editor: CodeEditor, before: str, keys: list[Qt.Key], after: str) -> None:
    _show(editor, before)
    start = editor.text()
    for key in keys:
        QTest.keyClick(editor, key)
    assert _shown(editor) == after
    if editor.text() != start:
        editor.undo()
        assert editor.text() == start  # one step


@pytest.mark.parametrize(
    ("before", "typed", "after"),
    [
        ("|", "f(", "f(|)"),
        ("|", "f()", "f()|"),
        ("|", "f(a[0])", "f(a[0])|"),
        ("|", "x = 'a'", "x = 'a'|"),
        ("|", 'x = """', 'x = """|"""'),
        ("|", 'x = """a"""', 'x = """a"""|'),
        ("|", "it's", "it's|"),
        ("# |", "don't (", "# don't (|"),
        ("x = '|'", "(", "x = '(|'"),
        ("f(|)", ")", "f()|)"),  # it was there before: nothing is typed over
        ("|abc|", "(", "(|abc|)"),
        ("|abc|", "'", "'|abc|'"),
        ("|a|b", "x", "x|b"),
        ("|abc", "(", "(|abc"),
        ("'|'", "'", "''|'"),
        ("f'|", "{", "f'{|"),
    ],
)
def test_brackets_and_quotes(editor: CodeEditor, before: str, typed: str, after: str) -> None:
    _show(editor, before)
    QTest.keyClicks(editor, typed)
    assert _shown(editor) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("if x:\n    y\n    else|", "if x:\n    y\nelse:|"),
        ("if x:\n    y\n    elif z|", "if x:\n    y\nelif z:|"),
        ("if x:\n    if y:\n        z\n        else|", "if x:\n    if y:\n        z\n    else:|"),
        (
            "for x in y:\n    if x:\n        z\n    else|",
            "for x in y:\n    if x:\n        z\n    else:|",
        ),
        ("try:\n\tx\n\texcept OSError as e|", "try:\n\tx\nexcept OSError as e:|"),
        ("try:\n    x\n\n    # why\n    finally|", "try:\n    x\n\n    # why\nfinally:|"),
        ("try:\n    x\n    except*|", "try:\n    x\nexcept*:|"),
        ("while x:\n    y\n    except|", "while x:\n    y\n    except:|"),
        ("    x = (a if b\n         else|", "    x = (a if b\n         else:|"),
        ("if x:\n    y = {'else'|", "if x:\n    y = {'else':|"),
        ("if x:\n    # else|", "if x:\n    # else:|"),
        ("if x:\n    y\n    else| z", "if x:\n    y\n    else:| z"),
        ("if x:\n    y\nelse|", "if x:\n    y\nelse:|"),
    ],
)
def test_a_clause_goes_to_where_it_belongs(editor: CodeEditor, before: str, after: str) -> None:
    _show(editor, before)
    QTest.keyClicks(editor, ":")
    assert _shown(editor) == after
    editor.undo()
    assert _shown(editor).replace("|", "") == before.replace("|", "") or ":" in after


def test_backspace_takes_a_pair_that_was_just_made(editor: CodeEditor) -> None:
    _show(editor, "f|")
    QTest.keyClicks(editor, "(")
    QTest.keyClick(editor, Key.Key_Backspace)
    assert _shown(editor) == "f|"


def test_closing_brackets_is_a_setting(editor: CodeEditor, settings: SettingsStore) -> None:
    settings.update(close_brackets=False)
    _show(editor, "|")
    QTest.keyClicks(editor, "f('")
    assert editor.text() == "f('"


def test_shift_home_selects(editor: CodeEditor) -> None:
    _show(editor, "    abc|")
    QTest.keyClick(editor, Key.Key_Home, Qt.KeyboardModifier.ShiftModifier)
    assert _shown(editor) == "    |abc|"


def test_trailing_white_space_is_left_alone(editor: CodeEditor) -> None:
    _show(editor, "a  \n\t\n|")
    QTest.keyClicks(editor, "b")
    assert editor.text() == "a  \n\t\nb"


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("toggle_comment", "    a|b", "    # a|b"),
        ("toggle_comment", "    # a|b", "    a|b"),
        ("toggle_comment", "|a\nb\n|c", "|# a\n# b\n|c"),
        ("duplicate_lines", "a|b\nc", "ab\na|b\nc"),
        ("duplicate_lines", "a|b", "ab\na|b"),
        ("duplicate_lines", "|a\nb|\nc", "a\nb\n|a\nb|\nc"),
        ("delete_lines", "a\nb|c\nd", "a\nd|"),
        ("delete_lines", "a\nb|c\ndef", "a\nd|ef"),
        ("delete_lines", "a\nb|", "a|"),
        ("delete_lines", "|a", "|"),
        ("delete_lines", "a\n|b\nc|\nd", "a\nd|"),
        ("delete_lines", "|a\nb|", "|"),
        ("join_lines", "a|\n    b\nc", "a| b\nc"),
        ("join_lines", "|a\nb\nc|", "a b| c"),
        ("join_lines", "a|", "a|"),
        ("join_lines", "a|\n\nb", "a|\nb"),
        ("indent", "|a\nb|", "|    a\n    b|"),
        ("unindent", "        a|", "    a|"),
    ],
)
def test_actions_on_lines(editor: CodeEditor, action: str, before: str, after: str) -> None:
    _show(editor, before)
    start = editor.text()
    getattr(editor, action)()
    assert editor.text() == after.replace("|", "")
    if action != "join_lines":
        assert _shown(editor) == after
    if editor.text() != start:
        editor.undo()
        assert editor.text() == start


@pytest.mark.parametrize(
    ("direction", "before", "after"),
    [
        (1, "a|\nb\nc", "b\na|\nc"),
        (-1, "a\nb\n|c", "a\n|c\nb"),
        (1, "|a\nb\n|c", "c\n|a\nb|"),
        (-1, "x\n|a\nb|", "|a\nb|\nx"),
        (-1, "|a\nb", "|a\nb"),
        (1, "a\nb|", "a\nb|"),
    ],
)
def test_lines_are_moved(editor: CodeEditor, direction: int, before: str, after: str) -> None:
    _show(editor, before)
    editor.move_lines(direction)
    assert _shown(editor) == after
    editor.undo()
    assert editor.text() == before.replace("|", "")


def test_wide_characters_are_no_obstacle_to_lines(editor: CodeEditor) -> None:
    editor.show_text("🎮🎮\n  x🎮 = 1\n", "main.py")
    editor.go_to(2, 5)
    editor.toggle_comment()
    assert editor.text() == "🎮🎮\n  # x🎮 = 1\n"
    assert editor.place() == (2, 7)
    editor.move_lines(-1)
    assert editor.text() == "  # x🎮 = 1\n🎮🎮\n"
    assert editor.place() == (1, 7)
    editor.duplicate_lines()
    editor.delete_lines()
    assert editor.text() == "  # x🎮 = 1\n🎮🎮\n"


def test_a_language_without_line_comments_has_none(editor: CodeEditor) -> None:
    _show(editor, "<p>|", "page.html")
    editor.toggle_comment()
    assert editor.text() == "<p>"
    _show(editor, "x|", "code.js")
    editor.toggle_comment()
    assert editor.text() == "// x"


def test_the_gutter_selects_lines(editor: CodeEditor) -> None:
    _show(editor, "a\nb\nc\nd|")
    editor.select_lines(1, 2)
    assert _shown(editor) == "a\n|b\nc\n|d"
    editor.select_lines(3, 3)
    assert _shown(editor) == "a\nb\nc\n|d|"
    editor.select_lines(2, 1)
    assert _shown(editor) == "a\n|b\nc|\nd"
