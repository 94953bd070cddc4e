"""A worker in waiting plays as any other would, sooner; one that does not fit is left alone."""

import asyncio
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import venv
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from session.budget import Budget
from session.exit_info import Cause
from session.ports import SMALL_FILES, Launch
from session.rights import Rights
from session.run_id import new_run_id
from session.runtime import machine_load
from session.runtime.leftovers import ProcessLeftovers
from session.runtime.process_runtime import ProcessRuntime
from session.runtime.spare import Spare
from session.runtime.spares import Spares
from session.settings import SessionSettings
from tests.support.playing import Played, make_launch, play, program_files, start
from tests.support.process_watch import alive, members, open_fds, survivors, zombie_children

PROFILES = ("strict", "portable", "none")
HELLO = {"main.py": "print('hello')"}


@pytest.fixture(autouse=True)
def _always_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is that these tests run on."""
    monkeypatch.setattr(machine_load, "is_idle", lambda before, after: True)
    monkeypatch.setattr(machine_load, "is_short_of_memory", lambda: False)


@contextlib.asynccontextmanager
async def keeping(isolation: str = "strict") -> AsyncIterator[ProcessRuntime]:
    """A runtime that keeps workers waiting."""
    runtime = ProcessRuntime(SessionSettings(spares=True, isolation=isolation))
    assert runtime.spares is not None
    runtime.spares._look_s = 0.01
    try:
        yield runtime
    finally:
        await runtime.close()


def pool(runtime: ProcessRuntime) -> Spares:
    assert runtime.spares is not None
    return runtime.spares


async def spare_of(runtime: ProcessRuntime) -> Spare:
    """Wait until a worker is waiting, up and ready."""
    async with asyncio.timeout(30):
        while not pool(runtime).waiting:
            await asyncio.sleep(0.01)
        (spare,) = pool(runtime).waiting
        assert spare.seat is not None
        await asyncio.wait({spare.seat.launcher.started})
        control = spare.seat.pipes.control
        while not select.select([control], [], [], 0)[0]:  # until it says hello
            await asyncio.sleep(0.01)
        return spare


def again(launch: Launch, **changes: object) -> Launch:
    """The same, played once more."""
    run_id = new_run_id()
    prepared = replace(launch.prepared, **changes)  # type: ignore[arg-type]  # whatever fields it has
    return replace(launch, run_id=run_id, folder=launch.folder.parent / run_id, prepared=prepared)


async def play_in_spare(
    launch: Launch, runtime: ProcessRuntime, next_one: Launch | None = None
) -> tuple[Played, Played, Spare]:
    """Play twice; the second time in a worker that waits by then."""
    first = await play(launch, runtime)
    spare = await spare_of(runtime)
    second = await play(next_one or again(launch), runtime)
    return first, second, spare


def played_in(played: Played, spare: Spare) -> bool:
    """Whether the program's own process is the one that was waiting."""
    assert spare.seat is not None
    pids = [identity.pid for identity in played.execution.identities]
    return pids == [spare.seat.launcher.pid, spare.seat.launcher.started.result()]


LOOK = """
import json, os, resource, signal, sys, threading
view = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
status = dict(row.split(":", 1) for row in open("/proc/self/status").read().splitlines())
def told(value):
    text = str(value)
    for name in ("view", "scratch"):
        text = text.replace(os.path.join(os.path.dirname(view), name), "<" + name + ">")
    return text.replace(os.path.realpath(os.environ["TMPDIR"]), "<tmp>").replace(
        os.environ["TMPDIR"], "<tmp>").replace(os.environ["PLAYHEAD_RUN_ID"], "<run>")
print(json.dumps({
    "argv": told(sys.argv), "orig_argv": told(sys.orig_argv), "path": told(sys.path),
    "file": told(__file__), "cwd": told(os.getcwd()), "flags": str(sys.flags),
    "env": {name: told(value) for name, value in sorted(os.environ.items())},
    "signals": [str(signal.getsignal(n)) for n in (2, 15, 17, 13)],
    "mask": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
    "threads": threading.active_count(), "ids": [os.getuid(), os.getgid(), os.getgroups()],
    "leader": [os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid()],
    "limits": [resource.getrlimit(n) for n in (resource.RLIMIT_CORE, resource.RLIMIT_NOFILE)],
    "status": {name: status[name].strip() for name in ("CapEff", "CapBnd", "NoNewPrivs", "Seccomp",
                                                       "SigIgn", "SigBlk")},
    "fds": sorted(int(n) for n in os.listdir("/proc/self/fd"))[:-1],
    "modules": sorted(n for n in sys.modules if "playhead" in n),
    "main": sorted(vars(sys.modules["__main__"])),
    "encoding": sys.stdout.encoding, "umask": os.umask(0o22), "list": sorted(os.listdir(".")),
}))
"""


@pytest.mark.parametrize("isolation", PROFILES)
async def test_the_program_sees_what_it_always_sees(tmp_path: Path, isolation: str) -> None:
    files = {"sub/look.py": LOOK, "data.txt": "text", "deep/er/file": "x"}
    launch = make_launch(tmp_path, files, entry="sub/look.py", args=["one", "two"])
    launch = replace(launch, prepared=replace(launch.prepared, env=(("SET", "by me"),), cwd="deep"))
    async with keeping(isolation) as runtime:
        first, second, spare = await play_in_spare(launch, runtime)
        assert played_in(second, spare)
        assert spare.place.exists() is False
        assert spare not in pool(runtime).waiting
    cold, warm = json.loads(first.stdout), json.loads(second.stdout)
    assert warm == cold
    assert [entry.code for entry in second.sink.entries] == [
        entry.code for entry in first.sink.entries
    ]
    assert layers(second) == layers(first)


def layers(played: Played) -> dict[str, Any]:
    """What was put on, without how long that took."""
    return {name: v for name, v in (played.execution.isolation or {}).items() if name != "setup_ms"}


@pytest.mark.parametrize("isolation", PROFILES)
async def test_what_it_writes_is_kept_and_what_it_deletes_is_told(
    tmp_path: Path, isolation: str
) -> None:
    code = (
        "import os\n"
        "open('new.txt', 'w').write('new')\nopen('old.txt', 'a').write('more')\n"
        "open('same.txt').read()\nos.remove('gone.txt')\n"
        "os.makedirs('folder/in')\nopen('folder/in/it', 'w').write('in')\n"
    )
    files = {"main.py": code, "old.txt": "old", "same.txt": "same", "gone.txt": "gone"}
    async with keeping(isolation) as runtime:
        _first, second, spare = await play_in_spare(make_launch(tmp_path, files), runtime)
    assert played_in(second, spare)
    assert second.execution.written == ("folder/in/it", "new.txt", "old.txt")
    assert second.execution.deleted == ("gone.txt",)
    assert (second.folder / "written" / "old.txt").read_text() == "oldmore"
    assert left_in(tmp_path) == []


async def test_the_image_that_is_played_is_the_one_of_now(tmp_path: Path) -> None:
    launch = make_launch(tmp_path, HELLO)
    changed = make_launch(tmp_path, {"main.py": "print('changed')"})
    async with keeping() as runtime:
        _first, second, spare = await play_in_spare(launch, runtime, changed)
    assert played_in(second, spare)
    assert second.stdout == "changed\n"


CHANGES: dict[str, Callable[[Launch], Launch]] = {
    "rights": lambda one: again(one, rights=Rights(net=True)),
    "variables": lambda one: again(one, env=(("LANG", "C"),)),
    "data": lambda one: replace(again(one), data=one.data.parent / "other"),
    "project": lambda one: again(one, write_project=True),
    "many files": lambda one: again(
        one,
        files=tuple(
            replace(one.prepared.files[0], path=f"{n}.py") if n else one.prepared.files[0]
            for n in range(SMALL_FILES + 1)
        ),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_play_that_asks_for_something_else_starts_by_itself(
    tmp_path: Path, change: str
) -> None:
    async with keeping() as runtime:
        launch = make_launch(tmp_path, HELLO)
        _first, second, spare = await play_in_spare(launch, runtime, CHANGES[change](launch))
        assert second.stdout == "hello\n"
        assert second.exit.cause is Cause.FINISHED
        assert not played_in(second, spare)
        assert spare.seat is not None
        await asyncio.wait_for(spare.seat.launcher.gone, 30)


async def test_an_environment_that_has_changed_is_started_anew(tmp_path: Path) -> None:
    python = make_environment(tmp_path / "env")
    launch = make_launch(
        tmp_path, {"main.py": "import added; print(added.__name__)"}, python=python
    )
    async with keeping() as runtime:
        first = await play(launch, runtime)
        assert "ModuleNotFoundError" in first.stderr
        spare = await spare_of(runtime)
        packages = packages_of(tmp_path / "env")
        (tmp_path / "env" / "more").mkdir()
        (tmp_path / "env" / "more" / "added.py").touch()
        (packages / "more.pth").write_text(str(tmp_path / "env" / "more"))
        second = await play(again(launch), runtime)
        assert not played_in(second, spare)
    assert second.stdout == "added\n"


def packages_of(environment: Path) -> Path:
    (packages,) = environment.glob("lib/python*/site-packages")
    return packages


def left_in(folder: Path) -> list[Path]:
    """The folders of spare workers that are still there."""
    return list(folder.glob("runs/spares/*"))


def make_environment(folder: Path) -> Path:
    venv.create(folder, symlinks=True, with_pip=False)
    return folder / "bin" / "python"


@pytest.mark.parametrize("isolation", PROFILES)
async def test_a_spare_that_was_ended_is_done_without(tmp_path: Path, isolation: str) -> None:
    launch = make_launch(tmp_path, HELLO)
    async with keeping(isolation) as runtime:
        await play(launch, runtime)
        spare = await spare_of(runtime)
        assert spare.seat is not None
        os.kill(spare.seat.launcher.started.result(), signal.SIGKILL)  # type: ignore[arg-type]
        # Right away: nobody has heard of it yet.
        second = await play(again(launch), runtime)
        assert second.stdout == "hello\n"
        assert second.exit.cause is Cause.FINISHED
        assert not spare.place.exists()
    assert left_in(tmp_path) == []


async def test_a_lost_launcher_is_done_without(tmp_path: Path) -> None:
    launch = make_launch(tmp_path, HELLO)
    async with keeping() as runtime:
        await play(launch, runtime)
        spare = await spare_of(runtime)
        assert spare.seat is not None
        os.kill(spare.seat.launcher.pid, signal.SIGKILL)
        assert (await play(again(launch), runtime)).stdout == "hello\n"


async def test_what_an_environment_does_while_it_waits_leads_nowhere(tmp_path: Path) -> None:
    """A package may run code at every start of its interpreter: here it sets a trap."""
    outside = tmp_path / "outside"
    outside.mkdir()
    python = make_environment(tmp_path / "env")
    packages = packages_of(tmp_path / "env")
    trap = f"import os; os.path.lexists('sub') or os.symlink({str(outside)!r}, 'sub')"
    (packages / "trap.pth").write_text(trap + "\n")
    launch = make_launch(
        tmp_path, {"main.py": "print('played')", "sub/file": "inside"}, python=python
    )
    async with keeping("portable") as runtime:
        _first, second, spare = await play_in_spare(launch, runtime)
        assert not played_in(second, spare)
        assert not spare.place.exists()
    assert second.stdout == "played\n"
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("isolation", ["strict", "portable"])
async def test_nothing_runs_outside_of_the_isolation_while_it_waits(
    tmp_path: Path, isolation: str
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    python = make_environment(tmp_path / "env")
    packages = packages_of(tmp_path / "env")
    spy = f"import builtins; exec({SPY!r}.replace('PATH', {str(secret)!r}))"
    (packages / "spy.pth").write_text(f"import sys; {spy}\n")
    launch = make_launch(
        tmp_path,
        {"main.py": "print(open(__import__('os').environ['TMPDIR'] + '/spied').read())"},
        python=python,
    )
    async with keeping(isolation) as runtime:
        _first, second, spare = await play_in_spare(launch, runtime)
        assert played_in(second, spare)
    assert second.stdout.startswith("denied"), second.stderr


SPY = """
import os
try:
    said = open('PATH').read()
except OSError as error:
    said = 'denied ' + str(error.errno)
open(os.environ['TMPDIR'] + '/spied', 'w').write(said)
"""


async def test_its_budget_is_watched_from_the_start_of_the_program_on(tmp_path: Path) -> None:
    launch = make_launch(
        tmp_path, {"main.py": "import time; print('on', flush=True); time.sleep(60)"}
    )
    launch = replace(launch, prepared=replace(launch.prepared, budget=Budget(wall_s=0.6)))
    async with keeping() as runtime:
        first, second, spare = await play_in_spare(launch, runtime)
    assert played_in(second, spare)
    for played in (first, second):
        assert played.stdout == "on\n"
        assert played.exit.cause is Cause.BUDGET, played.exit.message


@pytest.mark.parametrize("isolation", PROFILES)
async def test_stop_leaves_nothing(tmp_path: Path, isolation: str) -> None:
    launch = make_launch(tmp_path, program_files("tree_of_six"))
    async with keeping(isolation) as runtime:
        await _stopped(launch, runtime)
        spare = await spare_of(runtime)
        second = again(launch)
        execution, _sink = await _stopped(second, runtime)
        assert spare.seat is not None
        assert execution.identities[0].pid == spare.seat.launcher.pid
        assert members(second.run_id) == []
        assert survivors([identity.pid for identity in execution.identities]) == []
        assert members(spare.mark) == []


async def _stopped(launch: Launch, runtime: ProcessRuntime) -> tuple[Any, Any]:
    execution, sink = await start(launch, runtime)
    waiting = asyncio.ensure_future(execution.wait())
    await sink.until("ready")
    execution.kill()
    await asyncio.wait_for(waiting, 30)
    return execution, sink


async def test_closing_leaves_no_process_descriptor_or_folder(tmp_path: Path) -> None:
    before, dead = open_fds(), set(zombie_children())
    async with keeping() as runtime:
        await play(make_launch(tmp_path, HELLO), runtime)
        spare = await spare_of(runtime)
    assert members(spare.mark) == []
    assert set(zombie_children()) <= dead
    assert left_in(tmp_path) == []
    assert len(open_fds()) <= len(before) + 1  # the loop's own executor may have come


async def test_they_are_given_up_when_nobody_plays_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("session.runtime.spares.IDLE_S", 2.0)
    monkeypatch.setattr("session.runtime.spares._NEXT_LOOK_S", 0.05)
    async with keeping() as runtime:
        await play(make_launch(tmp_path, HELLO), runtime)
        spare = await spare_of(runtime)
        assert spare.seat is not None
        await asyncio.wait_for(spare.seat.launcher.gone, 30)
        assert pool(runtime).waiting == ()


async def test_they_are_given_up_when_the_user_wants_none(tmp_path: Path) -> None:
    launch = make_launch(tmp_path, HELLO)
    async with keeping() as runtime:
        await play(launch, runtime)
        spare = await spare_of(runtime)
        runtime.keep_ready(on=False)
        assert spare.seat is not None
        await asyncio.wait_for(spare.seat.launcher.gone, 30)
        await play(again(launch), runtime)
        await asyncio.sleep(0.1)
        assert pool(runtime).waiting == ()


async def test_a_machine_short_of_memory_keeps_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("session.runtime.spares._NEXT_LOOK_S", 0.05)
    async with keeping() as runtime:
        await play(make_launch(tmp_path, HELLO), runtime)
        spare = await spare_of(runtime)
        assert spare.seat is not None
        monkeypatch.setattr(machine_load, "is_short_of_memory", lambda: True)
        await asyncio.wait_for(spare.seat.launcher.gone, 30)


OWNER = """
import asyncio, sys
from pathlib import Path
from session.runtime import machine_load
from session.runtime.process_runtime import ProcessRuntime
from session.settings import SessionSettings
from tests.support.playing import make_launch, play, start
from tests.session.runtime.test_spares import again, spare_of

async def main():
    machine_load.is_idle = lambda before, after: True
    runtime = ProcessRuntime(SessionSettings(spares=True, isolation=sys.argv[2]))
    code = "import time; open('kept.txt', 'w').write('kept')"
    code += "; print('on', flush=True); time.sleep(60)"
    hello = make_launch(Path(sys.argv[1]), {"main.py": "print(1)"})
    await play(hello, runtime)
    spare = await spare_of(runtime)
    second = again(hello, files=make_launch(Path(sys.argv[1]), {"main.py": code}).prepared.files)
    execution, sink = await start(second, runtime)
    asyncio.ensure_future(execution.wait())
    await sink.until("on")
    waiting = await spare_of(runtime)
    print(spare.mark, waiting.mark, second.run_id, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.parametrize("isolation", PROFILES)
def test_a_killed_playhead_leaves_nothing_that_the_next_start_does_not_tidy(
    tmp_path: Path, isolation: str
) -> None:
    command = [sys.executable, "-c", OWNER, str(tmp_path), isolation]
    owner = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    used, waiting, run_id = owner.stdout.readline().split()
    processes = [*members(used), *members(waiting), *members(run_id)]
    assert processes
    owner.kill()
    owner.wait()
    owner.stdout.close()
    assert survivors(processes, within_s=5) == []
    for pid in processes:  # orphans come to us
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
    runs = tmp_path / "runs"
    assert (runs / "spares" / used / "view" / "kept.txt").exists()
    leftovers = ProcessLeftovers()
    leftovers.tidy(runs / run_id)
    leftovers.clear(runs)
    assert (runs / run_id / "written" / "kept.txt").read_text() == "kept"
    assert list((runs / "spares").iterdir()) == []


def test_the_spares_of_a_living_playhead_are_left_alone(tmp_path: Path) -> None:
    async def main() -> None:
        async with keeping() as runtime:
            await play(make_launch(tmp_path, HELLO), runtime)
            spare = await spare_of(runtime)
            ProcessLeftovers().clear(tmp_path / "runs")
            assert spare.place.exists()
            assert spare.seat is not None
            assert alive(spare.seat.launcher.pid)

    asyncio.run(main())


def look_at(tmp_path: Path, text: str) -> Mapping[str, Any] | None:
    path = tmp_path / "stat"
    path.write_text(text)
    found = machine_load.look(path)
    return found._asdict() if found else None


def test_the_load_of_the_machine_is_read_as_it_is(tmp_path: Path) -> None:
    assert look_at(tmp_path, "cpu  10 0 10 70 10 0 0 0 0 0\ncpu0\n") == {
        "idle": 80,
        "total": 100,
    }
    assert look_at(tmp_path, "nonsense") is None
    assert machine_load.look(tmp_path / "none") is None
    assert machine_load.look() is not None
