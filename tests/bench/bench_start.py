"""How quickly Play gets going: the whole command, and `play()` in a running service."""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from session.compose import build_service
from session.events import SessionEvent, StateChanged
from session.execution_session import ExecutionSession
from session.home import Home
from session.state import SessionState
from tests.bench.figure import Figure

ROUNDS = 25
COMMAND_LIMIT = 1.5
RUNNING_LIMIT = 5.0

HELLO = "from greeting import greet\n\nprint(greet('world'), flush=True)\n"
GREETING = "def greet(name: str) -> str:\n    return f'Hello, {name}'\n"

#: The same parts with nothing in between: a typer command, asyncio, a launcher, the program.
BARE_COMMAND = """
import asyncio
import sys

import typer

app = typer.Typer()


async def chain(launcher: str, python: str, program: str) -> int:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-S", launcher, python, program,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async for line in process.stdout:
        sys.stdout.write(line.decode())
    return await process.wait()


@app.command()
def play(launcher: str, python: str, program: str) -> None:
    raise typer.Exit(asyncio.run(chain(launcher, python, program)))


app()
"""
BARE_LAUNCHER = """
import os
import sys

pid = os.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


def figures() -> list[Figure]:
    """Measure both starts."""
    with tempfile.TemporaryDirectory(prefix="playhead-bench-") as folder:
        place = Path(folder)
        project = _write(place / "hello", {"main.py": HELLO, "greeting.py": GREETING})
        return [_whole_command(place, project), asyncio.run(_until_running(place, project))]


def _write(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _whole_command(place: Path, project: Path) -> Figure:
    bare = _write(place / "bare", {"command.py": BARE_COMMAND, "launcher.py": BARE_LAUNCHER})
    command = [str(Path(sys.executable).with_name("playhead")), "play", str(project)]
    environ = {**os.environ, "PLAYHEAD_HOME": str(place / "command-home")}

    def run(argv: list[str]) -> None:
        done = subprocess.run(
            argv, env=environ, stdin=subprocess.DEVNULL, capture_output=True, check=True
        )
        if b"Hello, world" not in done.stdout:
            raise RuntimeError(done.stdout)

    run(command)
    chain = [sys.executable, str(bare / "command.py"), str(bare / "launcher.py")]
    chain += [played_with(place / "command-home"), str(project / "main.py")]
    ours, theirs = _side_by_side(lambda: run(command), lambda: run(chain))
    return Figure(
        "`playhead play` of an unchanged hello project, whole process",
        f"≤ {COMMAND_LIMIT:g} × a bare chain of the same parts",
        f"{ours / theirs:.2f} × ({ours * 1000:.0f} ms to {theirs * 1000:.0f} ms)",
        ours / theirs <= COMMAND_LIMIT,
        f"medians of {ROUNDS} turns each; the chain is a trivial typer app, asyncio, "
        "a launcher that forks, `python main.py`",
    )


def _side_by_side(one: Callable[[], None], other: Callable[[], None]) -> tuple[float, float]:
    """Run two things in turns; return the median seconds of each. A first turn warms both up."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for turn in range(ROUNDS + 1):
        for call, taken in zip((one, other), seconds, strict=True):
            began = time.perf_counter()
            call()
            if turn:
                taken.append(time.perf_counter() - began)
    return statistics.median(seconds[0]), statistics.median(seconds[1])


async def _until_running(place: Path, project: Path) -> Figure:
    service = build_service(Home.under(place / "service-home"))
    session = service.open(project)
    ours: list[float] = []
    theirs: list[float] = []
    try:
        for turn in range(ROUNDS + 1):
            played = await play_until_running(session)
            python = played_with(place / "service-home")
            started = python_until_first_line(python, project / "main.py")
            if turn:
                ours.append(played)
                theirs.append(started)
    finally:
        await service.close()
    own, bare = statistics.median(ours), statistics.median(theirs)
    return Figure(
        "From `play()` in a running service to `running`, unchanged small project",
        f"≤ {RUNNING_LIMIT:g} × `python main.py` to its first line",
        f"{own / bare:.2f} × ({own * 1000:.0f} ms to {bare * 1000:.0f} ms)",
        own / bare <= RUNNING_LIMIT,
        f"medians of {ROUNDS} turns each, in one process, both with the same empty environment",
    )


async def play_until_running(session: ExecutionSession) -> float:
    """Play once to the end; return the seconds from `play()` to `running`."""
    reached: list[float] = []

    def listen(event: SessionEvent) -> None:
        if isinstance(event, StateChanged) and event.after is SessionState.RUNNING:
            reached.append(time.perf_counter())

    unsubscribe = session.subscribe(listen)
    began = time.perf_counter()
    session.play()
    ended = await session.wait()
    unsubscribe()
    if not reached:
        raise RuntimeError(ended.exit.message)
    return reached[0] - began


def played_with(home: Path) -> str:
    """Return the interpreter of the one environment that the service has made."""
    (python,) = home.glob("cache/environments/*/bin/python")
    return str(python)


def python_until_first_line(python: str, program: Path) -> float:
    """Run it once; return the seconds until its first line arrives."""
    began = time.perf_counter()
    with subprocess.Popen([python, str(program)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        return time.perf_counter() - began
