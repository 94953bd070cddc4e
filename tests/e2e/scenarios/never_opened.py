"""Played, failed, replayed and stopped with the debug workspace closed; then it shows it all."""

from session.log.entry import LogEntry
from session.state import SessionState
from studio.widgets.log_view.view import LogView
from tests.support.scenario import Stage


async def scenario(stage: Stage) -> None:
    """The program fails the first time, and waits to be stopped the second."""
    project = await stage.project()
    session, window = project.session, stage.window
    assert not window.panels.seen("debug"), "it was closed when the studio was last"
    await stage.hand.key("F5")
    await stage.until(lambda: session.state is SessionState.RUNTIME_FAILED)
    await session.wait()
    assert not window.panels.seen("debug"), "no panel pops up"
    assert window.toolbar.badge.accessibleName().startswith("runtime failed")
    assert window.projects.front is not None
    assert window.projects.front.unread.errors > 0
    assert window.registry.action("run.play").isEnabled()
    assert not window.registry.action("run.stop").isEnabled()
    first = session.run_id
    stage.photograph("failed")
    await stage.hand.key("F5")
    await stage.until(lambda: "waiting to be stopped" in stage.messages(project))
    assert window.registry.action("run.stop").isEnabled()
    await stage.hand.key("Shift+F5")
    await stage.until(lambda: session.state is SessionState.STOPPED)
    await session.wait()
    assert not stage.all(LogView)
    runs = project.service.history.list(project.path)
    assert [run.run_id for run in runs] == [session.run_id, first]
    assert [run.state for run in runs] == [SessionState.STOPPED, SessionState.RUNTIME_FAILED]
    await stage.hand.key("Ctrl+2")
    await stage.until(lambda: bool(stage.all(LogView)))
    view, log = stage.find(LogView), session.log
    assert log is not None
    await stage.until(lambda: len(view.shown_rows()) == log.last_seq)
    assert list(view.shown_rows()) == list(range(1, log.last_seq + 1))
    assert window.projects.front.unread.errors == 0
    earlier = project.service.history.open_log(runs[1].run_id)
    assert any(isinstance(row, LogEntry) and "not yet" in row.message for row in earlier.read())
    earlier.close()
