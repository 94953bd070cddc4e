"""Heartbeats: what counts as a miss, what it takes to be dead, and what a busy worker is."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session.workers.activity import Activity
from session.workers.defaults import HeartbeatSettings
from session.workers.heartbeat import Health, HeartbeatCalls, HeartbeatMonitor
from session.workers.telemetry import Telemetry
from tests.support.virtual_time import VirtualLoop, run_virtually

Ping = Callable[[], Awaitable[object]]
IDLE = Activity(alive=True)
WORKING = Activity(alive=True, cpu_share=0.9)


class Watched:
    """A monitor in virtual time, and what it told."""

    def __init__(
        self,
        ping: Ping,
        *,
        dependent: bool = True,
        activity: Callable[[], Activity] | None = None,
        loop: VirtualLoop | None = None,
        settings: HeartbeatSettings | None = None,
    ) -> None:
        self.loop = loop or VirtualLoop()
        self.began = self.loop.clock.now
        self.told: list[tuple[str, float]] = []
        self.telemetry = Telemetry()
        self.events: list[str] = []
        self.telemetry.subscribe(lambda event: self.events.append(event.name))
        self.monitor = HeartbeatMonitor(
            ping,
            settings or HeartbeatSettings(dependent=dependent),
            HeartbeatCalls(
                on_dead=lambda: self._tell("dead"),
                on_late=lambda: self._tell("late"),
                on_busy=lambda _: self._tell("busy"),
                on_recovered=lambda: self._tell("recovered"),
            ),
            worker_id="w1",
            activity=activity,
            clock=self.loop.clock,
            emit=self.telemetry.emit,
        )

    def _tell(self, what: str) -> None:
        self.told.append((what, self.loop.clock.now - self.began))

    def run(self, seconds: float) -> list[str]:
        """Watch for some time, stop, and return what was told, in order."""

        async def watch() -> None:
            self.monitor.start()
            await asyncio.sleep(seconds)
            await self.monitor.stop()

        run_virtually(watch(), self.loop)
        self.telemetry.drain()
        return [what for what, _ in self.told]


async def answer() -> None:
    """A worker that answers at once."""


async def refuse() -> None:
    """A worker whose connection is gone."""
    raise ConnectionResetError


async def hang() -> None:
    """A worker that is silent."""
    await asyncio.Event().wait()


def test_pings_and_pongs_are_periodic_and_stable() -> None:
    watched = Watched(answer)
    assert watched.run(3601) == []
    stats = watched.monitor.stats()
    assert (stats.pings_sent, stats.pongs_received, stats.missed) == (1801, 1801, 0)
    assert (stats.health, stats.last_latency_s) == (Health.ALIVE, 0)


def test_an_answer_may_come_from_another_task() -> None:
    waiting: list[asyncio.Future[None]] = []

    async def ask() -> None:
        future = asyncio.get_running_loop().create_future()
        waiting.append(future)
        asyncio.get_running_loop().call_later(0.25, future.set_result, None)
        await future

    watched = Watched(ask)
    assert watched.run(60) == []
    assert watched.monitor.stats().last_latency_s == pytest.approx(0.25)


def test_a_silent_worker_is_dead_after_three_misses_and_told_once() -> None:
    watched = Watched(hang)
    assert watched.run(1000) == ["dead"]
    assert watched.told[0][1] == pytest.approx(3 * 10 + 2 * 2)
    stats = watched.monitor.stats()
    assert (stats.health, stats.pings_sent, stats.missed) == (Health.DEAD, 3, 3)
    assert watched.events.count("heartbeat.missed") == 3
    assert watched.events.count("heartbeat.failed") == 1


def test_errors_are_misses_and_one_alone_kills_nobody() -> None:
    failing = iter([refuse, answer, refuse, refuse, answer, refuse, refuse, refuse])

    async def ask() -> None:
        await next(failing)()

    watched = Watched(ask)
    assert watched.run(100) == ["dead"]
    stats = watched.monitor.stats()
    assert (stats.pings_sent, stats.pongs_received, stats.misses) == (8, 2, 6)
    assert watched.told[0][1] == pytest.approx(7 * 2)


def test_a_timeout_of_the_pings_own_is_a_miss_as_well() -> None:
    async def ask() -> None:
        raise TimeoutError

    watched = Watched(ask, activity=lambda: WORKING)
    assert watched.run(10) == ["dead"]


def test_an_independent_worker_is_kept_and_its_recovery_told() -> None:
    state = {"answers": False}

    async def ask() -> None:
        await (answer() if state["answers"] else refuse())

    watched = Watched(ask, dependent=False)

    def recover() -> None:
        state["answers"] = True

    watched.loop.call_at(watched.began + 100, recover)
    assert watched.run(200) == ["late", "recovered"]
    assert watched.told[0][1] == pytest.approx(2 * 2)
    assert 100 <= watched.told[1][1] <= 102
    assert watched.monitor.health is Health.ALIVE
    assert watched.monitor.stats().misses == 50


def test_a_late_answer_of_a_ping_that_was_given_up_counts_for_nothing() -> None:
    late: list[asyncio.Future[None]] = []

    async def ask() -> None:
        late.append(asyncio.get_running_loop().create_future())
        await asyncio.shield(late[-1])

    watched = Watched(ask)

    def answer_late() -> None:
        late[0].set_result(None)

    watched.loop.call_at(watched.began + 11, answer_late)
    assert watched.run(40) == ["dead"]
    assert watched.monitor.stats().pongs_received == 0


def test_nothing_is_left_of_a_ping_that_was_given_up() -> None:
    open_pings = 0

    async def ask() -> None:
        nonlocal open_pings
        open_pings += 1
        try:
            await hang()
        finally:
            open_pings -= 1

    watched = Watched(ask)

    async def watch() -> None:
        watched.monitor.start()
        await asyncio.sleep(50)
        assert open_pings == 0
        assert asyncio.all_tasks() == {asyncio.current_task()}
        await watched.monitor.stop()

    run_virtually(watch(), watched.loop)


def test_stop_ends_a_ping_under_way_and_nobody_is_told_afterwards() -> None:
    watched = Watched(hang)
    assert watched.run(5) == []
    assert watched.monitor.stats().missed == 0

    async def again() -> None:
        await watched.monitor.stop()

    asyncio.run(again())


def test_on_dead_may_stop_the_monitor_itself() -> None:
    loop = VirtualLoop()
    stopped: list[asyncio.Task[None]] = []

    async def watch() -> None:
        monitor = HeartbeatMonitor(
            refuse,
            HeartbeatSettings(dependent=True),
            HeartbeatCalls(on_dead=lambda: stopped.append(loop.create_task(monitor.stop()))),
            clock=loop.clock,
        )
        monitor.start()
        await asyncio.sleep(60)
        await stopped[0]

    run_virtually(watch(), loop)


def test_a_listener_that_raises_ends_no_watch_and_is_not_silent() -> None:
    loop = VirtualLoop()
    heard: list[object] = []
    loop.set_exception_handler(lambda _, context: heard.append(context["exception"]))

    def fail() -> None:
        message = "no"
        raise RuntimeError(message)

    monitor = HeartbeatMonitor(
        refuse, HeartbeatSettings(dependent=False), HeartbeatCalls(on_late=fail), clock=loop.clock
    )

    async def watch() -> None:
        monitor.start()
        await asyncio.sleep(61)
        await monitor.stop()

    run_virtually(watch(), loop)
    assert [str(error) for error in heard] == ["no"]
    assert monitor.stats().pings_sent == 31


def test_a_worker_that_computes_is_busy_and_not_dead() -> None:
    watched = Watched(hang, activity=lambda: WORKING)
    assert watched.run(3600) == ["busy"]
    stats = watched.monitor.stats()
    assert (stats.health, stats.misses, stats.busy) == (Health.BUSY, 0, 300)


@pytest.mark.parametrize(
    "activity",
    [Activity(alive=True, wants_cpu=True), Activity(alive=True, in_kernel=True)],
)
def test_so_is_one_that_waits_for_a_processor_or_a_device(activity: Activity) -> None:
    assert Watched(hang, activity=lambda: activity).run(300) == ["busy"]


@pytest.mark.parametrize("activity", [IDLE, Activity(alive=False, cpu_share=1.0)])
def test_one_that_does_nothing_or_is_gone_is_not_busy(activity: Activity) -> None:
    assert Watched(hang, activity=lambda: activity).run(300) == ["dead"]


def test_errors_are_not_excused_by_work() -> None:
    assert Watched(refuse, activity=lambda: WORKING).run(300) == ["dead"]


def test_a_busy_worker_that_falls_silent_is_dead_after_as_many_misses_as_any() -> None:
    loop = VirtualLoop()
    began = loop.clock.now
    watched = Watched(
        hang, activity=lambda: WORKING if loop.clock.now < began + 60 else IDLE, loop=loop
    )
    assert watched.run(300) == ["busy", "dead"]
    assert watched.told[1][1] == pytest.approx(60 + 34, abs=12)


def test_a_busy_worker_that_answers_again_has_recovered_even_after_a_miss() -> None:
    steps = iter([(hang, WORKING), (hang, IDLE), (answer, IDLE)] + [(answer, IDLE)] * 100)
    now = {"activity": IDLE}

    async def ask() -> None:
        ping, now["activity"] = next(steps)
        await ping()

    watched = Watched(ask, activity=lambda: now["activity"])
    assert watched.run(60) == ["busy", "recovered"]


@given(
    st.lists(st.sampled_from(["answers", "fails", "silent", "works"]), max_size=25),
    st.integers(1, 4),
    st.booleans(),
)
def test_only_so_many_idle_misses_in_a_row_are_a_failure(
    steps: list[str], allowed: int, dependent: bool
) -> None:
    """Against the plainest possible reading of a whole history."""
    left, now = iter(steps), {"step": "answers"}

    async def ask() -> None:
        now["step"] = next(left, "answers")
        await {"answers": answer, "fails": refuse}.get(now["step"], hang)()

    watched = Watched(
        ask,
        activity=lambda: WORKING if now["step"] == "works" else IDLE,
        settings=HeartbeatSettings(max_missed_heartbeats=allowed, dependent=dependent),
    )
    told = watched.run(1000)
    runs = "".join("x" if step in ("fails", "silent") else "." for step in steps).split(".")
    failed = any(len(run) >= allowed for run in runs)
    assert ("dead" in told) is (failed and dependent)
    assert ("late" in told) is (failed and not dependent)
    assert told.count("dead") <= 1
    if not (failed and dependent):
        assert watched.monitor.health is Health.ALIVE
        assert told.count("recovered") <= len(told) - told.count("recovered")
        assert not told or told[-1] == "recovered"


def test_standing_still_ourselves_is_no_miss_of_the_worker() -> None:
    loop = VirtualLoop()

    async def ask() -> None:
        loop.call_later(1, lambda: loop.clock.advance(60))  # as if this process had been stopped
        await hang()

    watched = Watched(ask, loop=loop)
    assert watched.run(600) == []
    stats = watched.monitor.stats()
    assert stats.unjudged > 5
    assert stats.misses == 0


def test_nothing_is_asked_where_it_is_switched_off_and_not_before_its_time() -> None:
    off = Watched(answer, settings=HeartbeatSettings(enabled=False))
    off.run(60)
    assert (off.monitor.stats().pings_sent, off.events) == (0, [])
    later = Watched(answer, settings=HeartbeatSettings(initial_delay_ms=30_000))
    later.run(31)
    assert later.monitor.stats().pings_sent == 1


def test_unless_it_is_said_only_unattended_workers_are_ended() -> None:
    assert HeartbeatSettings().resolved(unattended=True).dependent is True
    assert HeartbeatSettings().resolved(unattended=False).dependent is False
    assert HeartbeatSettings(dependent=True).resolved(unattended=False).dependent is True
