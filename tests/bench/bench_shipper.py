"""How long preparation takes: unchanged, after one edit, and for the first time.

Beside each stands what could not be done with less: asking for the status of every file, reading
and hashing every file, compiling every file in one process.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from shipper.formats.sealed import SealedImage
from shipper.pipeline import prepare
from shipper.store.memo import RACY_NS
from tests.bench.figure import Figure
from tests.support.spawn import CountingSpawn

FILES = 2000
ROUNDS = 9
WARM_LIMIT_MS = 150
SMALL_LIMIT_MS = 5

_FUNCTION = "def f{n}(x: int) -> int:\n    return x + {n}\n\n\n"


def figures() -> list[Figure]:
    """Measure everything in one run."""
    with tempfile.TemporaryDirectory(prefix="playhead-bench-") as name:
        return _figures(Path(name))


def _figures(folder: Path) -> list[Figure]:
    large, small = _project(folder / "large", FILES), _project(folder / "small", 3)
    cold_s = _seconds(lambda: _prepare(large, folder))
    compile_s = _seconds(lambda: _compile_all(large))
    _prepare(small, folder)
    time.sleep(2 * RACY_NS / 1e9 + 0.2)  # until every stamp is trusted
    _prepare(large, folder)
    warm_ms, stat_ms = _side_by_side(lambda: _prepare(large, folder), lambda: _stat_all(large))
    small_ms, _ = _side_by_side(lambda: _prepare(small, folder), lambda: _stat_all(small))
    edit_ms, hash_ms = _side_by_side(lambda: _edited(large, folder), lambda: _read_all(large))
    return [
        Figure(
            f"unchanged preparation of {FILES:,} files",
            f"≤ {WARM_LIMIT_MS} ms",
            f"{warm_ms:.0f} ms, {warm_ms / stat_ms:.1f} × a stat of every file",
            warm_ms <= WARM_LIMIT_MS,
            f"median of {ROUNDS} whole prepare() calls, in a process that has done it before",
        ),
        Figure(
            "unchanged preparation of a small project",
            f"≤ {SMALL_LIMIT_MS} ms",
            f"{small_ms:.1f} ms",
            small_ms <= SMALL_LIMIT_MS,
            f"median of {ROUNDS}, four files",
        ),
        Figure(
            f"preparation of {FILES:,} files, one of them edited",
            "reported",
            f"{edit_ms:.0f} ms, {edit_ms / hash_ms:.1f} × reading every file",
            True,
            f"median of {ROUNDS}; the one file is hashed, stored and compiled in a new process",
        ),
        Figure(
            f"first preparation of {FILES:,} files",
            "reported",
            f"{cold_s:.1f} s, {cold_s / compile_s:.1f} × compiling them in one process",
            True,
            "once; stores, compiles and follows every file, and makes an empty environment",
        ),
    ]


def _project(folder: Path, files: int) -> Path:
    source = "".join(_FUNCTION.format(n=n) for n in range(40))
    for number in range(files):
        place = folder / f"package{number % 40}" / f"module{number}.py"
        place.parent.mkdir(parents=True, exist_ok=True)
        following = (number + 1) % files
        head = f"import package{following % 40}.module{following}\n\nNUMBER = {number}\n\n\n"
        place.write_text(head + source)
    (folder / "main.py").write_text("import package0.module0\n")
    return folder


def _prepare(project: Path, folder: Path) -> SealedImage:
    return prepare(
        project,
        cache=folder / "cache",
        emit=lambda event: None,
        spawn=CountingSpawn(),
        cancelled=lambda: False,
    )


def _edited(project: Path, folder: Path) -> SealedImage:
    (project / "main.py").write_text(f"import package0.module0\n\nAT = {time.time_ns()}\n")
    return _prepare(project, folder)


def _stat_all(project: Path) -> None:
    for place, _, names in os.walk(project):
        for name in names:
            os.stat(f"{place}/{name}")


def _read_all(project: Path) -> None:
    for place, _, names in os.walk(project):
        for name in names:
            Path(place, name).read_bytes()


def _compile_all(project: Path) -> None:
    program = (
        "import pathlib, sys\n"
        "for place in pathlib.Path(sys.argv[1]).rglob('*.py'):\n"
        "    compile(place.read_bytes(), place, 'exec')\n"
    )
    subprocess.run([sys.executable, "-I", "-c", program, str(project)], check=True)


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _side_by_side(one: Callable[[], object], other: Callable[[], object]) -> tuple[float, float]:
    """Return the median milliseconds of both, measured in turns."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for call, row in zip((one, other), times, strict=True):
            row.append(_seconds(call) * 1000)
    return statistics.median(times[0]), statistics.median(times[1])
