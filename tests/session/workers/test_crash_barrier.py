"""Crashes: their kinds, what is done, and marks that one restart takes away."""

import signal
import threading

import pytest

from session.workers.crash_barrier import (
    CrashDecision,
    CrashFacts,
    CrashKind,
    CrashPolicy,
    TaintRegistry,
    after_crash,
    classify_crash,
)
from tests.support.virtual_time import HandClock

ON = CrashPolicy(enabled=True)
SEGFAULT = CrashFacts(code=139)


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        (CrashFacts(code=139), CrashKind.SEGFAULT),
        (CrashFacts(code=-11), CrashKind.SEGFAULT),
        (CrashFacts(signal=signal.SIGSEGV), CrashKind.SEGFAULT),
        (CrashFacts(signal=signal.SIGBUS), CrashKind.SEGFAULT),
        (CrashFacts(code=134), CrashKind.ABORT),
        (CrashFacts(code=-6), CrashKind.ABORT),
        (CrashFacts(code=137), CrashKind.OOM),
        (CrashFacts(signal=9, out_of_memory=True), CrashKind.OOM),
        (CrashFacts(signal=9, out_of_memory=False), CrashKind.UNKNOWN),
        (CrashFacts(code=1), CrashKind.UNKNOWN),
        (CrashFacts(code=143), CrashKind.UNKNOWN),
        (CrashFacts(code=0), CrashKind.UNKNOWN),
        (CrashFacts(), CrashKind.UNKNOWN),
        (CrashFacts(code=1, reason="RuntimeError: CUDA error: device"), CrashKind.GPU),
        (CrashFacts(code=139, reason="hipErrorNoDevice"), CrashKind.GPU),
        (CrashFacts(code=139, reason="a ship and barracudas"), CrashKind.SEGFAULT),
    ],
)
def test_kinds_of_crashes(facts: CrashFacts, kind: CrashKind) -> None:
    assert classify_crash(facts) is kind


def test_switched_off_nothing_is_done() -> None:
    decision = after_crash(CrashPolicy(), SEGFAULT, attempt=0, idempotent=True)
    assert decision == CrashDecision(CrashKind.SEGFAULT, retry=False, delay_s=0, taint=False)


@pytest.mark.parametrize(
    ("policy", "attempt", "idempotent", "retry"),
    [
        (ON, 0, True, True),
        (ON, 0, False, False),
        (ON, 1, True, False),
        (CrashPolicy(enabled=True, max_restarts=3), 2, True, True),
        (CrashPolicy(enabled=True, retry="always"), 0, False, True),
        (CrashPolicy(enabled=True, retry="always"), 1, False, False),
        (CrashPolicy(enabled=True, retry="never"), 0, True, False),
    ],
)
def test_a_call_is_made_again_where_that_does_no_harm(
    policy: CrashPolicy, attempt: int, idempotent: bool, retry: bool
) -> None:
    decision = after_crash(policy, SEGFAULT, attempt=attempt, idempotent=idempotent)
    assert decision.retry is retry


def test_the_waits_get_longer_and_stay_at_the_last() -> None:
    decisions = [after_crash(ON, SEGFAULT, attempt=n, idempotent=True) for n in (0, 1, 2, 9)]
    assert [one.delay_s for one in decisions] == [0.05, 0.1, 0.2, 0.2]


@pytest.mark.parametrize(
    ("facts", "policy", "taint"),
    [
        (SEGFAULT, ON, True),
        (CrashFacts(code=137), ON, True),
        (CrashFacts(code=134), ON, False),
        (CrashFacts(code=3), ON, False),
        (CrashFacts(code=3), CrashPolicy(enabled=True, mark_codes=frozenset({3})), True),
    ],
)
def test_some_crashes_mark_the_place(facts: CrashFacts, policy: CrashPolicy, taint: bool) -> None:
    assert after_crash(policy, facts, attempt=0, idempotent=True).taint is taint


def test_a_mark_ends_with_its_time_and_is_never_made_shorter() -> None:
    clock = HandClock()
    taints = TaintRegistry(clock)
    taints.taint("w1", CrashKind.OOM, 60, CrashFacts(code=137), device="cuda:0")
    clock.advance(50)
    taints.taint("w1", CrashKind.SEGFAULT, 5, SEGFAULT)
    clock.advance(9.9)
    mark = taints.get("w1")
    assert mark is not None
    assert (mark.kind, mark.code, mark.crashed_at) == (CrashKind.SEGFAULT, 139, 1050)
    clock.advance(0.2)
    assert not taints.is_tainted("w1")
    assert not taints.consume_restart("w1")
    assert taints.clear("w1") is False


def test_a_mark_can_be_taken_away_and_a_new_crash_allows_a_new_restart() -> None:
    taints = TaintRegistry(HandClock())
    taints.taint("w1", CrashKind.OOM, 60, CrashFacts())
    assert taints.consume_restart("w1")
    assert not taints.consume_restart("w1")
    taints.taint("w1", CrashKind.OOM, 60, CrashFacts())
    assert taints.consume_restart("w1")
    assert taints.clear("w1") is True
    assert not taints.is_tainted("w1")


def test_of_64_that_come_at_once_one_takes_the_restart() -> None:
    for _ in range(20):
        taints = TaintRegistry()
        taints.taint("w1", CrashKind.OOM, 60, CrashFacts())
        gate, won = threading.Barrier(64), list[bool]()

        def consume(
            taints: TaintRegistry = taints, gate: threading.Barrier = gate, won: list[bool] = won
        ) -> None:
            gate.wait()
            won.append(taints.consume_restart("w1"))

        threads = [threading.Thread(target=consume) for _ in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(won) == [False] * 63 + [True]
