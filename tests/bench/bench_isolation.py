"""What isolation costs at a start, and that it leaves nobody behind."""

import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from session.exit_info import Cause
from tests.bench.figure import Figure
from tests.support.playing import finish, make_launch, start
from tests.support.process_watch import members

_STARTS = 25
_STOPS = 100
_KILLS = 10
_GRACE_S = 0.2
_PROFILES = ("strict", "portable")
#: A Playhead that plays the six, and tells of its launcher and its run.
_OWNER = """
import asyncio, sys
from pathlib import Path
from session.runtime.process_runtime import ProcessRuntime
from session.settings import SessionSettings
from tests.support.playing import make_launch, program_files, start

async def main():
    launch = make_launch(Path(sys.argv[1]), program_files("tree_of_six"))
    runtime = ProcessRuntime(SessionSettings(isolation=sys.argv[2]))
    execution, sink = await start(launch, runtime)
    asyncio.ensure_future(execution.wait())
    await sink.until("ready")
    print(execution.identities[0].pid, launch.run_id, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""
#: Twenty processes that ignore what they can, some of them daemons.
_DEAF = """\
import os, signal, subprocess, sys, time
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
for number in range(19):
    if os.fork() == 0:
        if number % 2:
            os.setsid()
        if number % 4 == 3 and os.fork():
            os._exit(0)
        time.sleep(600)
print("ready", flush=True)
time.sleep(600)
"""


def figures() -> list[Figure]:
    """Measure everything; takes about three minutes."""
    return asyncio.run(_measure())


async def _measure() -> list[Figure]:
    return [await _starts(), *[await _stops(profile) for profile in _PROFILES],
            await asyncio.to_thread(_both_killed)]  # fmt: skip


async def _starts() -> Figure:
    """Time starts with and without isolation, in turns."""
    took: dict[str, list[float]] = {"none": [], "strict": [], "portable": []}
    for _round in range(_STARTS):
        for isolation, times in took.items():
            times.append(await _start_s(isolation))
    plain, strict, portable = (statistics.median(took[name]) for name in took)
    return Figure(
        "Launch to ready, strict isolation / none",
        "≤ 1.3",
        f"{strict / plain:.2f} ({strict * 1000:.0f} / {plain * 1000:.0f} ms; "
        f"portable {portable * 1000:.0f} ms)",
        strict / plain <= 1.3,
        f"medians of {_STARTS} turns each, from the launch to the handshake's end",
    )


async def _start_s(isolation: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        launch = make_launch(Path(folder), {"main.py": "input()\n"})
        began = time.perf_counter()
        execution, sink = await start(launch, isolation=isolation)
        took = time.perf_counter() - began
        execution.kill()
        await finish(execution, sink, launch)
    return took


async def _stops(isolation: str) -> Figure:
    """Stop twenty deaf processes again and again; the time counts from the end of the grace."""
    times, left = [], 0
    for _round in range(_STOPS):
        with tempfile.TemporaryDirectory() as folder:
            launch = make_launch(Path(folder), {"main.py": _DEAF})
            execution, sink = await start(launch, isolation=isolation)
            waiting = asyncio.ensure_future(finish(execution, sink, launch))
            await sink.until("ready")
            execution.interrupt()
            await asyncio.sleep(_GRACE_S)
            began = time.perf_counter()
            execution.kill()
            ended = await waiting
            times.append(time.perf_counter() - began)
            assert ended.exit.cause is Cause.STOPPED_BY_USER
            left += len(members(launch.run_id))
    times.sort()
    p99, limit = times[int(0.99 * len(times)) - 1], 0.15 if isolation == "strict" else 0.4
    return Figure(
        f"Stop of 20 deaf processes, {isolation}: survivors, p99 after the grace",
        f"0, ≤ {limit * 1000:.0f} ms",
        f"{left}, {p99 * 1000:.0f} ms",
        left == 0 and p99 <= limit,
        f"{_STOPS} runs, median {statistics.median(times) * 1000:.0f} ms; some have left their "
        "session",
    )


def _both_killed() -> Figure:
    """Kill Playhead and its launcher in one moment: in strict the kernel ends the rest."""
    left = {profile: sum(_survivors(profile) for _ in range(_KILLS)) for profile in _PROFILES}
    return Figure(
        "Playhead and launcher killed together: survivors after 0.5 s, strict",
        "0",
        str(left["strict"]),
        left["strict"] == 0,
        f"{_KILLS} runs of six processes; portable: {left['portable']} in as many, a "
        "named gap, until the next start ends them",
    )


def _survivors(profile: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", _OWNER, folder, profile]
        owner = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert owner.stdout is not None
        launcher, run_id = owner.stdout.readline().split()
        for pid in (owner.pid, int(launcher)):
            os.kill(pid, signal.SIGKILL)
        owner.wait()
        owner.stdout.close()
        time.sleep(0.5)
        left = members(run_id)
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        return len(left)
