"""The Edit menu acts on whatever has the keyboard, and leaves every widget its own keys."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QWidget

from studio.widgets.code_editor.editor import CodeEditor
from studio.workspaces.debug.workspace import DebugWorkspace
from tests.studio.shell.conftest import ShellBench
from tests.support.qt_loop import until

NAMES = ("undo", "redo", "cut", "copy", "paste", "select_all")


def offered(shell: ShellBench) -> set[str]:
    """Return what the open Edit menu offers of it."""
    menu = shell.window.menus.menu("Edit")
    menu.aboutToShow.emit()
    shown = {one.objectName(): one.isEnabled() for one in menu.actions()}
    menu.aboutToHide.emit()
    return {name for name in NAMES if shown[f"edit.{name}"]}


def run(shell: ShellBench, *names: str) -> None:
    for name in names:
        assert shell.window.registry.run(f"edit.{name}"), name


def give(widget: QWidget) -> None:
    widget.window().activateWindow()
    widget.setFocus()
    assert QApplication.focusWidget() is widget


def press(widget: QWidget, *keys: Qt.Key, alt: bool = False) -> None:
    """Press keys with Control, and let that go: Qt would believe that it is held."""
    held = Qt.KeyboardModifier.ControlModifier
    for key in keys:
        QTest.keyClick(widget, key, held | Qt.KeyboardModifier.AltModifier if alt else held)
    QTest.keyClick(widget, Qt.Key.Key_Control)


async def code(shell: ShellBench) -> CodeEditor:
    """Open a project; return its program's text, which has the keyboard."""
    project = shell.open("harbour")
    opened = shell.window.projects.of(project)
    assert opened is not None
    assert opened.editor is not None
    editor = opened.editor
    await until(lambda: editor.current is not None and editor.current.ready)
    assert editor.current is not None
    give(editor.current.editor)
    return editor.current.editor


@pytest.fixture
def field(shell: ShellBench) -> Iterator[QLineEdit]:
    """A line to type in, somewhere in the window."""
    line = QLineEdit(shell.window.status)
    line.show()
    yield line
    line.deleteLater()


def test_the_code_is_cut_pasted_and_taken_back(shell: ShellBench) -> None:
    async def check() -> None:
        editor = await code(shell)
        text = editor.toPlainText()
        assert offered(shell) == {"paste", "select_all"}
        run(shell, "select_all")
        assert offered(shell) == {"cut", "copy", "paste", "select_all"}
        run(shell, "cut")
        assert editor.toPlainText() == ""
        assert offered(shell) == {"undo", "paste"}
        run(shell, "paste")
        assert editor.toPlainText() == text
        run(shell, "undo", "undo")
        assert editor.toPlainText() == text
        assert "redo" in offered(shell)
        run(shell, "redo")
        assert editor.toPlainText() == ""
        run(shell, "undo")

    shell.run(check())


def test_a_line_is_meant_while_it_has_the_keyboard(shell: ShellBench, field: QLineEdit) -> None:
    async def check() -> None:
        editor = await code(shell)
        text = editor.toPlainText()
        give(field)
        assert offered(shell) == {"paste"}
        QTest.keyClicks(field, "hello")
        run(shell, "select_all", "copy", "cut", "paste", "paste")
        assert field.text() == "hellohello"
        field.setReadOnly(True)
        assert offered(shell) == {"select_all"}
        field.setReadOnly(False)
        field.setEchoMode(QLineEdit.EchoMode.Password)
        field.selectAll()
        assert "copy" not in offered(shell)
        assert "cut" not in offered(shell)
        assert editor.toPlainText() == text

    shell.run(check())


def test_menus_that_take_the_keyboard_act_on_what_had_it(
    shell: ShellBench, field: QLineEdit
) -> None:
    async def check() -> None:
        give(field)
        field.setText("hello")
        shell.window.toolbar.menu_bar.setFocus()
        assert offered(shell) == {"paste", "select_all"}
        run(shell, "select_all", "cut")
        assert field.text() == ""

    shell.run(check())


def test_rows_of_the_log_are_selected_and_copied(shell: ShellBench) -> None:
    async def check() -> None:
        project = shell.open("harbour")
        shell.window.panels.show_panel("debug")
        debug = shell.window.panels.content("debug")
        assert isinstance(debug, DebugWorkspace)
        give(debug.pane.view)
        assert offered(shell) == set()
        shell.window.registry.run("run.play")
        view = debug.pane.view
        await until(lambda: view.display.lens_rows > 0)
        assert offered(shell) == {"select_all"}
        run(shell, "select_all")
        assert offered(shell) == {"copy", "select_all"}
        QApplication.clipboard().clear()
        run(shell, "copy")
        await until(lambda: bool(QApplication.clipboard().text()))
        project.stop(force=True)
        await until(lambda: not project.session.under_way)

    shell.run(check())


def test_elsewhere_it_is_what_the_keys_are_there(shell: ShellBench) -> None:
    async def check() -> None:
        files = QListWidget(shell.window.status)
        files.show()
        asked: list[str] = []
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), files)
        shortcut.activated.connect(lambda: asked.append("copied"))
        give(files)
        assert offered(shell) == {"copy"}
        run(shell, "copy")
        assert asked == ["copied"]
        shell.open("harbour")
        shell.window.registry.run("view.history")
        opened = shell.window.projects.front
        assert opened is not None
        assert opened.history is not None
        give(opened.history.table)
        assert "undo" not in offered(shell), "no run was deleted"
        files.deleteLater()

    shell.run(check())


def test_no_key_is_taken_from_the_widget_that_answers_it(
    shell: ShellBench, field: QLineEdit
) -> None:
    async def check() -> None:
        ran: list[str] = []
        shell.window.registry.ran.connect(ran.append)
        files = QListWidget(shell.window.status)
        files.show()
        asked: list[str] = []
        shortcut = QShortcut(QKeySequence("Ctrl+C"), files)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(lambda: asked.append("copied"))
        give(files)
        press(files, Qt.Key.Key_C)
        assert asked == ["copied"], "not ambiguous"
        give(field)
        field.setText("hello")
        key = Qt.Key
        press(field, key.Key_A, key.Key_X, key.Key_V, key.Key_V, key.Key_Z)
        assert field.text() == "hello"
        assert ran == []
        files.deleteLater()

    shell.run(check())


def test_keys_that_the_user_chose_work_too(shell: ShellBench, field: QLineEdit) -> None:
    async def check() -> None:
        registry = shell.window.registry
        assert registry.action("edit.cut").shortcut() == QKeySequence("Ctrl+X")
        registry.set_shortcut("edit.cut", "Ctrl+Alt+X")
        assert registry.conflicts() == {}
        give(field)
        field.setText("hello")
        field.selectAll()
        press(field, Qt.Key.Key_X, alt=True)
        assert field.text() == ""
        registry.set_shortcut("edit.copy", "Ctrl+Shift+P")
        assert registry.conflicts() == {"Ctrl+Shift+P": ["edit.copy", "view.palette"]}

    shell.run(check())
