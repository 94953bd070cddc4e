"""Play with the keyboard, watch build and run in one log, answer a prompt, Stop with the mouse."""

from PySide6.QtWidgets import QLineEdit

from session.log.entry import LogEntry, Source
from session.state import SessionState
from studio.widgets.log_view.view import LogView
from studio.workspaces.debug.input_line import InputLine
from tests.support.scenario import Stage


async def scenario(stage: Stage) -> None:
    """The program asks for a name, then counts until it is stopped."""
    project = await stage.project()
    session = project.session
    stage.window.panels.show_panel("debug")
    await stage.hand.key("F5")
    await stage.until(lambda: session.state is SessionState.RUNNING)
    await stage.until(lambda: bool(project.bridge.usage) and project.bridge.usage[-1].awaits_input)
    field = stage.find(InputLine).findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    await stage.hand.click(field)
    await stage.hand.type("Ada")
    await stage.hand.key("Return")
    await stage.until(lambda: "name? hello Ada" in stage.messages(project))
    view = stage.find(LogView)
    log = session.log
    assert log is not None
    await stage.until(lambda: len(view.shown_rows()) == log.last_seq > 20)
    sources = {row.source for row in log.read() if isinstance(row, LogEntry)}
    assert sources == set(Source), sources
    stage.photograph("running")
    await stage.hand.click(stage.window.toolbar.stop)
    await stage.until(lambda: session.state is SessionState.STOPPED)
    await session.wait()
    assert "cleaned up" in stage.messages(project)
    assert list(view.shown_rows()) == list(range(1, log.last_seq + 1))
    stage.photograph("stopped")
