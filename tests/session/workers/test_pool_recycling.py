"""Workers are replaced when they are old, used up, or large; nobody waits for that."""

import asyncio
from pathlib import Path

from session.workers.pool import WorkerPool
from session.workers.pool_settings import PoolSettings
from session.workers.recycling import RecyclingPolicy
from tests.support.pooling import FakeStaff, Heard, full, real_pool, until
from tests.support.virtual_time import HandClock


def ids(pool: WorkerPool) -> set[str]:
    return {worker.id for worker in pool.status().workers}


async def test_a_worker_is_replaced_by_hand_without_keeping_anybody_waiting() -> None:
    staff = FakeStaff()
    heard = Heard()
    async with WorkerPool(staff.hire, PoolSettings(size=2), emit=heard.emit) as pool:
        before = ids(pool)
        old = next(iter(before))
        assert pool.recycle(old)
        await until(lambda: old not in ids(pool) and len(ids(pool)) == 2, "it is still there")
        assert len(ids(pool) - before) == 1
        assert [one["reason"] for one in heard.of("worker.recycled")] == ["manual"]
        assert not pool.recycle("nobody")


async def test_calls_are_answered_before_their_worker_is_replaced() -> None:
    opened = asyncio.Event()

    async def wait(*_about: object) -> str:
        await opened.wait()
        return "done"

    staff = FakeStaff(wait)
    async with WorkerPool(staff.hire, PoolSettings(size=1)) as pool:
        call = asyncio.ensure_future(pool.execute("work"))
        await until(lambda: bool(staff.workers[0].calls), "it is not served")
        assert pool.recycle(staff.workers[0].id)
        await until(lambda: len(staff.workers) == 2, "its successor waits for it")
        assert staff.workers[0].alive
        opened.set()
        assert await call == "done"
        await until(lambda: not staff.workers[0].alive, "it stays")


async def test_stop_does_not_wait_for_a_worker_that_drains() -> None:
    async def wait(*_about: object) -> None:
        await asyncio.sleep(60)

    staff = FakeStaff(wait)
    pool = await WorkerPool(staff.hire, PoolSettings(size=1)).start()
    call = asyncio.ensure_future(pool.execute("work"))
    await until(lambda: bool(staff.workers[0].calls), "it is not served")
    pool.recycle(staff.workers[0].id)
    await until(lambda: len(staff.workers) == 2, "it is not replaced")
    async with asyncio.timeout(20):
        await pool.stop()
        await asyncio.gather(call, return_exceptions=True)
    assert not any(worker.alive for worker in staff.workers)


async def test_after_so_many_calls_a_worker_is_replaced_at_once() -> None:
    staff = FakeStaff()
    heard = Heard()
    settings = PoolSettings(size=1, recycling=RecyclingPolicy(max_requests=3))
    async with WorkerPool(staff.hire, settings, emit=heard.emit) as pool:
        found = [await pool.execute("work") for _ in range(7)]
        assert [found.count(one) for one in dict.fromkeys(found)] == [3, 3, 1]
    assert [one["reason"] for one in heard.of("worker.recycled")] == ["requests", "requests"]


async def test_an_old_worker_is_replaced_when_it_is_looked_at() -> None:
    clock = HandClock()
    staff = FakeStaff()
    settings = PoolSettings(size=2, recycling=RecyclingPolicy(ttl_s=100.0))
    async with WorkerPool(staff.hire, settings, clock=clock) as pool:
        before = ids(pool)
        clock.advance(95)
        await pool.check_limits()
        assert ids(pool) == before
        assert pool.status().near.near_ttl == 2
        clock.advance(5)
        await pool.check_limits()
        await until(lambda: len(ids(pool)) == 2 and not ids(pool) & before, "they stay")


async def test_memory_is_the_childs_own(tmp_path: Path) -> None:
    """The leak that a pool is to see lies in the worker's process, not in ours."""
    heard = Heard()
    policy = RecyclingPolicy(memory=80_000_000)
    settings = PoolSettings(size=1, recycling=policy, settled_s=0.0)
    async with real_pool(tmp_path, settings, emit=heard.emit) as pool:
        before = ids(pool)
        await pool.check_limits()
        assert ids(pool) == before
        await pool.execute("hoard", {"megabytes": 120})
        await pool.check_limits()
        await until(lambda: len(ids(pool)) == 1 and not ids(pool) & before, "it is kept")
        told = heard.of("worker.recycled")[0]
        assert told["reason"] == "memory"
        assert told["memory_bytes"] >= 100_000_000
        await pool.check_limits()
        await full(pool)
        assert len(heard.of("worker.recycled")) == 1, "the new one is small"


async def test_memory_that_cannot_be_read_is_no_reason_to_end_a_worker(tmp_path: Path) -> None:
    heard = Heard()
    settings = PoolSettings(size=1, recycling=RecyclingPolicy(memory=1))
    async with WorkerPool(FakeStaff().hire, settings, emit=heard.emit) as pool:
        before = ids(pool)
        await pool.check_limits()
        await asyncio.sleep(0)
        assert ids(pool) == before
        assert len(heard.of("worker.health_check_failed")) == 1
