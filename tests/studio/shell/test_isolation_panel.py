"""The popup behind the shield: says honestly what is kept apart, by mouse and by keyboard."""

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from session.runtime.platforms.posix import PosixPlatform
from studio.shell.isolation_panel import IsolationPanel, isolation_parts
from studio.shell.popup import place_beside
from tests.studio.shell.conftest import ShellBench, painted

SCREEN = QRect(0, 0, 1280, 720)


def texts(panel: IsolationPanel) -> str:
    return "\n".join(label.text() for label in panel.findChildren(QLabel))


def test_what_the_platform_cannot_promise_is_said() -> None:
    *_, here = isolation_parts(PosixPlatform.gaps)
    assert here.lines == PosixPlatform.gaps
    *_, full = isolation_parts(())
    assert full.lines == ("Nothing is missing beyond that.",)


def test_the_shield_opens_it_and_escape_gives_the_keyboard_back(shell: ShellBench) -> None:
    async def check() -> None:
        window = shell.window
        shell.open("harbour")
        await painted()
        shield = window.status.isolation
        shield.setFocus()
        QTest.keyClick(shield, Qt.Key.Key_Space)
        (panel,) = window.findChildren(IsolationPanel)
        assert panel.isVisible()
        assert "your own rights" in texts(panel)
        assert "Permissions are read and checked, and not enforced yet." in texts(panel)
        assert "A budget ends a run" in texts(panel)
        assert panel.help_button.hasFocus()
        QTest.keyClick(panel.help_button, Qt.Key.Key_Escape)
        assert not panel.isVisible()
        window.registry.run("view.isolation")
        assert panel.isVisible()
        panel.close()

    shell.run(check())


@pytest.mark.parametrize("leading", [True, False])
@pytest.mark.parametrize("at", [QPoint(2, 700), QPoint(1240, 700), QPoint(600, 4), QPoint(2, 4)])
def test_a_popup_stands_wholly_on_the_screen(at: QPoint, leading: bool) -> None:
    anchor, size = QRect(at, QSize(30, 20)), QSize(420, 300)
    place = QRect(place_beside(anchor, size, SCREEN, leading=leading), size)
    assert SCREEN.contains(place)
    assert not place.intersects(anchor)
