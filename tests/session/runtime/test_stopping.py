"""Stop leaves nothing: every descendant is ended, however it tried to get away."""

import asyncio
import os
import random
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from session.errors import ConnectFailed
from session.exit_info import Cause
from session.log.entry import NewEntry
from session.ports import Launch
from session.runtime.execution import ProcessExecution
from session.runtime.platforms.linux import LinuxPlatform
from session.runtime.platforms.posix import PosixPlatform
from session.runtime.platforms.seam import Platform
from session.runtime.process_runtime import ProcessRuntime
from session.settings import SessionSettings
from tests.support.playing import Played, Recorder, finish, make_launch, program_files, start
from tests.support.process_watch import alive, members, open_fds, survivors, zombie_children
from tests.support.short_links import short_links

PLATFORMS = [LinuxPlatform(), PosixPlatform()]
both = pytest.mark.parametrize("platform", PLATFORMS, ids=lambda one: one.profile)


async def begin(
    tmp_path: Path, name: str, until: str, platform: Platform | None = None, *args: str
) -> tuple[Launch, ProcessExecution, Recorder, asyncio.Task[Played]]:
    launch = make_launch(tmp_path, program_files(name), args=args)
    runtime = ProcessRuntime(SessionSettings(isolation="none"), platform=platform)
    execution, sink = await start(launch, runtime)
    waiting = asyncio.create_task(finish(execution, sink, launch))
    await sink.until(until)
    return launch, execution, sink, waiting


def family(sink: Recorder) -> dict[str, int]:
    rows = (line.split() for line in sink.stdout.splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdigit()}


@both
async def test_no_survivor_of_the_six(tmp_path: Path, platform: Platform) -> None:
    launch, execution, sink, waiting = await begin(tmp_path, "tree_of_six", "ready", platform)
    pids = family(sink)
    assert len(pids) == 6
    assert all(alive(pid) for pid in pids.values())
    execution.kill()
    played = await waiting
    assert survivors(pids.values()) == []
    assert members(launch.run_id) == []
    assert played.exit.cause is Cause.STOPPED_BY_USER
    assert list(launch.folder.iterdir()) == []


@both
async def test_interrupting_lets_the_program_say_goodbye(
    tmp_path: Path, platform: Platform
) -> None:
    _launch, execution, _sink, waiting = await begin(
        tmp_path, "asyncio_server", "serving", platform
    )
    execution.interrupt()
    played = await waiting
    assert played.stdout == "serving\nfinally ran\natexit ran\n"
    assert played.stderr == ""
    assert played.exit.cause is Cause.STOPPED_BY_USER
    assert played.exit.signal == signal.SIGINT
    (entry,) = played.sink.with_code("interrupted")
    assert entry.message.startswith("The program was interrupted at main.py:")


async def test_a_program_that_handles_the_interrupt_keeps_its_exit_code(tmp_path: Path) -> None:
    _launch, execution, sink, waiting = await begin(
        tmp_path, "tree_of_six", "ready", None, "--cooperative"
    )
    execution.interrupt()
    played = await waiting
    assert played.exit.code == 0
    assert played.exit.cause is Cause.STOPPED_BY_USER
    assert survivors(family(sink).values()) == []


async def test_a_deaf_program_outlives_the_interrupt_and_not_the_kill(tmp_path: Path) -> None:
    _launch, execution, _sink, waiting = await begin(tmp_path, "ignores_signals", "deaf")
    execution.interrupt()
    await asyncio.sleep(0.3)
    assert not waiting.done()
    execution.kill()
    played = await waiting
    assert played.exit.signal == signal.SIGKILL


@pytest.mark.parametrize("name", ["floods", "stops_itself", "fork_rabbit", "holds_pipe"])
async def test_difficult_programs_end_too(tmp_path: Path, name: str) -> None:
    until = {"floods": "xxx", "stops_itself": "stopped", "fork_rabbit": "running"}
    launch, execution, _sink, waiting = await begin(tmp_path, name, until.get(name, "done"))
    execution.kill()
    await waiting
    assert members(launch.run_id) == []


async def test_a_launcher_that_is_killed_is_replaced_by_us(tmp_path: Path) -> None:
    zombies = set(zombie_children())  # of tests that kill a Playhead: its orphans come to us
    launch, execution, sink, waiting = await begin(tmp_path, "tree_of_six", "ready")
    os.kill(execution.identities[0].pid, signal.SIGKILL)
    played = await waiting
    assert played.exit.cause is Cause.WORKER_LOST
    assert survivors(family(sink).values()) == []
    assert members(launch.run_id) == []
    assert not set(zombie_children()) - zombies


async def test_a_launcher_that_hangs_is_replaced_by_us(tmp_path: Path) -> None:
    launch, execution, sink, waiting = await begin(tmp_path, "tree_of_six", "ready")
    os.kill(execution.identities[0].pid, signal.SIGSTOP)
    execution.kill()
    played = await waiting
    assert played.exit.cause is Cause.STOPPED_BY_USER
    assert survivors(family(sink).values()) == []
    assert members(launch.run_id) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_signals_to_the_launcher(tmp_path: Path, number: signal.Signals) -> None:
    launch, execution, sink, waiting = await begin(tmp_path, "tree_of_six", "ready")
    os.kill(execution.identities[0].pid, number)
    if number is not signal.SIGTERM:
        await asyncio.sleep(0.2)
        assert not waiting.done()
        execution.kill()
    played = await waiting
    lost = number is signal.SIGTERM
    assert played.exit.cause is (Cause.WORKER_LOST if lost else Cause.STOPPED_BY_USER)
    assert survivors(family(sink).values()) == []
    assert members(launch.run_id) == []


async def test_the_worker_killed_from_outside_is_told_honestly(tmp_path: Path) -> None:
    _launch, _execution, sink, waiting = await begin(tmp_path, "tree_of_six", "ready")
    os.kill(family(sink)["self"], signal.SIGKILL)
    played = await waiting
    assert played.exit.cause is Cause.SIGNAL
    assert "SIGKILL, and not by Playhead" in played.exit.message
    assert survivors(family(sink).values()) == []


async def _stop_at_once(execution: ProcessExecution) -> None:
    execution.interrupt()


async def _stop_soon(execution: ProcessExecution) -> None:
    await asyncio.sleep(0.015)
    execution.kill()


@pytest.mark.parametrize("stop", [_stop_at_once, _stop_soon])
async def test_stopping_before_the_worker_is_up(
    tmp_path: Path, stop: Callable[[ProcessExecution], asyncio.Future[None]]
) -> None:
    launch = make_launch(tmp_path, program_files("tree_of_six"))
    sink = Recorder()
    execution = await ProcessRuntime(SessionSettings(isolation="none")).start(launch, sink)
    await stop(execution)
    with pytest.raises(ConnectFailed, match="Stopped before"):
        await execution.connect()
    assert (await execution.wait()).cause is Cause.STOPPED_BY_USER
    assert members(launch.run_id) == []
    assert list(launch.folder.iterdir()) == []
    assert not sink.stdout


@pytest.mark.parametrize(
    "source",
    [
        "while True: print('x' * 50)",
        "import time\nwhile True: time.sleep(0.001)",
        "print('a')\nprint('b')\n",
    ],
)
async def test_an_interrupt_at_any_moment_shows_nothing_of_ours(
    tmp_path: Path, source: str
) -> None:
    chance = random.Random(7)
    for _ in range(12):
        launch = make_launch(tmp_path, {"main.py": source})
        execution, sink = await start(launch)
        waiting = asyncio.create_task(finish(execution, sink, launch))
        await asyncio.sleep(chance.choice([0.0, 0.002, 0.02]) * chance.random())
        execution.interrupt()
        played = await waiting
        assert played.stderr == ""
        assert not played.sink.errors()
        assert played.exit.signal == signal.SIGINT or played.exit.code == 0


async def test_killing_twice_and_after_the_end_is_harmless(tmp_path: Path) -> None:
    _launch, execution, _sink, waiting = await begin(tmp_path, "asyncio_server", "serving")
    execution.kill()
    execution.kill()
    await waiting
    execution.kill()
    execution.interrupt()
    execution.send_input(b"late")
    execution.close_input()
    assert (await execution.wait()).cause is Cause.STOPPED_BY_USER


async def test_many_runs_leak_nothing(tmp_path: Path) -> None:
    async def cycle() -> str:
        launch, execution, sink, waiting = await begin(tmp_path, "tree_of_six", "ready")
        execution.kill()
        await waiting
        assert survivors(family(sink).values()) == []
        assert list(launch.folder.iterdir()) == []
        return launch.run_id

    await cycle()
    fds = open_fds()
    zombies = set(zombie_children())
    for _ in range(5):
        assert members(await cycle()) == []
    assert open_fds() == fds
    assert short_links(tmp_path) == set()
    assert not set(zombie_children()) - zombies


def test_a_loop_that_is_torn_down_leaves_nothing(tmp_path: Path) -> None:
    async def leave() -> tuple[str, list[int]]:
        launch, _execution, sink, _waiting = await begin(tmp_path, "tree_of_six", "ready")
        return launch.run_id, list(family(sink).values())

    run_id, pids = asyncio.run(leave())
    assert len(pids) == 6
    assert survivors(pids) == []
    assert members(run_id) == []


async def test_a_fault_in_the_sink_ends_the_run(tmp_path: Path) -> None:
    class Faulty(Recorder):
        def log(self, entry: NewEntry) -> None:
            super().log(entry)
            if entry.code == "started":
                message = "no room"
                raise LookupError(message)

    launch = make_launch(tmp_path, program_files("tree_of_six"))
    execution = await ProcessRuntime(SessionSettings(isolation="none")).start(launch, Faulty())
    with pytest.raises(LookupError, match="no room"):
        await execution.wait()
    assert members(launch.run_id) == []


async def test_sessions_side_by_side_do_not_touch_each_other(tmp_path: Path) -> None:
    one = await begin(tmp_path, "tree_of_six", "ready")
    other = await begin(tmp_path, "tree_of_six", "ready")
    one[1].kill()
    await one[3]
    assert survivors(family(one[2]).values()) == []
    assert all(alive(pid) for pid in family(other[2]).values())
    other[1].kill()
    await other[3]
    assert survivors(family(other[2]).values()) == []


async def test_the_fallback_says_what_it_lacks(tmp_path: Path) -> None:
    _launch, execution, sink, waiting = await begin(
        tmp_path, "asyncio_server", "serving", PosixPlatform()
    )
    execution.kill()
    await waiting
    (entry,) = sink.with_code("layers-missing")
    assert "subreaper" in entry.message
    assert len(PosixPlatform().gaps) == 3


async def test_a_tree_without_the_kernels_lists_of_children(tmp_path: Path) -> None:
    """The sweep also works from a scan of the whole table (CONFIG_PROC_CHILDREN missing)."""
    from session.worker.process_table import descendants

    _launch, execution, sink, waiting = await begin(tmp_path, "tree_of_six", "ready")
    launcher = execution.identities[0].pid
    assert set(descendants(launcher, by_scan=True)) == set(descendants(launcher))
    assert set(family(sink).values()) <= set(descendants(launcher))
    execution.kill()
    await waiting


async def test_a_program_that_stops_its_launcher_and_ends_is_told(tmp_path: Path) -> None:
    source = (
        "import os, signal\nprint('out', flush=True)\n"
        "os.kill(os.getppid(), signal.SIGSTOP)\nprint('end')"
    )
    launch = make_launch(tmp_path, {"main.py": source})
    execution, sink = await start(launch)
    played = await asyncio.wait_for(finish(execution, sink, launch), 60)
    assert played.exit.cause is Cause.WORKER_LOST
    assert played.stdout == "out\nend\n"
    assert survivors(one.pid for one in execution.identities) == []
    assert members(launch.run_id) == []


async def test_a_launcher_that_was_only_slow_still_tells_the_exit_code(tmp_path: Path) -> None:
    source = (
        "import os, signal, subprocess, sys\n"
        "wake = 'import os, sys, time; time.sleep(1.3); os.kill(int(sys.argv[1]), 18)'\n"
        "subprocess.Popen([sys.executable, '-c', wake, str(os.getppid())])\n"
        "os.kill(os.getppid(), signal.SIGSTOP)\nos._exit(5)"
    )
    launch = make_launch(tmp_path, {"main.py": source})
    execution, sink = await start(launch)
    played = await asyncio.wait_for(finish(execution, sink, launch), 60)
    assert (played.exit.cause, played.exit.code) in [
        (Cause.EXIT_CODE, 5),
        (Cause.WORKER_LOST, None),  # on a machine so busy that it woke up too late
    ]
    assert members(launch.run_id) == []


async def test_the_end_of_a_process_that_is_no_child_is_seen() -> None:
    loop = asyncio.get_running_loop()
    process = await asyncio.create_subprocess_exec("sleep", "30")
    gone = asyncio.Event()
    calls: list[None] = []
    unwatch = LinuxPlatform().watch_gone(loop, process.pid, gone.set)
    LinuxPlatform().watch_gone(loop, process.pid, lambda: calls.append(None))()
    process.kill()
    await asyncio.wait_for(gone.wait(), 30)
    await process.wait()
    unwatch()
    assert not calls
    before = open_fds()
    LinuxPlatform().watch_gone(loop, process.pid, gone.set)()
    assert open_fds() == before
