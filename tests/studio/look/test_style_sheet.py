"""What the style sheet says arrives on the screen: strips, tabs and the sign of the keyboard."""

import pytest
from PySide6.QtWidgets import QLineEdit, QTabWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.desk import Desk
from studio.look.tokens import DARK, LIGHT, Tokens

THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)


@THEMES
def test_tabs_stand_on_the_window_and_show_the_keyboard(
    desk: Desk, qtbot: QtBot, theme: Tokens
) -> None:
    desk.appearance.set_theme(theme.name)
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    field, tabs = QLineEdit(), QTabWidget()
    tabs.setDocumentMode(True)
    tabs.addTab(QWidget(), "main.py")
    column.addWidget(field)
    column.addWidget(tabs)
    page.resize(600, 200)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)

    def ground(x: int) -> str:
        return tabs.grab().toImage().pixelColor(x, 4).name()

    field.setFocus()
    assert (ground(4), ground(500)) == (theme.panel, theme.window)
    tabs.tabBar().setFocus()
    assert (ground(4), ground(500)) == (theme.selection, theme.window)
