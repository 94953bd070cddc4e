"""A worker in waiting: how much sooner Play starts in it, and what it costs to have it."""

import asyncio
import statistics
import tempfile
from pathlib import Path

import psutil

from session.compose import build_service
from session.home import Home
from session.runtime.process_runtime import ProcessRuntime
from session.service import SessionService
from session.settings import SessionSettings
from tests.bench.bench_start import play_until_running, played_with, python_until_first_line
from tests.bench.figure import Figure

ROUNDS = 25
#: Times `python main.py` to its first line; the aim is half of it.
LIMIT = 1.0
MEMORY_LIMIT_MB = 15
_READY_S = 120
#: A worker that has just come up is still busy with it.
_SETTLED_S = 0.15


def figures() -> list[Figure]:
    """Measure the start and the memory."""
    with tempfile.TemporaryDirectory(prefix="playhead-bench-") as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(place: Path) -> list[Figure]:
    project = place / "hello"
    project.mkdir()
    (project / "main.py").write_text("from greeting import greet\n\nprint(greet(), flush=True)\n")
    (project / "greeting.py").write_text("def greet() -> str:\n    return 'Hello'\n")
    service = build_service(Home.under(place / "home"), SessionSettings(spares=True))
    try:
        session = service.open(project)
        await play_until_running(session)
        ours, theirs = [], []
        for _turn in range(ROUNDS):
            await _until_ready(service)
            ours.append(await play_until_running(session))
            python = played_with(place / "home")
            theirs.append(python_until_first_line(python, project / "main.py"))
        await _until_ready(service)
        return [_start(ours, theirs), _memory(service)]
    finally:
        await service.close()


def _start(ours: list[float], theirs: list[float]) -> Figure:
    own, bare = statistics.median(ours), statistics.median(theirs)
    return Figure(
        "From `play()` in a running service to `running`, a worker waits for it",
        f"≤ {LIMIT:g} × `python main.py` to its first line",
        f"{own / bare:.2f} × ({own * 1000:.1f} ms to {bare * 1000:.1f} ms)",
        own / bare <= LIMIT,
        f"medians of {ROUNDS} turns each; unchanged small project, strict isolation; the wait for "
        "the worker is not counted",
    )


def _memory(service: SessionService) -> Figure:
    (spare,) = _runtime(service).spares.waiting  # type: ignore[union-attr]  # it keeps some
    assert spare.seat is not None
    launcher = psutil.Process(spare.seat.launcher.pid)
    tree = [launcher, *launcher.children(recursive=True)]
    megabytes = sum(process.memory_full_info().pss for process in tree) / 1e6
    return Figure(
        "Memory of a worker in waiting, launcher included",
        f"≤ {MEMORY_LIMIT_MB} MB",
        f"{megabytes:.1f} MB",
        megabytes <= MEMORY_LIMIT_MB,
        f"proportional set size of its {len(tree)} processes",
    )


def _runtime(service: SessionService) -> ProcessRuntime:
    runtime = service._parts.runtime
    assert isinstance(runtime, ProcessRuntime)
    return runtime


async def _until_ready(service: SessionService) -> None:
    spares = _runtime(service).spares
    assert spares is not None
    async with asyncio.timeout(_READY_S):
        while not any(one.seat and one.seat.launcher.started.done() for one in spares.waiting):
            await asyncio.sleep(0.02)
    await asyncio.sleep(_SETTLED_S)
