"""When Playhead is killed, its launcher sweeps; what that cannot reach, the next start ends."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from session.ports import ProcessIdentity
from session.runtime.orphans import DeadRun, end_orphans, find_orphans
from session.runtime.platforms.current import current_platform
from session.runtime.platforms.linux import LinuxPlatform
from session.runtime.platforms.posix import PosixPlatform
from session.runtime.platforms.seam import Platform
from tests.support.playing import make_launch, program_files, start
from tests.support.process_watch import alive, members, survivors
from tests.support.short_links import short_links

OWNER = """
import asyncio, sys
from pathlib import Path
from session.runtime.platforms.linux import LinuxPlatform
from session.runtime.platforms.posix import PosixPlatform
from session.runtime.process_runtime import ProcessRuntime
from session.settings import SessionSettings
from tests.support.playing import make_launch, program_files, start

async def main():
    folder, profile = Path(sys.argv[1]), sys.argv[2]
    platform = LinuxPlatform() if profile == "linux" else PosixPlatform()
    launch = make_launch(folder, program_files("tree_of_six"))
    runtime = ProcessRuntime(SessionSettings(isolation="none"), platform=platform)
    execution, sink = await start(launch, runtime)
    asyncio.ensure_future(execution.wait())
    await sink.until("ready")
    print(sink.stdout + "run " + launch.run_id + "\\n.", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def own(tmp_path: Path, profile: str) -> tuple["subprocess.Popen[str]", list[int], str]:
    """Start a process that plays the six; return it, the six, and the run's id."""
    command = [sys.executable, "-c", OWNER, str(tmp_path), profile]
    owner = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    pids, run_id = [], ""
    for line in owner.stdout:
        words = line.split()
        if words[0] == ".":
            break
        if words[0] == "run":
            run_id = words[1]
        elif len(words) == 2:
            pids.append(int(words[1]))
    assert len(pids) == 6
    return owner, pids, run_id


def end(owner: "subprocess.Popen[str]") -> None:
    owner.kill()
    owner.wait()
    assert owner.stdout is not None
    owner.stdout.close()


@pytest.mark.parametrize("attempt", range(3))
def test_nobody_outlives_a_killed_playhead(tmp_path: Path, attempt: int) -> None:
    del attempt
    owner, pids, run_id = own(tmp_path, "linux")
    end(owner)
    assert survivors(pids, within_s=2.0) == []
    _wait_until_gone(run_id)
    assert list(tmp_path.glob("runs/*/scratch/tmp")), "the folders stay for the next start"


def _wait_until_gone(run_id: str) -> None:
    until = time.monotonic() + 2
    while members(run_id) and time.monotonic() < until:
        time.sleep(0.01)
    assert members(run_id) == []


def test_the_short_name_of_the_temporary_folder_does_not_outlive_it(tmp_path: Path) -> None:
    owner, pids, run_id = own(tmp_path, "linux")
    assert short_links(tmp_path), "pytest's folders are long"
    end(owner)
    survivors(pids, within_s=2.0)
    _wait_until_gone(run_id)
    assert not short_links(tmp_path)


@pytest.mark.parametrize("platform", [LinuxPlatform(), PosixPlatform()], ids=["linux", "posix"])
def test_what_outlives_the_fallback_is_ended_at_the_next_start(
    tmp_path: Path, platform: Platform
) -> None:
    owner, pids, run_id = own(tmp_path, "posix")
    end(owner)
    time.sleep(0.5)
    left = {one.pid for one in find_orphans([DeadRun(run_id)], platform)}
    assert left <= set(pids)
    assert left, "a process in a session of its own is beyond plain POSIX"
    ended = {one.pid for one in end_orphans([DeadRun(run_id)], platform)}
    assert ended == left
    assert survivors(pids, within_s=2.0) == []
    assert find_orphans([DeadRun(run_id)], platform) == []


def _sleeper() -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"])


@pytest.mark.parametrize("platform", [LinuxPlatform(), PosixPlatform()], ids=["linux", "posix"])
def test_an_identity_is_pid_and_start(tmp_path: Path, platform: Platform) -> None:
    sleeper = _sleeper()
    try:
        identity = platform.identify(sleeper.pid)
        assert identity is not None
        reused = ProcessIdentity(sleeper.pid, "another time")
        assert find_orphans([DeadRun("no-such-run", (reused,))], platform) == []
        assert end_orphans([DeadRun("no-such-run", (reused,))], platform) == []
        assert alive(sleeper.pid)
        (found,) = find_orphans([DeadRun("no-such-run", (identity,))], platform)
        assert found.pid == sleeper.pid
        end_orphans([DeadRun("no-such-run", (identity,))], platform)
        assert not alive(sleeper.pid)
    finally:
        sleeper.kill()
        sleeper.wait()
    assert platform.identify(sleeper.pid) is None


async def test_another_run_and_we_ourselves_are_never_orphans(tmp_path: Path) -> None:
    launch = make_launch(tmp_path, program_files("asyncio_server"))
    execution, _sink = await start(launch)
    waiting = asyncio.ensure_future(execution.wait())
    assert find_orphans([DeadRun("20260101-000000-aaaaaa")]) == []
    assert find_orphans([DeadRun(launch.run_id[:-1])]) == []
    assert {one.pid for one in find_orphans([DeadRun(launch.run_id)])} == {
        identity.pid for identity in execution.identities
    }
    execution.kill()
    await waiting


def test_no_runs_cost_no_look() -> None:
    assert find_orphans([]) == []
    assert end_orphans([]) == []
    assert current_platform().profile == ("linux" if sys.platform == "linux" else "posix")


def test_we_carry_a_runs_id_ourselves_when_played(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import os\n"
        "from session.runtime.orphans import *\n"
        "print(find_orphans([DeadRun('nested-run')]), end_orphans([DeadRun('nested-run')]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PLAYHEAD_RUN_ID": "nested-run"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[] []\n"
    assert done.returncode != -signal.SIGKILL
