"""Widgets tell the user's own keys of the actions that they stand for."""

from PySide6.QtGui import QAction, QActionEvent
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.desk import Desk
from studio.widgets.action_keys import ActionKeys, keys_in_window
from studio.widgets.icon_button import IconButton


class Owner(QWidget):
    """A workspace in small."""

    def __init__(self) -> None:
        super().__init__()
        self.keys = ActionKeys(self)

    def actionEvent(self, event: QActionEvent) -> None:  # noqa: N802 - Qt's name
        """Hand on the news."""
        super().actionEvent(event)
        self.keys.take(event)


def test_tooltips_follow_the_keys_of_an_action(qtbot: QtBot, desk: Desk) -> None:
    owner = Owner()
    qtbot.addWidget(owner)
    icon = IconButton(desk.appearance, "next", "Find next", owner)
    push = QPushButton(owner)
    push.setToolTip("Delete the run\nwith a way back")
    action = QAction(owner)
    action.setObjectName("some.action")
    action.setShortcut("F3")
    owner.keys.tell("some.action", icon.set_keys)
    owner.addAction(action)
    owner.keys.tell_tip("some.action", push)
    assert icon.toolTip() == "Find next (F3)"
    assert push.toolTip() == "Delete the run (F3)\nwith a way back"
    action.setShortcut("Ctrl+Alt+J")
    assert icon.toolTip() == "Find next (Ctrl+Alt+J)"
    assert push.toolTip() == "Delete the run (Ctrl+Alt+J)\nwith a way back"
    assert keys_in_window(icon, "some.action") == "Ctrl+Alt+J"
    assert keys_in_window(icon, "some.other") == ""
    icon.describe("Find next", more="below the current row")
    assert icon.toolTip() == "Find next (Ctrl+Alt+J)\nbelow the current row"
    action.setShortcut("")
    assert icon.toolTip() == "Find next\nbelow the current row"
