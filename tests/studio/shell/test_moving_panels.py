"""Panels move between the areas by the menu of their tab, by the palette, and by keyboard."""

from PySide6.QtCore import QPoint
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu, QToolButton

from studio.shell.layout import BOTTOM, BOTTOM_SHARE, LEFT
from studio.shell.palette_offer import offer
from tests.studio.shell.conftest import ShellBench, painted
from tests.support.qt_loop import until


def tab(shell: ShellBench, area: str, name: str) -> QToolButton:
    panels = shell.window.panels
    header = (panels.left if area == LEFT else panels.bottom).header
    found = [b for b in header.findChildren(QToolButton) if b.property("panel") == name]
    return next(button for button in found if button.isVisible())


def offered(shell: ShellBench) -> dict[str, str]:
    return {choice.name: choice.text for choice in offer(shell.window)}


def test_the_bottom_has_a_good_share_of_the_window_at_first(shell: ShellBench) -> None:
    async def check() -> None:
        shell.window.resize(1280, 800)
        shell.open("harbour")
        await painted()
        room = shell.window.body.rows.height()
        assert abs(shell.window.panels.bottom.height() - BOTTOM_SHARE * room) < 8

    shell.run(check())


def test_a_moved_panel_keeps_its_content_and_takes_the_keyboard(shell: ShellBench) -> None:
    async def check() -> None:
        panels = shell.window.panels
        shell.open("harbour")
        await painted()
        before = panels.content("problems")
        shell.window.registry.run("panel.problems_left")
        await painted()
        assert panels.layout.front(LEFT) == "problems"
        assert panels.left.isAncestorOf(panels.hosts["problems"])
        assert panels.content("problems") is not None
        assert before is None or panels.content("problems") is before
        focus = QApplication.focusWidget()
        assert focus is not None
        assert panels.hosts["problems"].isAncestorOf(focus)
        shell.window.registry.run("panel.problems_bottom")
        assert panels.layout.front(BOTTOM) == "problems"
        assert panels.bottom.isAncestorOf(panels.hosts["problems"])

    shell.run(check())


def test_only_where_it_does_not_stand_is_offered(shell: ShellBench) -> None:
    async def check() -> None:
        assert not {name for name in offered(shell) if name.startswith("panel.")}
        shell.open("harbour")
        moves = {name for name in offered(shell) if name.startswith("panel.debug")}
        assert moves == {"panel.debug_left", "panel.debug_window"}
        shell.window.registry.run("panel.debug_window")
        moves = {name for name in offered(shell) if name.startswith("panel.debug")}
        assert moves == {"panel.debug_left", "panel.debug_bottom"}
        shell.window.registry.run("panel.debug_bottom")
        assert shell.window.panels.windows == []

    shell.run(check())


def test_the_menu_of_a_tab_moves_its_panel(shell: ShellBench) -> None:
    async def check() -> None:
        shell.open("harbour")
        await painted()
        pressed = tab(shell, BOTTOM, "problems")
        place = QPoint(4, 4)
        event = QContextMenuEvent(
            QContextMenuEvent.Reason.Keyboard, place, pressed.mapToGlobal(place)
        )
        QApplication.sendEvent(pressed, event)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        actions = {action.objectName(): action for action in menu.actions()}
        assert not actions["panel.problems_bottom"].isEnabled()
        actions["panel.problems_left"].trigger()
        menu.close()
        assert shell.window.panels.layout.front(LEFT) == "problems"
        await until(actions["panel.problems_left"].isEnabled)

    shell.run(check())
