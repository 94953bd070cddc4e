"""Play and Stop, over and over in one service: nothing may be left that adds up."""

import asyncio
import os
import random
import tempfile
from pathlib import Path

import psutil
import pytest

import resources
from session.compose import build_service
from session.execution_session import ExecutionSession
from session.home import Home
from session.settings import SessionSettings
from session.state import SessionState
from tests.support.soak import rounds

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(3600)]

ENDED = {SessionState.STOPPED, SessionState.RUNTIME_FAILED}


def left_behind() -> tuple[int, int, frozenset[str]]:
    """What a leak would add to: open files, descendants, entries of the temporary folder."""
    me = psutil.Process()
    temporary = frozenset(os.listdir(tempfile.gettempdir()))
    return me.num_fds(), len(me.children(recursive=True)), temporary


async def play_and_stop(session: ExecutionSession, seconds: float) -> None:
    """Play, and stop after a while, wherever the run is by then."""
    session.play()
    await asyncio.sleep(seconds)
    if session.state.active:
        session.stop()
    ended = await asyncio.wait_for(session.wait(), 60)
    assert ended.state in ENDED


async def test_cycles_leave_nothing_behind(tmp_path: Path) -> None:
    chance = random.Random(2026)
    service = build_service(Home.under(tmp_path), SessionSettings(grace_s=0.5, history_runs=5))
    session = service.open(resources.example_path("harbour"))
    await play_and_stop(session, 1.0)  # fills the store, and everything imported late
    before = left_behind()
    for _ in range(rounds(usual=8, soak=500)):
        await play_and_stop(session, chance.uniform(0, 0.8))
    after = left_behind()
    assert after[0] <= before[0] + 2  # the log of the last run is still open to readers
    assert after[1] == before[1]
    assert {name for name in after[2] - before[2] if "playhead" in name} == set()
    assert len(service.history.list()) <= 6
    await service.close()
