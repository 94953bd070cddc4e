"""The text that an editor gives is the document's, whatever was done to it and in what order."""

import random

import pytest
from PySide6.QtGui import QTextCursor

from studio.widgets.code_editor import text_pieces
from studio.widgets.code_editor.editor import CodeEditor
from studio.widgets.code_editor.shown_text import from_shown
from studio.widgets.code_editor.text_changes import one_step, replace_all_text

WORDS = ("x", "\n", "value = 1\n", "🎮", "ü", "\n\n", "\u2028", "a long line of words ", "\t")


def assert_exact(editor: CodeEditor) -> None:
    assert editor.text() == from_shown(editor.document().toRawText())


def edit(editor: CodeEditor, chance: random.Random) -> None:
    """Do one random thing to the text."""
    cursor = QTextCursor(editor.document())
    length = editor.document().characterCount()
    text = "".join(chance.choice(WORDS) for _ in range(chance.randrange(30)))
    cursor.movePosition(QTextCursor.MoveOperation.Start)
    cursor.setPosition(chance.randrange(length))
    if chance.random() < 0.5:
        place = min(length - 1, cursor.position() + chance.randrange(200))
        cursor.setPosition(place, QTextCursor.MoveMode.KeepAnchor)
    match chance.randrange(8):
        case 0:
            editor.undo()
        case 1:
            editor.redo()
        case 2:
            replace_all_text(editor.document(), editor.text().replace("x", text[:5]))
        case 3:
            with one_step(cursor):
                cursor.insertText(text)
                cursor.setPosition(chance.randrange(editor.document().characterCount()))
                cursor.deletePreviousChar()
        case 4:
            cursor.joinPreviousEditBlock()
            cursor.insertText(text)
            cursor.endEditBlock()
        case 5:
            cursor.removeSelectedText()
        case _:
            editor.setTextCursor(cursor)
            editor.insertPlainText(text)


@pytest.mark.parametrize("seed", range(12))
def test_random_edits(editor: CodeEditor, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_pieces, "SIZE", 40)
    chance = random.Random(seed)
    editor.show_text("def value(number):\n    return 🎮ü\n" * 40, "main.py")
    assert_exact(editor)
    for _ in range(150):
        edit(editor, chance)
        if chance.random() < 0.6:
            assert_exact(editor)
    assert_exact(editor)


def test_another_text(editor: CodeEditor) -> None:
    for text in ("", "one\n", "two\nlines", "", "🎮\u2029\u00a0"):
        editor.show_text(text, "main.py")
        assert editor.text() == text
    editor.clear()
    assert editor.text() == ""
    editor.setPlainText("set by Qt")
    assert editor.text() == "set by Qt"


def test_the_same_text_is_not_read_twice(editor: CodeEditor) -> None:
    text = "line\n" * 10
    editor.show_text(text, "main.py")
    assert editor.text() is text
    editor.insertPlainText("x")
    assert editor.text() is editor.text()
