"""What the view of a large project costs at a start, in time and on the disk."""

import asyncio
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from session.ports import Launch
from session.run_id import new_run_id
from session.runtime.view import lay_view
from tests.bench.figure import Figure
from tests.support.playing import finish, make_launch, start

_TURNS = 5
_SMALL, _SMALL_BYTES = 1_990, 30_000
_LARGE, _LARGE_BYTES = 10, 24_000_000
_MB = 1_000_000


def figures() -> list[Figure]:
    """Measure everything; takes about a minute and 1 GB of disk for a while."""
    with tempfile.TemporaryDirectory() as name:
        return asyncio.run(_measure(Path(name)))


async def _measure(folder: Path) -> list[Figure]:
    launch = _large(folder)
    source = folder / "source"
    lay_view(launch.prepared.files, source)
    kind, _, _ = await _start(launch)  # lays the tree, once for the project
    took: dict[str, list[float]] = {"cp": [], "overlay": [], "copy": []}
    disk = {}
    for _turn in range(_TURNS):
        took["cp"].append(_timed(lambda: _copy(source, folder / "copied")))
        shutil.rmtree(folder / "copied")
        for way, trees in (("overlay", launch.trees), ("copy", None)):
            _, seconds, disk[way] = await _start(replace(launch, trees=trees))
            took[way].append(seconds)
    plain, over, copy = (statistics.median(took[way]) for way in took)
    return [
        Figure(
            "Start of 2,000 files, 300 MB: overlay / bare `cp -r`",
            "≤ 0.5",
            f"{over / plain:.2f} ({over * 1000:.0f} / {plain * 1000:.0f} ms; "
            f"with a copy as view {copy * 1000:.0f} ms)",
            kind == "overlay" and over / plain <= 0.5,
            f"medians of {_TURNS} turns each, from the launch to the handshake's end; view: {kind}",
        ),
        Figure(
            "Disk that its run takes, overlay (copy)",
            "≤ 1 MB",
            f"{disk['overlay'] / _MB:.2f} MB ({disk['copy'] / _MB:.0f} MB)",
            kind == "overlay" and disk["overlay"] <= _MB,
            "the run's folder while its program waits; the tree below is there once a project",
        ),
    ]


def _large(folder: Path) -> Launch:
    files: dict[str, str | bytes] = {"main.py": "input()\n"}
    small, large = range(_SMALL), range(_LARGE)
    files |= {f"part{one // 50}/file{one}": os.urandom(_SMALL_BYTES) for one in small}
    files |= {f"large{one}.bin": os.urandom(_LARGE_BYTES) for one in large}
    return make_launch(folder, files, trees=True)


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-r", str(source), str(target)], check=True)


async def _start(launch: Launch) -> tuple[str, float, int]:
    """Start a run of the image; what its view was, how long that took, what it has on disk."""
    run_id = new_run_id()
    launch = replace(launch, run_id=run_id, folder=launch.folder.parent / run_id)
    began = time.perf_counter()
    execution, sink = await start(launch, isolation="strict")
    took = time.perf_counter() - began
    disk = sum(one.lstat().st_blocks * 512 for one in launch.folder.rglob("*"))
    execution.close_input()
    await finish(execution, sink, launch)
    layers = (execution.isolation or {"layers": {}})["layers"]
    return layers.get("view", "copy"), took, disk
