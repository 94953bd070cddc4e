"""Figures of the worker and its runtime: start, stop, sweep, loss, the price of a print."""

import asyncio
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from session.log.entry import NewEntry, Stream
from session.runtime.process_runtime import ProcessRuntime
from session.settings import SessionSettings
from tests.bench.figure import Figure
from tests.support.playing import Recorder, finish, make_launch, program_files, start
from tests.support.process_watch import members, open_fds, survivors

_CYCLES = int(os.environ.get("PLAYHEAD_BENCH_CYCLES", "200"))
_OWNERS = int(os.environ.get("PLAYHEAD_BENCH_OWNERS", "50"))
_FLOODS = int(os.environ.get("PLAYHEAD_BENCH_FLOODS", "20"))
_STARTS = 25
_STOPS = 40
_HELLO = "print('up', flush=True)\nimport sys\nsys.stdin.read()\n"
_SLEEPS = "import time\nprint('up', flush=True)\ntime.sleep(60)\n"
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
    """Measure everything; takes about a minute and a half."""
    with tempfile.TemporaryDirectory(prefix="playhead-bench-") as name:
        folder = Path(name)
        return asyncio.run(_measure(folder))


async def _measure(folder: Path) -> list[Figure]:
    return [
        await _starting(folder),
        await _tree(folder),
        await _cooperative(folder),
        await _deaf(folder),
        await asyncio.to_thread(_owners, folder),
        await _no_loss(folder),
        await _printing(folder),
    ]


# ---- start -------------------------------------------------------------------------------------


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


# ---- stop --------------------------------------------------------------------------------------


async def _tree(folder: Path) -> Figure:
    left, leaked = 0, 0
    await _tree_cycle(folder)
    before = open_fds()
    for _ in range(_CYCLES):
        survived, files = await _tree_cycle(folder)
        left += survived
        leaked += files
    fds = len(open_fds() - before)
    return Figure(
        "Stop of the six-process program: survivors, leaked descriptors, leaked files",
        "0, 0, 0",
        f"{left}, {fds}, {leaked}",
        (left, fds, leaked) == (0, 0, 0),
        f"{_CYCLES} cycles of start and kill",
    )


async def _tree_cycle(folder: Path) -> tuple[int, int]:
    launch = make_launch(folder, program_files("tree_of_six"))
    execution, sink = await start(launch)
    waiting = asyncio.create_task(finish(execution, sink, launch))
    await sink.until("ready")
    pids = [int(line.split()[1]) for line in sink.stdout.splitlines()[:6]]
    execution.kill()
    await waiting
    survived = len(survivors(pids)) + len(members(launch.run_id))
    return survived, len(list(launch.folder.iterdir()))


async def _cooperative(folder: Path) -> Figure:
    times = await _stops(folder, {"main.py": _SLEEPS}, "up", _interrupt)
    return _latency("Stop of a cooperative program, p95", 0.150, times, "interrupt to all gone")


async def _deaf(folder: Path) -> Figure:
    times = await _stops(folder, program_files("ignores_signals"), "deaf", _kill)
    return _latency("Stop of a deaf program, p95", 0.250, times, "end of the grace to all gone")


def _latency(name: str, target: float, times: list[float], how: str) -> Figure:
    p95 = statistics.quantiles(times, n=20)[-1]
    measured = f"{p95 * 1000:.0f} ms (median {_ms(times)})"
    return Figure(
        name, f"≤ {target * 1000:.0f} ms", measured, p95 <= target, f"{how}, {_STOPS} stops"
    )


_Ask = Callable[[object], None]


def _interrupt(execution: object) -> None:
    execution.interrupt()  # type: ignore[attr-defined]  # a ProcessExecution


def _kill(execution: object) -> None:
    execution.kill()  # type: ignore[attr-defined]  # a ProcessExecution


async def _stops(
    folder: Path, files: dict[str, str | bytes] | dict[str, str], until: str, ask: _Ask
) -> list[float]:
    times = []
    for _number in range(_STOPS):
        launch = make_launch(folder, files)
        execution, sink = await start(launch)
        waiting = asyncio.ensure_future(execution.wait())
        await sink.until(until)
        await asyncio.sleep(random.random() * 0.02)
        began = time.perf_counter()
        ask(execution)
        await waiting
        times.append(time.perf_counter() - began)
    return times


# ---- the owner is killed -----------------------------------------------------------------------

_OWNER = """
import asyncio, sys
from pathlib import Path
from tests.support.playing import make_launch, program_files, start

async def main():
    launch = make_launch(Path(sys.argv[1]), program_files("tree_of_six"))
    execution, sink = await start(launch)
    asyncio.ensure_future(execution.wait())
    await sink.until("ready")
    print(sink.stdout + launch.run_id, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def _owners(folder: Path) -> Figure:
    clean, worst = 0, 0.0
    for _ in range(_OWNERS):
        ok, took = _owner_cycle(folder)
        clean += ok
        worst = max(worst, took)
    return Figure(
        "Playhead killed by SIGKILL in mid-run: runs with no survivor within 2 s",
        f"{_OWNERS} of {_OWNERS}",
        f"{clean} of {_OWNERS} (slowest {worst * 1000:.0f} ms)",
        clean == _OWNERS,
        "the six-process program, found by pid and by run id",
    )


def _owner_cycle(folder: Path) -> tuple[bool, float]:
    owner = subprocess.Popen([sys.executable, "-c", _OWNER, str(folder)], stdout=subprocess.PIPE)
    assert owner.stdout is not None
    lines = [owner.stdout.readline().decode().split() for _ in range(8)]
    run_id = lines[7][0]
    owner.send_signal(signal.SIGKILL)
    began = time.perf_counter()
    owner.communicate()
    survived = survivors([int(line[1]) for line in lines[:6]], within_s=2.0)
    took = time.perf_counter() - began
    while members(run_id) and time.perf_counter() - began < 2.0:
        time.sleep(0.01)
    return not survived and not members(run_id), took


# ---- nothing gets lost -------------------------------------------------------------------------


class _Counter:
    """A sink that checks the numbered lines of each stream as they come."""

    def __init__(self) -> None:
        self.next = {Stream.STDOUT: 0, Stream.STDERR: 0}
        self.wrong = 0
        self._rest = {Stream.STDOUT: b"", Stream.STDERR: b""}

    def log(self, entry: NewEntry) -> None:
        """Nothing is expected here."""

    def output(self, stream: Stream, data: bytes) -> None:
        """Compare whole lines with what must come next."""
        *lines, self._rest[stream] = (self._rest[stream] + data).split(b"\n")
        first = self.next[stream]
        self.next[stream] += len(lines)
        expected = b"\n".join(b"%d" % number for number in range(first, first + len(lines)))
        self.wrong += b"\n".join(lines) != expected

    def output_ended(self, stream: Stream) -> None:
        """An unfinished line would be a lost one."""
        self.wrong += self._rest[stream] != b""


async def _no_loss(folder: Path) -> Figure:
    whole = 0
    for _ in range(_FLOODS):
        launch = make_launch(folder, program_files("million_lines"))
        counter = _Counter()
        execution = await ProcessRuntime(SessionSettings()).start(launch, counter)
        await execution.connect()
        await execution.wait()
        whole += counter.wrong == 0 and set(counter.next.values()) == {500_000}
    return Figure(
        "1,000,000 lines on two streams, then `os._exit(3)`: runs with every line in order",
        f"{_FLOODS} of {_FLOODS}",
        f"{whole} of {_FLOODS}",
        whole == _FLOODS,
        "at the runtime's sink",
    )


# ---- the price of a print ----------------------------------------------------------------------


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

    def output(self, stream: Stream, data: bytes) -> None:
        if stream is Stream.STDERR:
            super().output(stream, data)


async def _our_prints(folder: Path) -> float:
    launch = make_launch(folder, {"main.py": _PRINTS})
    sink = _Sponge()
    execution = await ProcessRuntime(SessionSettings(), budget_s=0).start(launch, sink)
    await execution.connect()
    await execution.wait()
    return float(sink.stderr)
