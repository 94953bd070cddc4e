"""In the studio: Stop of programs that make it hard, the loop watched all the time."""

import asyncio
import json
from pathlib import Path

from session.state import SessionState
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
        stage.window.registry.run("run.play")
        await stage.until(lambda: session.state is SessionState.RUNNING)
        await stage.until(lambda: "up" in stage.messages(project))
        await asyncio.sleep(0.5)
        gaps.begin()
        stage.window.registry.run("run.stop")
        await session.wait()
        await asyncio.sleep(0.3)
        measured[name] = gaps.worst
    (stage.folder / "measured.json").write_text(json.dumps(measured))
