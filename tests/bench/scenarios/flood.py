"""In the studio: 100,000 lines a second for a minute into an open debug workspace, then Stop."""

import asyncio
import json
import time

from session.execution_session import ExecutionSession
from session.state import SessionState
from studio.widgets.log_view.view import LogView
from tests.bench.scenarios.gaps import Gaps
from tests.support.scenario import Stage

#: How long the flood lasts, and how long the idle loop is watched, in seconds.
FLOOD_S, IDLE_S = 60.0, 3.0
#: How often Stop is pressed in the middle of a flood.
STOPS = 5


async def scenario(stage: Stage) -> None:
    """Play, watch, stop; write what was measured, in seconds and lines a second."""
    project = await stage.project()
    session = project.session
    stage.window.panels.show_panel("debug")
    await asyncio.sleep(2)
    gaps = Gaps()
    await asyncio.sleep(IDLE_S)
    idle = gaps.worst
    stage.window.registry.run("run.play")
    await stage.until(lambda: session.state is SessionState.RUNNING)
    await asyncio.sleep(0.5)
    log, view = session.log, stage.find(LogView)
    assert log is not None
    gaps.begin()
    rows, begun = log.last_seq, time.perf_counter()
    await asyncio.sleep(FLOOD_S)
    flood, rate = gaps.worst, (log.last_seq - rows) / (time.perf_counter() - begun)
    gaps.begin()
    stops = [await _stop(stage, session)]
    await stage.until(lambda: len(view.shown_rows()) == log.last_seq)
    for _ in range(STOPS - 1):
        stage.window.registry.run("run.play")
        await stage.until(lambda: session.state is SessionState.RUNNING)
        await asyncio.sleep(1)
        stops.append(await _stop(stage, session))
    measured = {
        "idle": idle, "flood": flood, "rate": rate, "stop": max(stops), "stop_gap": gaps.worst,
    }  # fmt: skip
    (stage.folder / "measured.json").write_text(json.dumps(measured))


async def _stop(stage: Stage, session: ExecutionSession) -> float:
    """Press Stop; return how long it took until the session was stopped, in seconds."""
    pressed = time.perf_counter()
    stage.window.toolbar.stop.click()
    await stage.until(lambda: session.state is SessionState.STOPPED)
    stopped = time.perf_counter() - pressed
    await session.wait()
    return stopped
