"""A pool of real workers: calls that overlap, heartbeats that end what hangs, and a clean end."""

import asyncio
import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from session.errors import SessionError
from session.workers.defaults import HeartbeatSettings
from session.workers.metrics import WorkerMetrics
from session.workers.pool_settings import PoolSettings
from session.workers.telemetry import Telemetry
from session.workers.worker_errors import ToolFailed, WorkerGone
from tests.support.pooling import Heard, full, real_pool, until

BEAT = HeartbeatSettings(ping_interval_ms=50, timeout_ms=400, max_missed_heartbeats=2)


async def test_a_pool_serves_isolated_workers(tmp_path: Path) -> None:
    async with real_pool(tmp_path, PoolSettings(size=2), isolation="strict") as pool:
        assert await pool.execute("nap", {"seconds": 0.0}) == 0.0
        assert [item async for item in pool.execute_stream("count", {"to": 5})] == list(range(5))


async def test_four_calls_of_a_second_overlap_in_one_worker(tmp_path: Path) -> None:
    async with real_pool(tmp_path, PoolSettings(size=1), threads=4) as pool:
        began = time.monotonic()
        await asyncio.gather(*(pool.execute("nap", {"seconds": 1.0}) for _ in range(4)))
        assert time.monotonic() - began < 2.5


async def test_workers_serve_side_by_side(tmp_path: Path) -> None:
    async with real_pool(tmp_path, PoolSettings(size=2)) as pool:
        napping = [pool.execute("nap", {"seconds": 0.3}) for _ in range(2)]
        await asyncio.gather(*napping)
        assert sorted(one.requests for one in pool.status().workers) == [1, 1]


async def test_a_tool_that_raises_harms_no_worker(tmp_path: Path) -> None:
    async with real_pool(tmp_path, PoolSettings(size=1)) as pool:
        with pytest.raises(ToolFailed, match="OSError"):
            await pool.execute("crash", {"number": 4000})
        assert pool.status().crashes == 0
        assert await pool.execute("whoami") == pool.status().workers[0].pid


async def test_a_worker_that_crashes_is_replaced(tmp_path: Path) -> None:
    heard = Heard()
    async with real_pool(tmp_path, PoolSettings(size=2), emit=heard.emit) as pool:
        before = {one.id for one in pool.status().workers}
        with pytest.raises(WorkerGone):
            await pool.execute("crash", {"number": int(signal.SIGSEGV)})
        await until(lambda: pool.status().crashes == 1, "nobody noticed")
        await full(pool)
        assert len({one.id for one in pool.status().workers} - before) == 1
        assert heard.of("worker.crashed")[0]["kind"] == "segfault"
        assert heard.of("worker.tainted")


async def test_heartbeats_end_a_worker_that_stands_still(tmp_path: Path) -> None:
    heard = Heard()
    settings = PoolSettings(size=1, heartbeat=BEAT)
    async with real_pool(tmp_path, settings, emit=heard.emit) as pool:
        stuck = pool.status().workers[0].pid
        assert stuck is not None
        call = asyncio.ensure_future(pool.execute("stand_still"))
        with pytest.raises(WorkerGone):
            await asyncio.wait_for(call, 40)
        await full(pool)
        assert pool.status().workers[0].pid != stuck
        assert not psutil.pid_exists(stuck)
        assert heard.of("heartbeat.failed")[0]["dependent"] is True
        assert heard.of("worker.terminated")[0]["reason"] == "heartbeat"


async def test_an_independent_heartbeat_only_tells(tmp_path: Path) -> None:
    heard = Heard()
    beat = HeartbeatSettings(
        ping_interval_ms=50, timeout_ms=300, max_missed_heartbeats=2, dependent=False
    )
    async with real_pool(tmp_path, PoolSettings(size=1, heartbeat=beat), emit=heard.emit) as pool:
        pid = pool.status().workers[0].pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        await until(lambda: pool.status().workers[0].heartbeat.health == "late", "it is not late")
        os.kill(pid, signal.SIGCONT)
        await until(lambda: bool(heard.of("heartbeat.recovered")), "it does not recover")
        assert await pool.execute("whoami") == pid


async def test_heartbeats_can_be_off(tmp_path: Path) -> None:
    heard = Heard()
    settings = PoolSettings(size=1, heartbeat=HeartbeatSettings(enabled=False))
    async with real_pool(tmp_path, settings, emit=heard.emit) as pool:
        await pool.execute("whoami")
    assert not [name for name, _fields in heard.events if name.startswith("heartbeat.")]


async def test_nothing_is_left_when_a_pool_is_stopped(tmp_path: Path) -> None:
    us = psutil.Process()
    before = {one.pid for one in us.children(recursive=True)}
    pool = await real_pool(tmp_path, PoolSettings(size=2), isolation="strict").start()
    calls = [asyncio.ensure_future(pool.execute("nap", {"seconds": 50.0})) for _ in range(3)]
    await until(lambda: pool.status().waiting == 1, "the third does not wait")
    await pool.stop()
    found = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(one, SessionError) for one in found), found
    assert {one.pid for one in us.children(recursive=True)} <= before


async def test_a_stop_in_the_middle_of_the_start_leaves_nothing(tmp_path: Path) -> None:
    us = psutil.Process()
    before = {one.pid for one in us.children(recursive=True)}
    pool = real_pool(tmp_path, PoolSettings(size=3))
    start = asyncio.ensure_future(pool.start())
    await asyncio.sleep(0.05)
    start.cancel()
    await asyncio.gather(start, return_exceptions=True)
    assert {one.pid for one in us.children(recursive=True)} <= before


async def test_what_a_pool_does_is_counted(tmp_path: Path) -> None:
    """From the bus to the figures; events from before the first subscriber count as well."""
    bus = Telemetry(asyncio.get_running_loop())
    async with real_pool(tmp_path, PoolSettings(size=2), emit=bus.emit) as pool:
        metrics = WorkerMetrics(bus)
        await asyncio.gather(*(pool.execute("whoami") for _ in range(20)))
        with pytest.raises(WorkerGone):
            await pool.execute("crash", {"number": 9})
        await until(lambda: pool.status().crashes == 1, "nobody noticed")
        await full(pool)
    bus.drain()
    assert bus.stats().dropped == 0
    text = metrics.text().decode()
    assert 'playhead_worker_starts_total{result="started"} 3.0' in text
    assert 'playhead_worker_calls_total{result="finished"} 20.0' in text
    assert 'playhead_worker_calls_total{result="failed"} 1.0' in text
    assert 'playhead_workers{state="all"}' in text
