"""The debug workspace is destroyed and rebuilt 100 times in a flood: no gap, no repeat."""

import asyncio
from functools import partial

import shiboken6

from session.state import SessionState
from studio.widgets.log_view.view import LogView
from tests.support.scenario import Stage


def _gone(view: LogView) -> bool:
    return not shiboken6.isValid(view)


async def scenario(stage: Stage) -> None:
    """Every view shows each row of the store once, in order."""
    project = await stage.project()
    session, panels = project.session, stage.window.panels
    panels.show_panel("debug")
    project.play()
    await stage.until(lambda: session.state is SessionState.RUNNING)
    log = session.log
    assert log is not None
    for _ in range(100):
        old = stage.find(LogView)
        panels.close_panel("debug")
        await stage.until(partial(_gone, old))
        panels.show_panel("debug")
        await stage.until(lambda: bool(stage.all(LogView)))
        await asyncio.sleep(0.02)
        shown = list(stage.find(LogView).shown_rows())
        assert shown == list(range(1, len(shown) + 1)), "a gap or a repeat"
        assert len(shown) > 0
    assert session.state is SessionState.RUNNING
    assert log.last_seq > 10_000
    project.stop()
    await session.wait()
    view = stage.find(LogView)
    await stage.until(lambda: len(view.shown_rows()) == log.last_seq)
    assert list(view.shown_rows()) == list(range(1, log.last_seq + 1))
