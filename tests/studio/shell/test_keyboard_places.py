"""Where the keyboard is: in the text after opening, and in what a pane is there for."""

import itertools

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from studio.shell.focus_ring import holds, main_place, tab_stops
from studio.workspaces.debug.workspace import DebugWorkspace
from studio.workspaces.editor.document import Document
from studio.workspaces.editor.files import FilesPanel
from studio.workspaces.editor.problems import ProblemsPanel
from tests.studio.shell.conftest import ShellBench, painted
from tests.support.qt_loop import until


def focus() -> QWidget | None:
    return QApplication.focusWidget()


async def text_of(shell: ShellBench) -> Document:
    """Return the document that a project opens with, once it can be typed into."""
    front = shell.window.projects.front
    assert front is not None
    editor = front.editor
    assert editor is not None
    await until(lambda: editor.current is not None and editor.current.ready)
    document = editor.current
    assert document is not None
    return document


def test_what_is_typed_after_opening_arrives_in_the_text(shell: ShellBench) -> None:
    async def check() -> None:
        shell.window.activateWindow()
        shell.open("harbour")
        document = await text_of(shell)
        await until(lambda: focus() is document.editor)
        before = document.editor.toPlainText()
        QTest.keyClicks(document.editor, "abc")
        assert document.editor.toPlainText() != before
        document.editor.undo()

    shell.run(check())


def test_the_keys_of_a_pane_lead_to_what_it_is_there_for(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        window.activateWindow()
        shell.open("harbour")
        document = await text_of(shell)
        window.toolbar.play.setFocus()
        window.registry.run("view.editor")
        assert focus() is document.editor
        window.registry.run("view.history")
        front = window.projects.front
        assert front is not None
        assert front.history is not None
        assert focus() in (front.history.table, *front.history.findChildren(QWidget))
        window.registry.run("view.history")
        assert focus() is document.editor
        window.panels.close_panel("debug")
        window.registry.run("view.debug")
        debug = window.panels.content("debug")
        assert isinstance(debug, DebugWorkspace)
        assert holds(debug, focus())
        window.registry.run("view.problems")
        problems = window.panels.content("problems")
        assert isinstance(problems, ProblemsPanel)
        assert holds(problems, focus())

    shell.run(check())


def test_the_keyboard_stays_in_its_panel_when_another_project_comes(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        window.activateWindow()
        first, second = shell.open("first"), shell.open("second")
        for name in ("debug", "problems"):
            window.panels.show_panel(name)
            window.registry.run(f"view.{name}")
            window.registry.run(f"view.{name}")
            assert window.panels.holding(focus()) == name
            window.registry.run("project.next")
            assert window.panels.holding(focus()) == name
        assert await window.close_project(first)
        assert window.panels.holding(focus()) == "problems"
        assert await window.close_project(second)
        assert holds(window.stage, focus())

    shell.run(check())


def test_f6_goes_to_the_tree_and_the_text_not_to_a_header(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        window.activateWindow()
        shell.open("harbour")
        document = await text_of(shell)
        await painted()
        files = window.panels.content("files")
        assert isinstance(files, FilesPanel)
        await until(files.view.isVisible)
        assert main_place(window.panels.left) is files.view
        assert main_place(window.stage) is document.editor
        document.editor.setFocus()
        seen = []
        for _ in window.panes():
            window.commands.next_pane()
            seen.append(focus())
        assert files.view in seen
        assert document.editor in seen
        assert not [one for one in seen if holds(window.panels.left.header, one)]
        assert not [one for one in seen if holds(window.panels.bottom.header, one)]

    shell.run(check())


def test_tab_goes_from_pane_to_pane_in_the_order_of_the_eye(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        window.activateWindow()
        shell.open("harbour")
        await text_of(shell)
        await painted()
        panes = [pane for pane in window.panes() if tab_stops(pane)]
        for pane, following in itertools.pairwise(panes):
            tab_stops(pane)[-1].setFocus()
            window.focusNextPrevChild(True)
            assert focus() is tab_stops(following)[0]
            window.focusNextPrevChild(False)
            assert focus() is tab_stops(pane)[-1]

    shell.run(check())


def test_tab_is_heard_by_the_window(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        window.activateWindow()
        shell.open("harbour")
        await text_of(shell)
        stops = tab_stops(window.toolbar)
        stops[-1].setFocus()
        QTest.keyClick(stops[-1], Qt.Key.Key_Tab)
        assert focus() is tab_stops(window.activity)[0]

    shell.run(check())


def test_tab_goes_through_a_header_from_left_to_right(shell: ShellBench) -> None:
    async def check() -> None:
        shell.open("harbour")
        shell.window.panels.show_panel("search")
        await painted()
        for area in (shell.window.panels.left, shell.window.panels.bottom):
            places = [stop.x() for stop in tab_stops(area.header)]
            assert len(places) >= 4
            assert places == sorted(places)

    shell.run(check())
