from PySide6.QtGui import QTextCursor
def test_x(editor, settle, caplog, qtbot):
    editor.show_text("x = 1\n", "main.py"); settle(editor)
    editor.replace_text("x = 2\n" * 3000); settle(editor)
    editor.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.wait(50)
    editor.replace_text("a = 1\n")
    qtbot.wait(50)
    assert editor.highlighter.spans_at(0)
    assert not caplog.records
