"""Workers are killed again and again under load: every call is answered, and the pool fills up."""

import asyncio
import contextlib
import os
import random
import signal
from pathlib import Path

import pytest

from session.errors import SessionError
from session.workers.crash_barrier import CrashPolicy
from session.workers.pool import WorkerPool
from session.workers.pool_settings import PoolSettings
from session.workers.registry import ProcessRegistry
from session.workers.retry import RetryPolicy
from tests.support.pooling import full, real_pool, until
from tests.support.soak import rounds

KILLS = rounds(200, 1_000)
#: A kill may hit a worker that has just come up; that must not keep its place empty for long.
STORMY = PoolSettings(
    size=6,
    starts_at_once=6,
    queue_timeout_s=60.0,
    restart=RetryPolicy(backoff_s=(0.0, 0.05), factor=1.0),
    crash=CrashPolicy(enabled=True, max_restarts=5, taint_s=1.0),
)


class Load:
    """Callers that call without a pause, and what they heard."""

    def __init__(self, pool: WorkerPool) -> None:
        self.pool = pool
        self.answered = self.refused = 0
        self.over = False

    async def call_on(self) -> None:
        """Call until it is over; each call is answered or fails with an error of ours."""
        while not self.over:
            idempotent = random.random() < 0.7
            work = self.pool.execute("nap", {"seconds": 0.002}, idempotent=idempotent)
            try:
                async with asyncio.timeout(120):
                    await work
            except SessionError:
                self.refused += 1
            else:
                self.answered += 1


async def kill_some(pool: WorkerPool, kills: int) -> None:
    for _ in range(kills):
        await until(lambda: bool(pool.status().workers), "no worker comes up any more", 120)
        victim = random.choice(pool.status().workers)
        assert victim.pid is not None
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim.pid, signal.SIGKILL)
        await asyncio.sleep(random.random() * 0.04)


@pytest.mark.slow
@pytest.mark.timeout(1200)
async def test_a_storm_of_kills_loses_no_call(tmp_path: Path) -> None:
    async with real_pool(tmp_path, STORMY, threads=2) as pool:
        load = Load(pool)
        callers = [asyncio.ensure_future(load.call_on()) for _ in range(16)]
        await kill_some(pool, KILLS)
        load.over = True
        await asyncio.gather(*callers)
        await full(pool, 120)
        status = pool.status()
        assert sum(worker.load for worker in status.workers) == 0
        assert status.waiting == 0
        assert load.answered > KILLS
        assert status.crashes >= KILLS // 2
        assert await pool.execute("nap", {"seconds": 0.0}) == 0.0


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_fifty_workers_are_started_at_once_without_a_failed_handshake(
    tmp_path: Path,
) -> None:
    settings = PoolSettings(size=50, starts_at_once=50)
    async with real_pool(tmp_path, settings, isolation="strict") as pool:
        assert len(pool.status().workers) == 50
        assert await asyncio.gather(*(pool.execute("nap", {"seconds": 0.0}) for _ in range(200)))


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_pools_one_after_the_other_leave_nothing_and_the_registry_does_not_grow(
    tmp_path: Path,
) -> None:
    """Eight workers, forty calls, three times over, with one that is killed in between."""
    registry = ProcessRegistry(tmp_path / "workers.jsonl")
    for _ in range(3):
        async with real_pool(tmp_path, PoolSettings(size=8), registry=registry) as pool:
            calls = (pool.execute("whoami") for _ in range(40))
            pids = set(await asyncio.gather(*calls))
            assert len(registry.entries) == 8
            os.kill(next(iter(pids)), signal.SIGKILL)
            await until(lambda: pool.status().crashes == 1, "nobody noticed")
            await full(pool)
            await until(lambda: len(registry.entries) == 8, "the dead one is still there")
        assert not list(registry.entries)
        registry.flush()
        assert registry.known() == {}
