"""Figures of the budgets: what watching costs, and how far memory gets beyond its limit."""

import asyncio
import struct
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from session.budget import Budget
from session.exit_info import Cause
from session.ports import Launch
from session.worker.process_table import read_bytes
from tests.bench.figure import Figure
from tests.support.playing import finish, make_launch, play, start

_PROCESSES = 50
_WATCHED_S = 6.0
_LIMIT = 512_000_000
_OVERSHOT_MB = 40
_ROUNDS = 6
_FAMILY = f"""
import os, time
for _ in range({_PROCESSES - 1}):
    if os.fork() == 0:
        break
held = bytearray(b"x" * 5_000_000)
if os.getpid() == os.getpgrp():
    time.sleep(2)
    print("up", flush=True)
for _ in range(600):
    time.sleep(0.1)
    bytearray(500_000)
"""
#: Each process says how much it has taken, page by page, where it can be read after its end.
_HOGS = """
import mmap, os, re, sys
hogs = int(sys.argv[1])
with open("taken", "w+b") as file:
    file.truncate(4096)
    taken = mmap.mmap(file.fileno(), 4096)
place = 0
for number in range(1, hogs):
    if os.fork() == 0:
        place = number * 8
        break
status = open("/proc/self/smaps_rollup").read()
count = 1024 * sum(int(kb) for kb in re.findall(r"Pss_(?:Anon|Shmem): +(\\d+)", status))
blocks = []
while count < 2_000_000_000:
    block = mmap.mmap(-1, 1 << 18, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    blocks.append(block)
    for at in range(0, 1 << 18, 4096):
        block[at] = 1
        count += 4096
        taken[place : place + 8] = count.to_bytes(8, "little")
"""


def figures() -> list[Figure]:
    """Measure everything; takes some seconds."""
    with tempfile.TemporaryDirectory(prefix="playhead-bench-") as name:
        return asyncio.run(_measure(Path(name)))


async def _measure(folder: Path) -> list[Figure]:
    return [await _watching(folder), await _overshooting(folder)]


def _launch(folder: Path, source: str, budget: Budget, *args: str) -> Launch:
    launch = make_launch(folder, {"main.py": source}, args=args)
    return replace(launch, prepared=replace(launch.prepared, budget=budget))


async def _watching(folder: Path) -> Figure:
    # Half of it and more in use: the second, closer count is made at every look as well.
    near = Budget(3600, 3600, 1_000_000_000, None, 1000, 1_000_000_000)
    far = near._replace(memory=20_000_000_000)
    shares = [await _share(folder, budget) for budget in (far, near)]
    return Figure(
        f"Watchdog: share of a core, {_PROCESSES} processes at 20 Hz",
        "≤ 3 %",
        f"{max(shares):.1f} % ({shares[0]:.1f} % far from the memory limit)",
        max(shares) <= 3,
        f"processor time of the launcher in {_WATCHED_S:.0f} s, every budget declared",
    )


async def _share(folder: Path, budget: Budget) -> float:
    launch = _launch(folder, _FAMILY, budget)
    execution, sink = await start(launch)
    waiting = asyncio.create_task(finish(execution, sink, launch))
    await sink.until("up")
    launcher = execution.identities[0].pid
    before, began = _on_core_s(launcher), time.monotonic()
    await asyncio.sleep(_WATCHED_S)
    share = 100 * (_on_core_s(launcher) - before) / (time.monotonic() - began)
    execution.kill()
    await waiting
    return share


def _on_core_s(pid: int) -> float:
    """Return processor seconds of a process of one thread, to the nanosecond."""
    nanoseconds = (read_bytes(f"/proc/{pid}/schedstat") or b"0").split()[0]
    return float(nanoseconds) / 1e9


async def _overshooting(folder: Path) -> Figure:
    over = {
        hogs: max([await _overshot_mb(folder, hogs) for _ in range(_ROUNDS)]) for hogs in (1, 2, 5)
    }
    each = ", ".join(f"{hogs}: {most:.0f}" for hogs, most in over.items())
    return Figure(
        "Memory beyond a budget of 512 MB",
        f"≤ {_OVERSHOT_MB} MB",
        f"{max(over.values()):.0f} MB",
        max(over.values()) <= _OVERSHOT_MB,
        f"pages touched before the end, the most of {_ROUNDS} runs; by processes: {each} MB",
    )


async def _overshot_mb(folder: Path, hogs: int) -> float:
    played = await play(_launch(folder, _HOGS, Budget(memory=_LIMIT), str(hogs)))
    assert played.exit.cause is Cause.BUDGET, played.exit
    taken = (played.folder / "written" / "taken").read_bytes()
    pages: tuple[int, ...] = struct.unpack("<512Q", taken)
    return (sum(pages) - _LIMIT) / 1e6
