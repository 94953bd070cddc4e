"""Figures of one worker alone: its control round trip, a call, and a stream of lines."""

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from session.workers.adapter import PythonAdapter
from session.workers.start import start_worker
from session.workers.worker import Worker
from tests.bench.figure import Figure

_ROUNDS = 4000
_LINES = 600_000
_TOOLS = """
import playhead

@playhead.tool
def lines(n: int):
    line = "x" * 200
    for _ in range(n):
        yield line
"""
_ECHO = """
import os, sys
fd = int(sys.argv[1])
while data := os.read(fd, 65536):
    os.write(fd, data)
"""


def figures() -> list[Figure]:
    """Measure everything; takes some seconds."""
    with tempfile.TemporaryDirectory(prefix="playhead-bench-") as name:
        script = Path(name, "tools.py")
        script.write_text(_TOOLS)
        return asyncio.run(_measure(script))


async def _measure(script: Path) -> list[Figure]:
    async with await start_worker(PythonAdapter(script=script)) as worker:
        return [*await _round_trips(worker), await _streaming(worker)]


async def _round_trips(worker: Worker) -> list[Figure]:
    raw = _raw_echo()
    pings, calls = [], []
    for _ in range(_ROUNDS):
        pings.append(await worker.ping())
        began = time.perf_counter()
        await worker.execute("echo")
        calls.append(time.perf_counter() - began)
    ping, call = statistics.median(pings), statistics.median(calls)
    ratio = ping / raw
    return [
        Figure(
            "Worker: control round trip / raw socketpair echo",
            "≤ 6.0",
            f"{ratio:.1f} ({ping * 1e6:.0f} µs / {raw * 1e6:.0f} µs)",
            ratio <= 6.0,
            f"ping of an isolated worker against an echo in a child; medians of {_ROUNDS}",
        ),
        Figure(
            "Worker: a call that returns its parameters",
            "≤ 1 ms",
            f"{call * 1e6:.0f} µs",
            call <= 1e-3,
            f"`execute('echo')`, through the control thread to the main one; median of {_ROUNDS}",
        ),
    ]


def _raw_echo() -> float:
    """Return the median round trip of 40 bytes through a socketpair, blocking on both ends."""
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-c", _ECHO, str(theirs.fileno())]
    with subprocess.Popen(command, pass_fds=[theirs.fileno()], env=dict(os.environ)), ours:
        theirs.close()
        took = []
        for _ in range(_ROUNDS):
            began = time.perf_counter()
            ours.send(b"x" * 40)
            ours.recv(100)
            took.append(time.perf_counter() - began)
        ours.shutdown(socket.SHUT_RDWR)
    return statistics.median(took)


async def _streaming(worker: Worker) -> Figure:
    best = 0.0
    for _ in range(3):
        began, count = time.perf_counter(), 0
        async for _line in worker.execute_stream("lines", {"n": _LINES}):
            count += 1
        assert count == _LINES
        best = max(best, count / (time.perf_counter() - began))
    return Figure(
        "Worker: lines of 200 bytes through `execute_stream`",
        "≥ 300,000 /s",
        f"{best:,.0f} /s",
        best >= 300_000,
        f"{_LINES:,} lines, each yielded by the tool and taken by `async for`; best of 3",
    )
