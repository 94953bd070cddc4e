"""Play and Stop, over and over in one service: nothing may be left that adds up."""

import asyncio
import os
import random
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

import resources
from session.compose import build_service
from session.errors import IllegalTransition
from session.events import RunEnded, RunStarted, SessionEvent, StateChanged
from session.execution_session import ExecutionSession
from session.home import Home
from session.log.entry import StateEntry
from session.run_id import RunId
from session.settings import SessionSettings
from session.state import SessionState, Trigger, next_state
from tests.support.playhead import processes_of
from tests.support.soak import rounds

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(3600)]

ENDED = {SessionState.STOPPED, SessionState.RUNTIME_FAILED}
#: Long enough that every run needs a short name for its temporary folder.
DEEP = "a-folder-with-a-long-name-" * 4
FAMILY = """
import os, subprocess, sys, time
sleeper = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(60)"
subprocess.Popen([sys.executable, "-S", "-c", sleeper])
subprocess.Popen([sys.executable, "-S", "-c", sleeper], start_new_session=True)
open("made.txt", "w").write("x")
for n in range(10**9):
    print("line", n, flush=True)
    time.sleep(0.01)
"""


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, Path]]:
    """A temporary and a runtime folder that nobody else uses, with names as short as usual."""
    temporary, runtime = Path(tempfile.mkdtemp()), Path(tempfile.mkdtemp())
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    yield temporary, runtime
    shutil.rmtree(temporary)
    shutil.rmtree(runtime)


def entries(places: tuple[Path, Path]) -> set[Path]:
    return {entry for place in places for entry in place.iterdir()}


def open_and_below() -> tuple[int, int]:
    """What a leak would add to: open files and descendants of ours."""
    me = psutil.Process()
    return me.num_fds(), len(me.children(recursive=True))


def short_names(places: tuple[Path, Path], home: Path) -> set[Path]:
    """The links that runs of this home go by."""
    links = {link for place in places for link in place.glob("ph-*")}
    return {link for link in links if link.readlink().is_relative_to(home)}


async def until_running(session: ExecutionSession) -> None:
    async with asyncio.timeout(60):
        while session.state is not SessionState.RUNNING:
            await asyncio.sleep(0.01)


async def play_and_stop(session: ExecutionSession, seconds: float) -> None:
    """Play, and stop after a while, wherever the run is by then."""
    session.play()
    await asyncio.sleep(seconds)
    if session.state.active:
        session.stop()
    ended = await asyncio.wait_for(session.wait(), 60)
    assert ended.state in ENDED


async def test_cycles_leave_nothing_behind(tmp_path: Path, places: tuple[Path, Path]) -> None:
    chance = random.Random(2026)
    home = tmp_path / DEEP
    service = build_service(Home.under(home), SessionSettings(grace_s=0.5, history_runs=5))
    session = service.open(resources.example_path("harbour"))
    session.play()  # fills the store, and everything imported late
    await until_running(session)
    assert short_names(places, home), "without a link, its removal proves nothing"
    session.stop()
    await asyncio.wait_for(session.wait(), 60)
    assert entries(places) == set()
    before = open_and_below()
    for _ in range(rounds(usual=8, soak=500)):
        await play_and_stop(session, chance.uniform(0, 0.8))
        assert entries(places) == set()
    after = open_and_below()
    assert after[0] <= before[0] + 2  # the log of the last run is still open to readers
    assert after[1] == before[1]
    assert len(service.history.list()) <= 6
    await service.close()


class Masher:
    """Presses Play, Stop and forced Stop at random, and hears what is announced."""

    def __init__(self, session: ExecutionSession, seed: int) -> None:
        self.session = session
        self.chance = random.Random(seed)
        self.asked: list[RunId] = []
        self.events: list[SessionEvent] = []
        session.subscribe(self.events.append)

    async def mash(self, clicks: int) -> None:
        """Click, mostly at once, sometimes after the run has come up."""
        for _ in range(clicks):
            what = self.chance.choice(["play", "play", "stop", "forced stop"])
            pause = self.chance.choice([None, None, 0, 0.01, 0.1, 0.3])
            self.press(what)
            if pause is None:
                await self._a_while()
            else:
                await asyncio.sleep(pause)

    async def _a_while(self) -> None:
        for _ in range(200):
            if self.session.state is SessionState.RUNNING or not self.session.state.active:
                return
            await asyncio.sleep(0.01)

    def press(self, what: str) -> None:
        """Press one button, in whatever state; a Stop of nothing must be refused."""
        active = self.session.state.active
        if what == "play":
            self.asked.append(self.session.play())
        elif active:
            self.session.stop(force=what == "forced stop")
        else:
            with pytest.raises(IllegalTransition):
                self.session.stop(force=what == "forced stop")

    async def until_up(self) -> None:
        """Wait until the run that was asked for last is running."""
        async with asyncio.timeout(60):
            while self.session.run_id != self.asked[-1] or self.session.state.value != "running":
                await asyncio.sleep(0.01)

    @property
    def begun(self) -> list[RunId]:
        return [event.run_id for event in self.events if isinstance(event, RunStarted)]


@pytest.mark.parametrize("seed", [7, 2026])
async def test_a_masher_ends_consistent_with_real_processes(
    tmp_path: Path,
    places: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    home, project = tmp_path / DEEP, tmp_path / "project"
    project.mkdir()
    (project / "main.py").write_text(FAMILY)
    service = build_service(Home.under(home), SessionSettings(grace_s=0.3, history_runs=10**6))
    session = service.open(project)
    masher = Masher(session, seed)
    await masher.mash(rounds(usual=25, soak=1000))
    for what in ("play", "play", "stop", "play"):  # each of them in mid-run, whatever came before
        masher.press(what)
        await (session.wait() if what == "stop" else masher.until_up())
    assert short_names(places, home)
    masher.press("forced stop")
    await asyncio.wait_for(session.wait(), 60)
    check_announced(masher)
    check_kept(masher, home)
    assert entries(places) == set()
    await service.close()
    assert {pid for run_id in masher.asked for pid in processes_of(run_id)} == set()


def check_announced(masher: Masher) -> None:
    """The states are one legal chain, and every run that began ended once."""
    changes = [event for event in masher.events if isinstance(event, StateChanged)]
    state = SessionState.IDLE
    for change in changes:
        assert change.before is state
        assert next_state(state, Trigger(change.cause)) is change.after
        state = change.after
    assert state is masher.session.state is SessionState.STOPPED
    terminal = defaultdict(list)
    for change in changes:
        if not change.after.active:
            terminal[change.run_id].append(change.after)
    ended = [event for event in masher.events if isinstance(event, RunEnded)]
    assert [event.run_id for event in ended] == masher.begun
    assert {event.run_id: [event.state] for event in ended} == terminal
    assert set(masher.begun) <= set(masher.asked)
    assert masher.begun[-1] == masher.asked[-1]


def check_kept(masher: Masher, home: Path) -> None:
    """Runs that began are in the history, complete; of those that never did there is nothing."""
    history = masher.session._parts.history
    assert {record.run_id for record in history.list()} == set(masher.begun)
    assert os.listdir(home / "runs" / "live") == []
    for record in history.list():
        assert record.ended
        assert not history.is_live(record.run_id)
        assert processes_of(record.run_id) == []
        folder = history.folder(record.run_id)
        assert not {"view", "scratch"} & set(os.listdir(folder)), os.listdir(folder)
        log = history.open_log(record.run_id)
        rows = [row for row in log.read(limit=10**6) if isinstance(row, StateEntry)]
        assert [row.after for row in rows if not SessionState(row.after).active] == [record.state]
        log.close()
