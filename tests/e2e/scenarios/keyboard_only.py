"""Everything by keyboard: an example from the welcome page, Play, Stop, history, help, quit."""

import asyncio

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QWidget

from session.state import SessionState
from studio.shell.dialogs.close_running import CloseRunningDialog
from studio.shell.dialogs.settings import SettingsDialog
from studio.shell.help_page import HelpDialog
from studio.shell.isolation_panel import IsolationPanel
from tests.support.scenario import Stage


def focused() -> str:
    """What a screen reader would call the widget that has the keyboard."""
    focus = QApplication.focusWidget()
    return focus.accessibleName() if focus is not None else ""


async def tab_to(stage: Stage, name: str) -> None:
    """Press Tab until a widget of that name has the keyboard."""
    for _ in range(60):
        if focused() == name:
            return
        await stage.hand.key("Tab")
    message = f"Tab does not lead to {name}; the last was {focused()}"
    raise AssertionError(message)


async def escape(stage: Stage, kind: type[QWidget]) -> None:
    """Close a window with Escape; where there is no window manager, give it the keyboard first."""
    await stage.until(lambda: bool(stage.all(kind)))
    stage.find(kind).activateWindow()
    await stage.until(stage.find(kind).isActiveWindow)
    await stage.hand.key("Esc")
    await stage.until(lambda: not stage.all(kind))
    stage.window.activateWindow()
    await stage.until(stage.window.isActiveWindow)


async def command(stage: Stage, letters: str) -> None:
    """Choose something in the palette."""
    await stage.hand.key("Ctrl+Shift+P")
    await stage.until(stage.window.palette_box.isVisible)
    await stage.hand.type(letters)
    await stage.hand.key("Return")


async def scenario(stage: Stage) -> None:
    """No button of a mouse is touched."""
    window = stage.window
    await stage.until(lambda: window.stage.page == "welcome" and window.stage.isVisible())
    window.activateWindow()
    await stage.until(window.isActiveWindow)
    await stage.hand.key("F6")
    await tab_to(stage, "Open and play Harbour")
    await stage.hand.key("Space")
    project = await stage.project()
    session = project.session
    await stage.until(lambda: session.state is SessionState.RUNNING, 60)

    await command(stage, "isolation")
    await stage.until(lambda: bool(stage.all(IsolationPanel)))
    said = " ".join(label.text() for label in stage.find(IsolationPanel).findChildren(QLabel))
    assert "Kept apart" in said
    await stage.hand.key("Esc")
    await stage.until(lambda: not stage.all(IsolationPanel))

    await stage.hand.key("Shift+F5")
    await stage.until(lambda: session.state is SessionState.STOPPED)
    await stage.hand.key("Ctrl+3")
    await stage.until(lambda: window.stage.page == "history")
    views = [view for view in stage.all(QAbstractItemView) if window.stage.isAncestorOf(view)]
    await stage.until(lambda: any(view.model().rowCount() == 1 for view in views))
    stage.photograph("history")
    await stage.hand.key("F5")
    await stage.until(lambda: session.state is SessionState.RUNNING)
    await stage.hand.key("Ctrl+Shift+F5")
    await stage.until(lambda: len(project.service.history.list(project.path)) == 3)
    await stage.until(lambda: session.state is SessionState.RUNNING)
    await stage.hand.key("Shift+F5")
    await stage.until(lambda: session.state is SessionState.STOPPED)

    await stage.hand.key("F1")
    await escape(stage, HelpDialog)
    await command(stage, "theme: light")
    await stage.until(lambda: stage.ground() == "#f6f7f9")
    await stage.hand.key("Ctrl+,")
    await escape(stage, SettingsDialog)
    seen = set()
    for _ in range(6):
        await stage.hand.key("F6")
        seen.add(QApplication.focusWidget())
    assert len(seen) >= 5, "F6 does not go round"
    assert QApplication.mouseButtons() == Qt.MouseButton.NoButton
    await stage.hand.key("F5")
    await stage.until(lambda: session.state is SessionState.RUNNING)
    await stage.hand.key("Ctrl+Q")
    await stage.until(lambda: bool(stage.all(CloseRunningDialog)))
    question = stage.find(CloseRunningDialog)
    question.activateWindow()
    await stage.until(question.isActiveWindow)
    stage.photograph_all("quitting")
    stage.ends_by_itself = True
    stage.done()
    await stage.hand.key("Return")
    await asyncio.sleep(60)  # the studio ends before
