"""Everything can be reached by keyboard and has a name; every action is somewhere."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from studio.shell.focus_ring import holds
from studio.shell.menus import MENUS
from tests.studio.shell.conftest import ShellBench, painted


def focusable(root: QWidget) -> Iterator[QWidget]:
    for widget in root.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield widget


def nameless(root: QWidget) -> list[str]:
    """Return what a screen reader could not name, and buttons without a tooltip."""
    found = []
    for widget in focusable(root):
        proxied = widget.focusProxy() is not None or not widget.isEnabled()
        if not proxied and not (widget.accessibleName() or getattr(widget, "text", str)()):
            found.append(f"no name: {type(widget).__name__} {widget.objectName()}")
        if isinstance(widget, QAbstractButton) and not (widget.toolTip() or "(" in widget.text()):
            found.append(f"no tooltip: {type(widget).__name__} {widget.text()}")
    return found


def frame_of(shell: ShellBench) -> list[QWidget]:
    window = shell.window
    panels = window.panels
    return [
        window.toolbar,
        window.activity,
        window.status,
        panels.left.header,
        panels.bottom.header,
    ]


def test_every_part_of_the_frame_has_a_name(shell: ShellBench) -> None:
    async def check() -> None:
        shell.open("harbour")
        assert [found for part in frame_of(shell) for found in nameless(part)] == []

    shell.run(check())


def test_everything_in_the_window_has_a_name(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        assert nameless(window) == []  # the welcome page
        shell.open("harbour")
        window.panels.show_panel("search")
        window.panels.show_panel("problems")
        await painted()
        assert nameless(window) == []
        window.panels.show_panel("debug")
        window.registry.run("view.history")
        await painted()
        assert nameless(window) == []

    shell.run(check())


def test_tooltips_say_the_shortcut(shell: ShellBench) -> None:
    registry = shell.window.registry
    for one in registry.registered:
        keys = one.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        assert keys in one.action.toolTip()
    assert "F5" in shell.window.toolbar.play.toolTip()
    assert "Ctrl+2" in shell.window.activity.button("view.debug").toolTip()


def test_no_two_actions_want_the_same_keys(shell: ShellBench) -> None:
    assert shell.window.registry.conflicts() == {}


def test_every_menu_has_something_in_it(shell: ShellBench) -> None:
    menus = shell.window.menus
    assert [name for name in MENUS if not menus.menu(name).actions()] == []
    unknown = {one.spec.menu for one in shell.window.registry.registered} - {"", *MENUS}
    assert unknown == set()


def test_f6_goes_through_all_panes_and_back(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        shell.open("harbour")
        window.activateWindow()
        window.registry.run("view.editor")
        panes = [pane for pane in window.panes() if pane.isVisible()]
        visited: list[QWidget] = []
        for _ in panes:
            window.registry.run("pane.next")
            focus = QApplication.focusWidget()
            visited += [pane for pane in panes if holds(pane, focus)]
        assert set(visited) == set(panes)
        window.registry.run("pane.previous")
        window.registry.run("pane.next")
        assert holds(visited[-1], QApplication.focusWidget())

    shell.run(check())


def test_escape_goes_back_to_the_editor(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        shell.open("harbour")
        window.activateWindow()
        window.toolbar.play.setFocus()
        QTest.keyClick(window.toolbar.play, Qt.Key.Key_Escape)
        assert holds(window.stage, QApplication.focusWidget())

    shell.run(check())


def test_the_palette_runs_a_command_by_keyboard_alone(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        shell.open("first")
        shell.open("second")
        window.activateWindow()
        window.registry.run("view.editor")
        before = QApplication.focusWidget()
        window.registry.run("view.palette")
        palette = window.palette_box
        assert palette.line.hasFocus()
        QTest.keyClick(palette.line, Qt.Key.Key_Escape)
        assert not palette.isVisible()
        assert QApplication.focusWidget() is before
        window.registry.run("view.palette")
        QTest.keyClicks(palette.line, "first")
        assert palette.shown[0].kind == "project"
        QTest.keyClick(palette.line, Qt.Key.Key_Return)
        assert window.projects.front is not None
        assert window.projects.front.project.title == "first"
        assert window.projects.front.project.path.name == "first"

    shell.run(check())


def test_the_palette_moves_with_the_arrows_and_finds_nothing_politely(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        window.activateWindow()
        window.registry.run("view.palette")
        palette = window.palette_box
        first = palette.list.currentIndex().row()
        QTest.keyClick(palette.line, Qt.Key.Key_Down)
        assert palette.list.currentIndex().row() == first + 1
        QTest.keyClick(palette.line, Qt.Key.Key_Up)
        QTest.keyClick(palette.line, Qt.Key.Key_Up)
        assert palette.list.currentIndex().row() == len(palette.shown) - 1
        QTest.keyClicks(palette.line, "qqqq")
        assert palette.shown == []
        QTest.keyClick(palette.line, Qt.Key.Key_Return)
        assert palette.isVisible()

    shell.run(check())


def test_a_long_language_and_the_other_direction_keep_the_frame_whole(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        QApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        try:
            shell.open("harbour")
            await painted()
            left = window.activity.mapTo(window, window.activity.rect().center()).x()
            assert left > window.width() // 2
            assert window.panels.left.x() > window.stage.x()
        finally:
            QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)

    shell.run(check())
