"""In the studio: Stop of programs that make it hard, the loop watched all the time."""

import asyncio
import json
from pathlib import Path

from session.events import SessionEvent, StateChanged
from session.execution_session import ExecutionSession
from session.state import SessionState
from studio.open_project import OpenProject
from tests.bench.scenarios.gaps import Gaps
from tests.support.scenario import Stage

PROGRAMS = {
    "deaf, 40 children in sessions of their own": """\
import signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
code = "import signal, time; signal.signal(2, signal.SIG_IGN); time.sleep(600)"
for n in range(40):
    subprocess.Popen([sys.executable, "-c", code], start_new_session=n % 2 == 0)
print("up", flush=True)
time.sleep(600)
""",
    "300 forks, all deaf": """\
import os, signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
for n in range(300):
    if os.fork() == 0:
        time.sleep(600)
print("up", flush=True)
time.sleep(600)
""",
    "5,000 files written": """\
import time
for n in range(5000):
    with open(f"{n}.txt", "w") as file:
        file.write("x" * 1000)
print("up", flush=True)
time.sleep(600)
""",
    "a flood without end": """\
import itertools
print("up", flush=True)
for n in itertools.count():
    print("line", n, "x" * 80)
""",
}


def _write(path: Path, source: str) -> None:
    path.write_text(source)


async def scenario(stage: Stage) -> None:
    """Play each to the point where it says that it is up, and stop it."""
    project = await stage.project()
    session = project.session
    stage.window.panels.show_panel("debug")
    gaps, measured = Gaps(), {}
    for name, source in PROGRAMS.items():
        _write(project.root / "main.py", source)
        await _play(stage, project)
        measured[name] = await _stop(stage, session, gaps)
        if "deaf" in name:
            await _play(stage, project)
            measured[f"{name}, by force"] = await _stop(stage, session, gaps, presses=2)
    _write_many(project.root)
    for state in (SessionState.PREPARING, SessionState.CONNECTING):
        _write(project.root / "main.py", f"import time\ntime.sleep(600)  # {state}\n")
        stage.window.registry.run("run.play")
        await _at_once(session, state)
        measured[f"{state}, 2,000 files"] = await _stop(stage, session, gaps)
    (stage.folder / "measured.json").write_text(json.dumps(measured))


async def _play(stage: Stage, project: OpenProject) -> None:
    """Play, and wait until the program says that it is up."""
    before = project.session.run_id
    stage.window.registry.run("run.play")
    await stage.until(lambda: project.session.run_id != before)
    await stage.until(lambda: project.session.state is SessionState.RUNNING)
    await stage.until(lambda: "up" in stage.messages(project))
    await asyncio.sleep(0.5)


async def _stop(stage: Stage, session: ExecutionSession, gaps: Gaps, presses: int = 1) -> float:
    """Press Stop and wait for the end; return the loop's worst gap meanwhile, in seconds."""
    gaps.begin()
    for _ in range(presses):
        stage.window.registry.run("run.stop")
        await asyncio.sleep(0.05)
    await session.wait()
    await asyncio.sleep(0.3)
    return gaps.worst


async def _at_once(session: ExecutionSession, state: SessionState) -> None:
    """Wait for a state that passes within milliseconds."""
    reached = asyncio.Event()

    def look(event: SessionEvent) -> None:
        if isinstance(event, StateChanged) and event.after is state:
            reached.set()

    unsubscribe = session.subscribe(look)
    if session.state is state:
        reached.set()
    await asyncio.wait_for(reached.wait(), 30)
    unsubscribe()


def _write_many(folder: Path) -> None:
    for number in range(2_000):
        (folder / f"module_{number}.py").write_text(f"NUMBER = {number}\n" * 20)
