"""When the watchdog looks, and that it sleeps in between."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session.worker.watchdog import PERIOD_S, Watchdog, _until

LIMITS = {"wall_s": 60.0, "cpu_s": 3600.0, "memory": 1 << 40, "processes": 1000, "disk": 1 << 40}


def watch(*names: str, folder: Path | None = None, processes: bool = True) -> Watchdog:
    budget = {name: LIMITS[name] for name in names}
    return Watchdog(budget, [str(folder)] if folder else [], processes=processes)


def test_only_the_clock_needs_no_look_before_its_end() -> None:
    dog = watch("wall_s")
    wait = dog.wait_ms()
    assert wait is not None
    assert 59_000 < wait <= 60_000
    assert dog.look() is None
    dog.program_ended()
    assert dog.wait_ms() is None, "it was in time, and nothing else is limited"


@pytest.mark.parametrize("name", ["cpu_s", "memory", "processes"])
def test_processes_are_looked_at_twenty_times_a_second(name: str) -> None:
    dog = watch(name)
    began, looks = time.monotonic(), 0
    while time.monotonic() - began < 0.5:
        wait = dog.wait_ms()
        assert wait is not None
        assert wait <= 10 * PERIOD_S * 1000, "a busy machine makes looks dear, and so rarer"
        time.sleep(wait / 1000)
        assert dog.look() is None
        looks += 1
    dog.close()
    assert 2 <= looks <= 11


def test_the_disk_is_looked_at_twice_a_second(tmp_path: Path) -> None:
    dog = watch("disk", folder=tmp_path)
    wait = dog.wait_ms()
    assert wait is not None
    assert 300 < wait <= 500
    assert dog.look() is None
    assert (dog.wait_ms() or 0) > 250, "a look that is not due does nothing"


def test_where_procfs_cannot_be_read_the_rest_is_named(tmp_path: Path) -> None:
    dog = watch(*LIMITS, folder=tmp_path, processes=False)
    assert dog.unwatched == ["cpu_s", "memory", "processes", "disk"]
    assert (dog.wait_ms() or 0) > 50_000
    assert watch(*LIMITS, folder=tmp_path).unwatched == []


def test_the_first_budget_that_is_used_up_is_told() -> None:
    dog = Watchdog({"wall_s": 0.01, "cpu_s": 0.0}, [], processes=True)
    time.sleep(0.02)
    assert dog.wait_ms() == 0
    reached = dog.look()
    dog.close()
    assert reached is not None
    assert (reached.name, reached.limit) == ("wall", 0.01)
    assert reached.used >= 0.01


@given(st.floats(0, 1e12), st.floats(-1e10, 1e10), st.floats(1e-5, 0.05))
def test_nearness_is_paid_for_within_bounds(left: float, rate: float, cost: float) -> None:
    pause = _until(left, rate, cost)
    assert pause >= 1.99 * cost, "never more than half of a core"
    if rate <= 0:
        assert pause >= 39.9 * cost, "and a fortieth where nothing grows"
    else:
        assert pause <= max(left / rate, left / 2e9, 40.1 * cost)
