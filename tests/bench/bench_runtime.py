"""Figures of the runtime alone: its start, and the price of a print. The rest: bench_session."""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

from session.log.entry import Stream
from session.runtime.process_runtime import ProcessRuntime
from session.settings import SessionSettings
from tests.bench.figure import Figure
from tests.support.playing import Recorder, make_launch, start

_STARTS = 25
_HELLO = "print('up', flush=True)\nimport sys\nsys.stdin.read()\n"
_PRINTS = """
import sys, time
line = "x" * 100
best = 1e9
for _ in range(5):
    began = time.perf_counter()
    for _ in range(50_000):
        print(line)
    best = min(best, time.perf_counter() - began)
sys.stderr.write(str(best / 50_000 * 1e6))
"""


def figures() -> list[Figure]:
    """Measure everything; takes some seconds."""
    with tempfile.TemporaryDirectory(prefix="playhead-bench-") as name:
        folder = Path(name)
        return asyncio.run(_measure(folder))


async def _measure(folder: Path) -> list[Figure]:
    return [
        await _starting(folder),
        await _printing(folder),
    ]


async def _starting(folder: Path) -> Figure:
    bare, ours = [], []
    for _ in range(_STARTS):
        bare.append(_bare_start(folder))
        ours.append(await _our_start(folder))
    ratio = statistics.median(ours) / statistics.median(bare)
    return Figure(
        "Launch to ready: runtime / `python main.py` to its first line",
        "≤ 4.0",
        f"{ratio:.1f} ({_ms(ours)} / {_ms(bare)})",
        ratio <= 4.0,
        f"launcher, view, worker, handshake; medians of {_STARTS} side by side",
    )


def _plain_env() -> dict[str, str]:
    """Return an environment in which Python buffers as it does by default."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def _bare_start(folder: Path) -> float:
    (folder / "main.py").write_text(_HELLO)
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "main.py"],
        cwd=folder,
        env=_plain_env(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    took = time.perf_counter() - began
    process.communicate()
    return took


async def _our_start(folder: Path) -> float:
    launch = make_launch(folder, {"main.py": _HELLO})
    began = time.perf_counter()
    execution, _sink = await start(launch)
    took = time.perf_counter() - began
    execution.close_input()
    await execution.wait()
    return took


def _ms(times: list[float]) -> str:
    return f"{statistics.median(times) * 1000:.0f} ms"


async def _printing(folder: Path) -> Figure:
    plain, ours = [], []
    for _ in range(3):
        plain.append(await asyncio.to_thread(_plain_prints, folder))
        ours.append(await _our_prints(folder))
    ratio = min(ours) / min(plain)
    return Figure(
        "print() in a worker / print() into a block-buffered pipe",
        "≤ 3.0",
        f"{ratio:.1f} ({min(ours):.2f} / {min(plain):.2f} µs)",
        ratio <= 3.0,
        "lines of 100 characters, best of 15 rounds of 50,000, a reader on the other end",
    )


def _plain_prints(folder: Path) -> float:
    (folder / "prints.py").write_text(_PRINTS)
    process = subprocess.Popen(
        [sys.executable, "prints.py"],
        cwd=folder,
        env=_plain_env(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    reader = threading.Thread(target=_read_all, args=(process.stdout.fileno(),))
    reader.start()
    cost = float(process.stderr.read())
    reader.join()
    process.communicate()
    return cost


def _read_all(fd: int) -> None:
    with suppress(OSError):
        while os.read(fd, 1 << 18):
            pass


class _Sponge(Recorder):
    """Takes standard output and keeps none of it."""

    def output(self, stream: Stream, data: bytes, origin: str | None = None) -> None:
        if stream is Stream.STDERR:
            super().output(stream, data)


async def _our_prints(folder: Path) -> float:
    launch = make_launch(folder, {"main.py": _PRINTS})
    sink = _Sponge()
    execution = await ProcessRuntime(SessionSettings()).start(launch, sink)
    await execution.connect()
    await execution.wait()
    return float(sink.stderr)
