"""A worker in waiting is done without where it would see what is past, or does not keep still."""

import asyncio
from pathlib import Path

import pytest

from session.rights import Rights
from session.runtime import machine_load
from tests.session.runtime.test_spares import (
    HELLO,
    again,
    keeping,
    make_environment,
    packages_of,
    played_in,
    pool,
    spare_of,
)
from tests.support.playing import make_launch, play


@pytest.fixture(autouse=True)
def _always_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is that these tests run on."""
    monkeypatch.setattr(machine_load, "is_idle", lambda before, after: True)
    monkeypatch.setattr(machine_load, "is_short_of_memory", lambda: False)


@pytest.mark.parametrize("isolation", ["strict", "portable"])
async def test_a_file_that_was_replaced_is_seen_as_it_is_now(
    tmp_path: Path, isolation: str
) -> None:
    granted = tmp_path / "settings.txt"
    granted.write_text("old")
    launch = make_launch(tmp_path, {"main.py": f"print(open({str(granted)!r}).read())"})
    launch = again(launch, rights=Rights(read=(str(granted),)))
    async with keeping(isolation) as runtime:
        await play(launch, runtime)
        spare = await spare_of(runtime)
        draft = tmp_path / "draft"  # as editors save
        draft.write_text("new")
        draft.replace(granted)
        second = await play(again(launch), runtime)
        assert not played_in(second, spare)
    assert second.stdout == "new\n"


async def test_a_folder_that_was_made_anew_is_written_to(tmp_path: Path) -> None:
    code = "import os; open(os.environ['PLAYHEAD_DATA'] + '/kept.txt', 'w').write('kept')"
    launch = make_launch(tmp_path, {"main.py": code})
    async with keeping() as runtime:
        await play(launch, runtime)
        spare = await spare_of(runtime)
        launch.data.rename(tmp_path / "old")
        launch.data.mkdir()
        second = await play(again(launch), runtime)
        assert not played_in(second, spare)
    assert (launch.data / "kept.txt").read_text() == "kept"


BUSY = {
    "a process": "import subprocess, sys; subprocess.Popen(['sleep', '600'])",
    "a thread": "import _thread, time; _thread.start_new_thread(time.sleep, (600,))",
}


@pytest.mark.parametrize("what", BUSY)
async def test_an_environment_that_does_not_keep_still_has_none_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr("session.runtime.spares._NEXT_LOOK_S", 0.05)
    python = make_environment(tmp_path / "env")
    (packages_of(tmp_path / "env") / "busy.pth").write_text(BUSY[what] + "\n")
    launch = make_launch(tmp_path, HELLO, python=python)
    async with keeping() as runtime:
        seen = asyncio.ensure_future(spare_of(runtime))
        assert (await play(launch, runtime)).stdout == "hello\n"
        spare = await seen
        assert spare.seat is not None
        await asyncio.wait_for(spare.seat.launcher.gone, 30)
        assert (await play(again(launch), runtime)).stdout == "hello\n"
        await asyncio.sleep(0.3)
        assert pool(runtime).waiting == ()
