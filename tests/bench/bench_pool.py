"""A pool of workers: fifty started at once, a thousand killed under load, and what a call costs."""

import asyncio
import contextlib
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from session.errors import SessionError
from session.workers.adapter import PythonAdapter
from session.workers.crash_barrier import CrashPolicy
from session.workers.pool import WorkerPool
from session.workers.pool_settings import PoolSettings
from session.workers.retry import RetryPolicy
from session.workers.start import start_worker
from session.workers.worker_settings import WorkerSettings
from tests.bench.figure import Figure

WORKERS = 50
START_LIMIT = 3.0
KILLS = 1_000
ROUNDS = 3
CALLS = 2_000
CALLERS = 16
_TOOLS = """
import time
import playhead

@playhead.tool
def nap(seconds: float) -> float:
    time.sleep(seconds)
    return seconds
"""


def figures() -> list[Figure]:
    """Measure everything; takes some minutes."""
    with tempfile.TemporaryDirectory(prefix="playhead-bench-") as name:
        script = Path(name, "pooled_tools.py")
        script.write_text(_TOOLS)
        adapter = PythonAdapter(script=script, threads=2)
        return [
            asyncio.run(_starts(adapter)),
            asyncio.run(_cost(adapter)),
            asyncio.run(_storm(adapter)),
        ]


def _pool(adapter: PythonAdapter, settings: PoolSettings, isolation: str = "strict") -> WorkerPool:
    hire = partial(start_worker, adapter, settings=WorkerSettings(isolation=isolation))
    return WorkerPool(hire, settings)


async def _starts(adapter: PythonAdapter) -> Figure:
    ours, theirs, up = [], [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        async with _pool(adapter, PoolSettings(size=WORKERS, starts_at_once=WORKERS)) as pool:
            ours.append(time.perf_counter() - began)
            up.append(len(pool.status().workers))
        theirs.append(_interpreters())
    own, bare = statistics.median(ours), statistics.median(theirs)
    return Figure(
        f"{WORKERS} workers started at once, isolated and ready to be called",
        f"no failed handshake, ≤ {START_LIMIT:g} × {WORKERS} bare interpreters at once",
        f"{min(up)} of {WORKERS} up, {own / bare:.2f} × ({own:.2f} s to {bare:.2f} s)",
        min(up) == WORKERS and own / bare <= START_LIMIT,
        f"median of {ROUNDS}, beside `python -c pass` {WORKERS} times at once",
    )


def _interpreters() -> float:
    began = time.perf_counter()
    started = [subprocess.Popen([sys.executable, "-c", "pass"]) for _ in range(WORKERS)]
    for one in started:
        one.wait()
    return time.perf_counter() - began


async def _cost(adapter: PythonAdapter) -> Figure:
    """What the pool adds to a call of its worker's."""
    alone, pooled = [], []
    async with (
        _pool(adapter, PoolSettings(size=1)) as pool,
        await start_worker(adapter) as worker,
    ):
        for _ in range(CALLS):
            began = time.perf_counter()
            await worker.execute("nap", {"seconds": 0.0})
            alone.append(time.perf_counter() - began)
            began = time.perf_counter()
            await pool.execute("nap", {"seconds": 0.0})
            pooled.append(time.perf_counter() - began)
    own, bare = statistics.median(pooled), statistics.median(alone)
    return Figure(
        "A call through a pool, beside one of a worker alone",
        "≤ 1.5 ×",
        f"{own / bare:.2f} × ({own * 1e6:.0f} µs to {bare * 1e6:.0f} µs)",
        own / bare <= 1.5,
        f"median of {CALLS:,} calls each, in turn",
    )


async def _storm(adapter: PythonAdapter) -> Figure:
    settings = PoolSettings(
        size=6,
        starts_at_once=6,
        queue_timeout_s=60.0,
        restart=RetryPolicy(backoff_s=(0.0, 0.05), factor=1.0),
        crash=CrashPolicy(enabled=True, max_restarts=5, taint_s=1.0),
    )
    answers: dict[str, int] = {"answered": 0, "told": 0, "lost": 0}
    async with _pool(adapter, settings, "none") as pool:
        over = asyncio.Event()
        callers = [asyncio.create_task(_call_on(pool, over, answers)) for _ in range(CALLERS)]
        began = time.perf_counter()
        await _kill(pool)
        over.set()
        await asyncio.gather(*callers)
        spent = time.perf_counter() - began
        deadline = time.perf_counter() + 60
        while len(pool.status().workers) < settings.size and time.perf_counter() < deadline:
            await asyncio.sleep(0.02)
        up = len(pool.status().workers)
    met = up == settings.size and not answers["lost"]
    return Figure(
        f"{KILLS:,} SIGKILLs of workers under load",
        "every call answered or retried, pool back to size",
        f"{answers['answered']:,} answered, {answers['told']:,} told that their worker is gone, "
        f"{answers['lost']} lost; {up} of {settings.size} workers in the end",
        met,
        f"{CALLERS} callers, {spent:.0f} s; calls that may be made twice are",
    )


async def _kill(pool: WorkerPool) -> None:
    for _ in range(KILLS):
        while not (workers := pool.status().workers):
            await asyncio.sleep(0.01)
        pid = random.choice(workers).pid
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(random.random() * 0.04)


async def _call_on(pool: WorkerPool, over: asyncio.Event, answers: dict[str, int]) -> None:
    while not over.is_set():
        idempotent = random.random() < 0.7
        try:
            async with asyncio.timeout(120):
                await pool.execute("nap", {"seconds": 0.002}, idempotent=idempotent)
        except SessionError:
            answers["told"] += 1
        except TimeoutError:
            answers["lost"] += 1
        else:
            answers["answered"] += 1
