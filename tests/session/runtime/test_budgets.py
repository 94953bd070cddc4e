"""A run that uses up a budget is ended, all of it; one that stays below is left alone.

Every program here is bounded by itself, so that a budget that is not enforced harms nothing.
"""

import asyncio
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from session.budget import Budget
from session.errors import ConnectFailed
from session.exit_info import Cause, ExitInfo
from session.log.entry import Severity
from session.ports import Launch
from session.runtime.platforms.linux import LinuxPlatform
from session.runtime.platforms.posix import PosixPlatform
from session.runtime.platforms.seam import Platform
from session.runtime.process_runtime import ProcessRuntime
from session.settings import SessionSettings
from session.worker.process_table import read_bytes
from tests.support.playing import Played, finish, make_launch, play, start
from tests.support.process_watch import members

MB = 1_000_000
both = pytest.mark.parametrize(
    "platform", [LinuxPlatform(), PosixPlatform()], ids=lambda one: one.profile
)

SLEEPS = "import time\nprint('up', flush=True)\ntime.sleep(40)\n"
#: What each process of a family does, after `family(n)` has made n of them.
FAMILY = """
import os, sys, time
def family(count):
    for _ in range(count - 1):
        if os.fork() == 0:
            return
"""
TAKES = """
blocks = []
def take(megabytes, pause=0.0):
    for _ in range(megabytes):
        blocks.append(bytearray(b"x" * 1_000_000))
        time.sleep(pause)
"""
WRITES = """
import pathlib
def write(files, size):
    for number in range(files):
        pathlib.Path(f"{os.getpid()}-{number}").write_bytes(b"x" * size)
"""


def budgeted(tmp_path: Path, source: str, budget: Budget) -> Launch:
    launch = make_launch(tmp_path, {"main.py": source})
    return replace(launch, prepared=replace(launch.prepared, budget=budget))


async def played(
    tmp_path: Path, source: str, budget: Budget, platform: Platform | None = None
) -> Played:
    launch = budgeted(tmp_path, source, budget)
    done = await play(launch, ProcessRuntime(SessionSettings(), platform=platform))
    assert members(launch.run_id) == []
    return done


def assert_reached(done: Played, name: str) -> None:
    assert done.exit.cause is Cause.BUDGET, (done.exit, done.stderr)
    (marker,) = done.sink.with_code(f"budget-{name}")
    assert marker.severity is Severity.ERROR
    assert (done.exit.message, done.exit.next_step) == (marker.message, marker.hint)
    assert "its budget is" in marker.message
    assert not done.sink.with_code("left-running"), "who was ended for it was not left"
    assert not done.sink.with_code("output-held")


REACHED = {
    "wall, asleep": ("wall", SLEEPS, Budget(wall_s=0.5)),
    "wall, deaf": (
        "wall",
        "import signal, time\nfor n in (1, 2, 15): signal.signal(n, signal.SIG_IGN)\n" + SLEEPS,
        Budget(wall_s=0.5),
    ),
    "wall, in a child that left the session": (
        "wall",
        FAMILY + "if os.fork(): sys.stdout.close(); time.sleep(40)\nos.setsid()\n"
        "if os.fork(): os._exit(0)\ntime.sleep(40)\n",
        Budget(wall_s=0.6),
    ),
    "cpu, alone": (
        "cpu",
        "import time\nend = time.time() + 30\nwhile time.time() < end: pass\n",
        Budget(cpu_s=0.5),
    ),
    "cpu, in threads": (
        "cpu",
        "import hashlib, threading, time\nend = time.time() + 30\n"
        "def work():\n    while time.time() < end: hashlib.sha256(bytes(1 << 20))\n"
        "for _ in range(3): threading.Thread(target=work).start()\n",
        Budget(cpu_s=0.5),
    ),
    "cpu, in many short children": (
        "cpu",
        FAMILY + "for _ in range(400):\n    if os.fork() == 0:\n"
        "        end = time.process_time() + 0.02\n"
        "        while time.process_time() < end: pass\n        os._exit(0)\n    os.wait()\n",
        Budget(cpu_s=0.6),
    ),
    "memory, alone": (
        "memory",
        FAMILY + TAKES + "take(400)\ntime.sleep(30)",
        Budget(memory=200 * MB),
    ),
    "memory, slowly": (
        "memory",
        FAMILY + TAKES + "take(100)\ntake(80, 0.01)\ntime.sleep(30)",
        Budget(memory=150 * MB),
    ),
    "memory, in five children": (
        "memory",
        FAMILY + TAKES + "family(6)\ntake(80)\ntime.sleep(30)",
        Budget(memory=200 * MB),
    ),
    "memory, copied after a fork": (
        "memory",
        FAMILY + TAKES + "take(60)\nfamily(6)\ntime.sleep(0.4)\n"
        "for block in blocks: block[::4096] = b'y' * len(block[::4096])\ntime.sleep(30)",
        Budget(memory=200 * MB),
    ),
    "memory, shared": (
        "memory",
        "import mmap, time\nshared = mmap.mmap(-1, 400_000_000)\n"
        "for at in range(0, 400_000_000, 4096): shared[at] = 1\ntime.sleep(30)",
        Budget(memory=200 * MB),
    ),
    "processes": ("processes", FAMILY + "family(40)\ntime.sleep(30)", Budget(processes=20)),
    "processes, detached": (
        "processes",
        FAMILY + "for _ in range(30):\n    if os.fork() == 0:\n        os.setsid()\n"
        "        if os.fork() == 0: time.sleep(30)\n        os._exit(0)\ntime.sleep(30)",
        Budget(processes=10),
    ),
    "disk, one file": (
        "disk",
        FAMILY + WRITES + "write(1, 60_000_000)\ntime.sleep(30)",
        Budget(disk=20 * MB),
    ),
    "disk, many files": (
        "disk",
        FAMILY + WRITES + "write(2500, 9_000)\ntime.sleep(30)",
        Budget(disk=10 * MB),
    ),
    "disk, by children, in scratch and data": (
        "disk",
        FAMILY + WRITES + "family(3)\nfor name in ('TMPDIR', 'PLAYHEAD_DATA'):\n"
        "    os.chdir(os.environ[name])\n    write(6, 1_000_000)\ntime.sleep(30)",
        Budget(disk=20 * MB),
    ),
    "output": ("output", "for _ in range(60_000): print('x' * 999)\n", Budget(output=5 * MB)),
    "output, by children, on both streams": (
        "output",
        FAMILY + "family(4)\nfor _ in range(9_000):\n    print('x' * 999)\n"
        "    print('x' * 999, file=sys.stderr)\n",
        Budget(output=5 * MB),
    ),
}


@pytest.mark.parametrize("case", REACHED)
async def test_a_budget_ends_the_run(tmp_path: Path, case: str) -> None:
    name, source, budget = REACHED[case]
    assert_reached(await played(tmp_path, source, budget), name)


IN_MEMORY = """
import os, time
with open(f"{PLACE}/taken", "wb") as file:
    os.unlink(file.name)  # what has no name takes room as well
    for _ in range(MEGABYTES):
        file.write(bytes(1_000_000))
    file.flush()
    time.sleep(SECONDS)
"""


@pytest.mark.parametrize("place", ["/tmp", "/dev/shm"])
async def test_what_a_run_writes_to_memory_of_its_own_counts(tmp_path: Path, place: str) -> None:
    def source(megabytes: int, seconds: float) -> str:
        return f"PLACE, MEGABYTES, SECONDS = {place!r}, {megabytes}, {seconds}\n{IN_MEMORY}"

    budget = Budget(disk=20 * MB)
    below = await play(budgeted(tmp_path, source(9, 1.2), budget), isolation="strict")
    assert below.exit.cause is Cause.FINISHED, below.stderr
    if (below.execution.isolation or {})["profile"] != "strict":
        pytest.skip("without mounts of its own it has no such place")
    above = await play(budgeted(tmp_path, source(40, 30), budget), isolation="strict")
    assert_reached(above, "disk")


BELOW = {
    "wall": ("import time\ntime.sleep(0.3)", Budget(wall_s=20)),
    "cpu": ("import time\nwhile time.process_time() < 0.5: pass", Budget(cpu_s=10)),
    "memory": (FAMILY + TAKES + "take(120)\ntime.sleep(0.4)", Budget(memory=160 * MB)),
    "memory, read by many after a fork": (
        FAMILY + TAKES + "take(120)\nfamily(6)\ntime.sleep(1)\nassert len(blocks) == 120",
        Budget(memory=220 * MB),
    ),
    "memory, lent to a child until it is another program": (
        FAMILY + TAKES + "import subprocess\ntake(150)\n"
        "for _ in range(60): subprocess.run(['/bin/true'], check=True, close_fds=False)\n",
        Budget(memory=220 * MB),
    ),
    "processes": (FAMILY + "family(10)\ntime.sleep(0.5)", Budget(processes=10)),
    "processes, one after the other": (
        FAMILY + "for _ in range(40):\n    if os.fork() == 0: os._exit(0)\n    os.wait()",
        Budget(processes=2),
    ),
    "disk": (FAMILY + WRITES + "write(9, 1_000_000)\ntime.sleep(1.2)", Budget(disk=10 * MB)),
    "disk, again and again": (
        FAMILY + "for _ in range(12):\n    open('f', 'wb').write(bytes(4_000_000))\n"
        "    time.sleep(0.1)",
        Budget(disk=10 * MB),
    ),
    "output, to the last byte": ("print('x' * 999_999)", Budget(output=1_000_000)),
    "everything": (
        FAMILY + "family(3)\nprint('x')",
        Budget(wall_s=30, cpu_s=30, memory=500 * MB, processes=9, disk=9 * MB),
    ),
}


@pytest.mark.parametrize("case", BELOW)
async def test_a_program_below_its_budget_is_left_alone(tmp_path: Path, case: str) -> None:
    source, budget = BELOW[case]
    done = await played(tmp_path, source, budget)
    assert done.exit == ExitInfo(Cause.FINISHED, "Finished.", 0), done.sink.errors()


async def test_what_was_printed_up_to_the_limit_is_kept_to_the_byte(tmp_path: Path) -> None:
    source = "import time\nprint('x' * 99_999)\nprint('y' * 99)\ntime.sleep(30)\n"
    done = await played(tmp_path, source, Budget(output=100_010))
    assert_reached(done, "output")
    assert done.stdout == "x" * 99_999 + "\n" + "y" * 10
    assert not done.sink.with_code("uncaught-exception"), "its pipe was not closed under it"


async def test_what_was_written_is_kept(tmp_path: Path) -> None:
    source = "open('kept', 'w').write('here')\nimport time\nprint('last', flush=True)\n"
    done = await played(tmp_path, source + "time.sleep(30)", Budget(wall_s=0.5))
    assert_reached(done, "wall")
    assert done.stdout == "last\n"
    assert (done.folder / "written" / "kept").read_text() == "here"


@both
async def test_time_and_output_are_limited_everywhere(tmp_path: Path, platform: Platform) -> None:
    assert_reached(await played(tmp_path, SLEEPS, Budget(wall_s=0.5), platform), "wall")
    flood = "while True: print('x' * 999)"
    assert_reached(await played(tmp_path, flood, Budget(output=MB, wall_s=30), platform), "output")


async def test_what_is_not_enforced_is_said_once(tmp_path: Path) -> None:
    budget = Budget(wall_s=30, cpu_s=30, memory=MB, disk=MB)
    done = await played(tmp_path, "print('fine')", budget, PosixPlatform())
    assert done.exit.cause is Cause.FINISHED
    (entry,) = done.sink.with_code("budget-not-enforced")
    assert entry.message == "Not enforced on this system: the budget of `cpu`, `memory`, `disk`."
    on_linux = await played(tmp_path, "print('fine')", Budget(30, memory=900 * MB), LinuxPlatform())
    assert not on_linux.sink.with_code("budget-not-enforced")


@both
async def test_who_asked_first_is_why_it_ended(tmp_path: Path, platform: Platform) -> None:
    deaf = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n" + SLEEPS
    launch = budgeted(tmp_path, deaf, Budget(wall_s=1.2))
    execution, sink = await start(launch, ProcessRuntime(SessionSettings(), platform=platform))
    waiting = asyncio.create_task(finish(execution, sink, launch))
    await sink.until("up")
    execution.interrupt()
    done = await waiting
    assert done.exit.cause is Cause.STOPPED_BY_USER
    assert done.sink.with_code("budget-wall"), "that it did not get its grace is said"
    assert members(launch.run_id) == []


@pytest.mark.slow
async def test_stop_and_a_budget_at_the_same_moment(tmp_path: Path) -> None:
    for step in range(12):
        launch = budgeted(tmp_path, SLEEPS, Budget(wall_s=0.3))
        execution, sink = await start(launch)
        waiting = asyncio.create_task(finish(execution, sink, launch))
        await asyncio.sleep(0.15 + step * 0.02)
        execution.kill()
        done = await waiting
        assert done.exit.cause in (Cause.STOPPED_BY_USER, Cause.BUDGET), done.exit
        assert members(launch.run_id) == []
        assert execution.written == ()


async def test_a_budget_that_is_used_up_before_the_program_is_there(tmp_path: Path) -> None:
    launch = budgeted(tmp_path, SLEEPS, Budget(wall_s=0.002))
    with pytest.raises(ConnectFailed) as failed:
        await start(launch)
    assert failed.value.code == "budget-wall"
    assert members(launch.run_id) == []


async def test_a_program_that_has_ended_in_time_is_not_late(tmp_path: Path) -> None:
    source = "import os, time\nif os.fork() == 0: time.sleep(30)\n"  # the child holds the output
    done = await played(tmp_path, source, Budget(wall_s=1.5))
    assert done.exit.cause is Cause.FINISHED
    assert done.sink.with_code("output-held")


async def test_a_notebook_has_a_budget(tmp_path: Path) -> None:
    cells = "# %%\nprint('one', flush=True)\n# %%\nimport time\ntime.sleep(30)\n"
    launch = make_launch(tmp_path, {"note.py": cells}, entry="note.py", form="notebook")
    prepared = replace(launch.prepared, budget=Budget(wall_s=0.8), kind="notebook")
    done = await play(replace(launch, prepared=prepared))
    assert_reached(done, "wall")
    assert "one" in done.stdout


async def test_a_large_project_is_not_counted_as_written(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"data/{n}.bin": bytes(1_000_000) for n in range(20)}
    source = "import time\nopen('data/0.bin', 'ab').write(b'x')\ntime.sleep(1.2)\n"
    launch = make_launch(tmp_path, {**files, "main.py": source})
    launch = replace(launch, prepared=replace(launch.prepared, budget=Budget(disk=5 * MB)))
    assert (await play(launch)).exit.cause is Cause.FINISHED


def times_asleep(pid: int) -> int:
    (row,) = re.findall(
        rb"\nvoluntary_ctxt_switches:\s+(\d+)", read_bytes(f"/proc/{pid}/status") or b""
    )
    return int(row)


async def test_without_a_budget_the_launcher_sleeps(tmp_path: Path) -> None:
    launch = budgeted(tmp_path, SLEEPS, Budget(wall_s=600))
    execution, sink = await start(launch)
    waiting = asyncio.create_task(finish(execution, sink, launch))
    await sink.until("up")
    launcher = execution.identities[0].pid
    before = times_asleep(launcher)
    await asyncio.sleep(0.8)
    after = times_asleep(launcher)
    execution.kill()
    await waiting
    assert after - before <= 2, "only the clock is watched"


async def test_use_is_told_as_a_budget_counts_it(tmp_path: Path) -> None:
    source = (
        FAMILY
        + TAKES
        + (
            "for _ in range(5):\n    if os.fork() == 0:\n"
            "        while time.process_time() < 0.1: pass\n        os._exit(0)\n    os.wait()\n"
            "take(50)\nprint('up', flush=True)\ntime.sleep(30)\n"
        )
    )
    launch = budgeted(tmp_path, source, Budget(wall_s=25))
    began = time.monotonic()
    execution, sink = await start(launch)
    waiting = asyncio.create_task(finish(execution, sink, launch))
    await sink.until("up")
    use = await execution.usage(0)
    passed = time.monotonic() - began
    execution.kill()
    await waiting
    assert use is not None
    assert use.cpu_s >= 0.5, "of children that have ended as well"
    assert 50 * MB < use.memory < 80 * MB
    assert 0.5 < use.wall_s <= passed
