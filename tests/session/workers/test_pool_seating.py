"""A pool over scripted workers: who serves what, and that everybody is answered."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from session.errors import ConnectFailed
from session.workers.affinity import Affinity, SessionWorkerUnavailable, WorkerBusy
from session.workers.pool import WorkerPool
from session.workers.pool_errors import NoWorkers, PoolSaturated, PoolStopped, QueueTimedOut
from session.workers.pool_settings import PoolSettings
from session.workers.retry import RetryPolicy
from session.workers.tool_errors import InvalidParameter, InvalidTool, ToolNotFound
from session.workers.tools import EVERYWHERE
from session.workers.worker_errors import WorkerGone
from tests.support.pooling import FakeStaff, FakeWorker, Heard, full, until

QUICK = RetryPolicy(backoff_s=(0.01,))


class Gate:
    """A behaviour that waits until the test opens it."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()
        self.inside = 0

    async def __call__(self, worker: FakeWorker, _command: str, _args: Mapping[str, Any]) -> str:
        self.inside += 1
        await self.opened.wait()
        return worker.id


async def test_workers_are_started_side_by_side_but_not_all_at_once() -> None:
    staff = FakeStaff(delay_s=0.05)
    async with WorkerPool(staff.hire, PoolSettings(size=9, starts_at_once=3)) as pool:
        assert len(pool.status().workers) == 9
    assert staff.most_starting == 3
    assert all(worker.stops for worker in staff.workers)


async def test_a_pool_of_which_nothing_comes_up_fails_at_once_and_says_why() -> None:
    staff = FakeStaff(failures=100)
    pool = WorkerPool(staff.hire, PoolSettings(size=3))
    with pytest.raises(ConnectFailed, match="would not start"):
        await pool.start()
    assert staff.workers == []
    with pytest.raises(PoolStopped):
        await pool.execute("anything")


async def test_a_place_that_failed_at_first_is_filled_later() -> None:
    staff = FakeStaff(failures=2)
    async with WorkerPool(staff.hire, PoolSettings(size=3, restart=QUICK)) as pool:
        await full(pool)


async def test_where_no_worker_can_be_had_nobody_waits_for_one() -> None:
    staff = FakeStaff()
    settings = PoolSettings(size=1, restart=RetryPolicy(backoff_s=(30.0,)), settled_s=0.0)
    async with WorkerPool(staff.hire, settings) as pool:
        staff.failures = 100
        staff.workers[0].end()
        await until(lambda: staff.failures < 100, "no other start")
        with pytest.raises(NoWorkers, match="would not start"):
            await pool.execute("anything")


async def test_the_circuit_keeps_from_starting_again_and_again() -> None:
    staff = FakeStaff()
    heard = Heard()
    settings = PoolSettings(size=2, restart=RetryPolicy(backoff_s=(0.0,)), circuit_failures=4)
    async with WorkerPool(staff.hire, settings, emit=heard.emit) as pool:
        staff.failures = 1000
        for worker in staff.workers:
            worker.end()
        await until(lambda: pool.status().circuit == "open", "the circuit stays closed")
        await asyncio.sleep(0.1)
        assert len(heard.of("worker.spawn_failed")) <= 5
        assert heard.of("circuit.opened")


async def test_a_worker_that_ends_at_once_again_and_again_is_not_started_without_pause() -> None:
    staff = FakeStaff()

    async def hire() -> FakeWorker:
        worker = await staff.hire()
        asyncio.get_running_loop().call_soon(worker.end)
        return worker

    settings = PoolSettings(size=1, restart=RetryPolicy(backoff_s=(0.1, 0.4, 30.0)))
    async with WorkerPool(hire, settings):
        await asyncio.sleep(0.7)
        assert 2 <= len(staff.workers) <= 3


async def test_a_worker_takes_as_many_calls_as_it_has_threads() -> None:
    gate = Gate()
    staff = FakeStaff(gate, threads=3)
    async with WorkerPool(staff.hire, PoolSettings(size=1)) as pool:
        calls = [asyncio.ensure_future(pool.execute("work")) for _ in range(5)]
        await until(lambda: gate.inside == 3 and pool.status().waiting == 2, "not three of five")
        gate.opened.set()
        assert len(await asyncio.gather(*calls)) == 5


async def test_load_is_spread_over_the_workers() -> None:
    gate = Gate()
    staff = FakeStaff(gate, threads=4)
    async with WorkerPool(staff.hire, PoolSettings(size=4)) as pool:
        calls = [asyncio.ensure_future(pool.execute("work")) for _ in range(8)]
        await until(lambda: gate.inside == 8, "not all are served")
        assert [worker.load for worker in pool.status().workers] == [2, 2, 2, 2]
        gate.opened.set()
        await asyncio.gather(*calls)


async def test_who_waits_too_long_is_told_and_takes_no_place() -> None:
    gate = Gate()
    settings = PoolSettings(size=1, queue_timeout_s=0.05)
    async with WorkerPool(FakeStaff(gate).hire, settings) as pool:
        first = asyncio.ensure_future(pool.execute("work"))
        await until(lambda: gate.inside == 1, "the first is not served")
        with pytest.raises(QueueTimedOut):
            await pool.execute("work")
        gate.opened.set()
        await first
        assert pool.status().workers[0].load == 0


async def test_a_full_line_refuses_at_once() -> None:
    gate = Gate()
    heard = Heard()
    settings = PoolSettings(size=1, queue_limit=1)
    async with WorkerPool(FakeStaff(gate).hire, settings, emit=heard.emit) as pool:
        calls = [asyncio.ensure_future(pool.execute("work")) for _ in range(2)]
        await until(lambda: pool.status().waiting == 1, "nobody waits")
        with pytest.raises(PoolSaturated) as found:
            await pool.execute("work")
        assert found.value.code == "pool-saturated"
        assert heard.of("pool.saturated") == [{"queued": 1, "limit": 1}]
        gate.opened.set()
        await asyncio.gather(*calls)


async def test_a_place_given_to_one_who_has_left_goes_to_the_next() -> None:
    gate = Gate()
    async with WorkerPool(FakeStaff(gate).hire, PoolSettings(size=1)) as pool:
        first = asyncio.ensure_future(pool.execute("work"))
        await until(lambda: gate.inside == 1, "the first is not served")
        second, third = (asyncio.ensure_future(pool.execute("work")) for _ in range(2))
        await until(lambda: pool.status().waiting == 2, "they do not wait")
        gate.opened.set()
        await first  # the second has been given its place by now, and has not looked yet
        second.cancel()
        assert await third
        await asyncio.gather(second, return_exceptions=True)
        assert pool.status().workers[0].load == 0


async def test_stop_answers_everybody_who_waits_and_who_is_served() -> None:
    gate = Gate()
    pool = await WorkerPool(FakeStaff(gate).hire, PoolSettings(size=1)).start()
    calls = [asyncio.ensure_future(pool.execute("work")) for _ in range(3)]
    await until(lambda: pool.status().waiting == 2, "they do not wait")
    await pool.stop()
    found = await asyncio.gather(*calls, return_exceptions=True)
    assert sorted(type(one).__name__ for one in found) == [
        "PoolStopped",
        "PoolStopped",
        "WorkerGone",
    ]
    await pool.stop()


async def test_the_rest_of_the_deadline_is_what_a_worker_gets() -> None:
    gate = Gate()
    staff = FakeStaff(gate)
    async with WorkerPool(staff.hire, PoolSettings(size=1)) as pool:
        first = asyncio.ensure_future(pool.execute("work"))
        second = asyncio.ensure_future(pool.execute("work", timeout=30.0))
        await until(lambda: pool.status().waiting == 1, "nobody waits")
        await asyncio.sleep(0.2)
        gate.opened.set()
        await asyncio.gather(first, second)
    assert staff.workers[0].calls[1][1]["timeout"] < 29.85


# Sessions


async def test_a_session_stays_with_its_worker() -> None:
    async with WorkerPool(FakeStaff(threads=4).hire, PoolSettings(size=4)) as pool:
        found = {await pool.execute("work", session_id="one") for _ in range(8)}
        assert len(found) == 1
        assert pool.sessions.get("one").last_worker_id in found


async def test_a_hint_takes_another_worker_and_says_so() -> None:
    gate = Gate()
    heard = Heard()
    async with WorkerPool(FakeStaff(gate).hire, PoolSettings(size=2), emit=heard.emit) as pool:
        calls = [asyncio.ensure_future(pool.execute("work", session_id="one")) for _ in range(2)]
        await until(lambda: gate.inside == 2, "the second waits")
        gate.opened.set()
        first, second = await asyncio.gather(*calls)
        assert first != second
        assert [one["reason"] for one in heard.of("session.affinity_broken")] == ["busy"]


async def test_strict_queue_waits_for_its_own_worker() -> None:
    gate = Gate()
    settings = PoolSettings(size=2, affinity=Affinity.STRICT_QUEUE)
    async with WorkerPool(FakeStaff(gate).hire, settings) as pool:
        calls = [asyncio.ensure_future(pool.execute("work", session_id="one")) for _ in range(3)]
        await until(lambda: pool.status().waiting == 2, "they do not wait")
        gate.opened.set()
        assert len(set(await asyncio.gather(*calls))) == 1


async def test_strict_fail_fast_fails_while_its_worker_is_busy() -> None:
    gate = Gate()
    async with WorkerPool(FakeStaff(gate).hire, PoolSettings(size=2)) as pool:
        first = asyncio.ensure_future(pool.execute("work", session_id="one"))
        await until(lambda: gate.inside == 1, "the first is not served")
        with pytest.raises(WorkerBusy):
            await pool.execute("work", session_id="one", affinity=Affinity.STRICT_FAIL_FAST)
        gate.opened.set()
        await first


async def test_strict_waiters_are_answered_when_their_worker_dies() -> None:
    gate = Gate()
    staff = FakeStaff(gate)
    settings = PoolSettings(size=2, affinity=Affinity.STRICT_QUEUE)
    async with WorkerPool(staff.hire, settings) as pool:
        first = asyncio.ensure_future(pool.execute("work", session_id="one"))
        await until(lambda: gate.inside == 1, "the first is not served")
        second = asyncio.ensure_future(pool.execute("work", session_id="one"))
        await until(lambda: pool.status().waiting == 1, "the second does not wait")
        next(worker for worker in staff.workers if worker.calls).end()
        with pytest.raises(WorkerGone):
            await first
        with pytest.raises(SessionWorkerUnavailable):
            await second
        with pytest.raises(SessionWorkerUnavailable):
            await pool.execute("work", session_id="one")
        assert pool.end_session("one")
        gate.opened.set()
        assert await pool.execute("work", session_id="one")


# Crashes


async def dies_at_first(worker: FakeWorker, command: str, _args: Mapping[str, Any]) -> str:
    """The first worker of all dies of its call; the others answer."""
    if command == "always" or worker.id == dies_at_first.victim:  # type: ignore[attr-defined]
        worker.end()
        await asyncio.sleep(30)
    return worker.id


async def test_an_idempotent_call_is_tried_again_elsewhere() -> None:
    staff = FakeStaff(dies_at_first)
    heard = Heard()
    async with WorkerPool(staff.hire, PoolSettings(size=2), emit=heard.emit) as pool:
        dies_at_first.victim = staff.workers[0].id  # type: ignore[attr-defined]
        found = await pool.execute("work", idempotent=True)
        assert found != staff.workers[0].id
        assert len(heard.of("call.retried")) == 1
        await full(pool)
        assert pool.status().crashes == 1
        assert heard.of("worker.restarted")[0]["reason"] == "worker_died"


async def test_another_call_is_told_that_its_worker_is_gone() -> None:
    staff = FakeStaff(dies_at_first)
    async with WorkerPool(staff.hire, PoolSettings(size=2)) as pool:
        dies_at_first.victim = staff.workers[0].id  # type: ignore[attr-defined]
        with pytest.raises(WorkerGone) as found:
            await pool.execute("work")
        assert found.value.code == "worker-gone"


async def test_a_call_that_kills_every_worker_is_not_tried_for_ever() -> None:
    staff = FakeStaff(dies_at_first)
    settings = PoolSettings(size=2, restart=QUICK)
    async with WorkerPool(staff.hire, settings) as pool:
        with pytest.raises(WorkerGone):
            await pool.execute("always", idempotent=True)
        assert sum(bool(worker.calls) for worker in staff.workers) == 2


async def test_a_stream_is_tried_again_only_before_its_first_item() -> None:
    async def flows(worker: FakeWorker, _command: str, args: Mapping[str, Any]) -> list[int]:
        if worker.id == args["victim"]:
            worker.end()
            await asyncio.sleep(30)
        return [1, 2, 3]

    staff = FakeStaff(flows)
    heard = Heard()
    async with WorkerPool(staff.hire, PoolSettings(size=2), emit=heard.emit) as pool:
        args = {"victim": staff.workers[0].id}
        stream = pool.execute_stream("count", args, idempotent=True)
        assert [item async for item in stream] == [1, 2, 3]
        assert [one["reason"] for one in heard.of("stream.closed")] == ["worker-gone", "ended"]


# Tools

TOOL = {
    "name": "area",
    "parameters": [{"name": "width", "type": "number", "required": True}],
}


async def test_what_workers_declare_is_known_and_calls_are_checked_before_they_wait() -> None:
    staff = FakeStaff(tools=[TOOL])
    async with WorkerPool(staff.hire, PoolSettings(size=3)) as pool:
        assert [tool.name for tool in pool.tools.list(EVERYWHERE)] == ["area"]
        with pytest.raises(InvalidParameter, match="width"):
            await pool.execute("area", {"width": "wide"})
        with pytest.raises(ToolNotFound) as found:
            await pool.execute("aera", {"width": 1.0})
        assert "`area`" in str(found.value.hint)
        assert await pool.execute("area", {"width": 1.0})
    assert pool.tools.list(EVERYWHERE) == ()


async def test_a_tool_of_the_hosts_is_run_here() -> None:
    staff = FakeStaff(tools=[TOOL])
    async with WorkerPool(staff.hire, PoolSettings(size=1)) as pool:
        pool.tools.register_host_tool(EVERYWHERE, {"name": "here"}, lambda: "at home")
        assert await pool.execute("here") == "at home"
        assert staff.workers[0].calls == []


async def test_a_worker_that_declares_nonsense_does_not_serve() -> None:
    staff = FakeStaff(tools=[{"name": "no good!"}])
    pool = WorkerPool(staff.hire, PoolSettings(size=1))
    with pytest.raises(InvalidTool, match="cannot be registered"):
        await pool.start()
    assert not staff.workers[0].alive
