"""The order of those who wait for a worker."""

import pytest

from session.workers.pool_errors import PoolSaturated, PoolStopped
from session.workers.waiting_line import WaitingLine


async def test_the_oldest_that_fits_is_next() -> None:
    line = WaitingLine[str](10)
    for_b, for_any, for_a = line.enter("b"), line.enter(), line.enter("a")
    assert line.next_for("a") is for_any
    assert line.next_for("a") is for_a
    assert line.next_for("a") is None
    assert line.next_for("b") is for_b
    assert len(line) == 0


async def test_a_full_line_takes_nobody_until_one_leaves() -> None:
    line = WaitingLine[str](2)
    first, _second = line.enter(), line.enter("a")
    with pytest.raises(PoolSaturated, match="2 calls"):
        line.enter()
    line.leave(first)
    line.leave(first)
    line.enter()
    assert len(line) == 2


async def test_those_who_wait_for_one_that_is_gone_are_answered_and_no_others() -> None:
    line = WaitingLine[str](10)
    lost, kept = line.enter("gone"), line.enter()
    line.fail(PoolStopped, "gone")
    assert isinstance(lost.place.exception(), PoolStopped)
    assert not kept.place.done()
    line.fail(PoolStopped)
    assert isinstance(kept.place.exception(), PoolStopped)
    assert len(line) == 0
