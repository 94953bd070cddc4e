"""When a worker is replaced, and which one serves a session."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session.workers.affinity import (
    Affinity,
    Route,
    SessionWorkerUnavailable,
    WorkerBusy,
    WorkerState,
    route,
)
from session.workers.recycling import (
    RecycleReason,
    RecyclingPolicy,
    WorkerUse,
    decide,
    near_limits,
)

ALL = RecyclingPolicy(ttl_s=3600, max_requests=100, memory=10**9)


@pytest.mark.parametrize(
    ("use", "reason"),
    [
        (WorkerUse(0, 0, 0), None),
        (WorkerUse(3599.9, 99, 10**9 - 1), None),
        (WorkerUse(3600, 0, 0), RecycleReason.TTL),
        (WorkerUse(0, 100, 0), RecycleReason.REQUESTS),
        (WorkerUse(0, 0, 10**9), RecycleReason.MEMORY),
        (WorkerUse(3600, 100, 10**9), RecycleReason.TTL),
        (WorkerUse(0, 100, 10**9), RecycleReason.REQUESTS),
    ],
)
def test_age_comes_before_requests_and_requests_before_memory(
    use: WorkerUse, reason: RecycleReason | None
) -> None:
    assert decide(ALL, use) == (reason, None)


def test_memory_that_cannot_be_read_is_a_warning_and_no_reason() -> None:
    found = decide(ALL, WorkerUse(0, 0, None))
    assert found.reason is None
    assert found.warning == "The worker's memory could not be read, so it is kept as it is."
    assert decide(ALL, WorkerUse(3600, 0, None)) == (RecycleReason.TTL, None)
    assert decide(RecyclingPolicy(), WorkerUse(0, 0, None)) == (None, None)


@given(st.floats(0, 1e12), st.integers(0), st.none() | st.integers(0))
def test_without_limits_nothing_is_ever_replaced(
    age: float, requests: int, memory: int | None
) -> None:
    assert decide(RecyclingPolicy(), WorkerUse(age, requests, memory)) == (None, None)


def test_those_near_a_limit_are_counted() -> None:
    uses = [WorkerUse(3240, 10, None), WorkerUse(3239, 90, 9 * 10**8), WorkerUse(0, 5, 0)]
    assert near_limits(ALL, uses) == (3, 105, 1, 1, 1)
    assert near_limits(RecyclingPolicy(), uses) == (3, 105, 0, 0, 0)


FREE, BUSY, TAINTED = WorkerState.FREE, WorkerState.BUSY, WorkerState.TAINTED


@pytest.mark.parametrize("affinity", list(Affinity))
def test_a_free_worker_serves_its_session_and_a_new_session_goes_anywhere(
    affinity: Affinity,
) -> None:
    assert route(affinity, "w1", {"w1": FREE, "w2": FREE}) is Route.OWN
    assert route(affinity, None, {"w1": FREE}) is Route.ANY


@pytest.mark.parametrize("state", [BUSY, TAINTED, None])
def test_a_hint_goes_elsewhere_rather_than_wait(state: WorkerState | None) -> None:
    assert route(Affinity.HINT, "w1", {"w1": state} if state else {}) is Route.ANY


def test_strict_ones_wait_or_fail_where_it_is_busy() -> None:
    assert route(Affinity.STRICT_QUEUE, "w1", {"w1": BUSY, "w2": FREE}) is Route.QUEUE
    with pytest.raises(WorkerBusy, match="Worker w1, which holds the session, is busy"):
        route(Affinity.STRICT_FAIL_FAST, "w1", {"w1": BUSY, "w2": FREE})


@pytest.mark.parametrize("affinity", [Affinity.STRICT_QUEUE, Affinity.STRICT_FAIL_FAST])
@pytest.mark.parametrize("workers", [{"w1": TAINTED}, {"w2": FREE}, {}])
def test_strict_ones_fail_where_it_is_gone(
    affinity: Affinity, workers: dict[str, WorkerState]
) -> None:
    with pytest.raises(SessionWorkerUnavailable):
        route(affinity, "w1", workers)
