"""The registry of workers: what a killed host leaves is ended, and nothing else (A13.7-10)."""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from session.ports import ProcessIdentity
from session.runtime.platforms.current import current_platform
from session.workers.registry import ACTIVE, RESERVED, ProcessRegistry
from tests.support.process_watch import alive, survivors
from tests.support.serving import serving

pytestmark = pytest.mark.timeout(120)

ROOT = Path(__file__).parents[3]
HOST = """
import asyncio, sys
from pathlib import Path
from session.workers.adapter import PythonAdapter
from session.workers.registry import ProcessRegistry
from session.workers.start import start_worker
from session.workers.worker_settings import WorkerSettings

async def main():
    registry = ProcessRegistry(Path(sys.argv[1]))
    settings = WorkerSettings(isolation="none")
    adapter = PythonAdapter(script=sys.argv[2])
    workers = [await start_worker(adapter, registry=registry, settings=settings) for _ in "ab"]
    registry.flush()
    print(*[worker.pid for worker in workers], flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def sleeper(mark: str = "", *, own_session: bool = True) -> "subprocess.Popen[bytes]":
    """A process that is nobody's worker, unless it carries the mark of one."""
    env = {**os.environ, **({"PLAYHEAD_RUN_ID": mark} if mark else {})}
    return subprocess.Popen(["sleep", "300"], env=env, start_new_session=own_session)


def gone_host() -> ProcessIdentity:
    """The identity of a host that is dead for sure."""
    process = sleeper()
    identity = current_platform().identify(process.pid)
    process.kill()
    process.wait()
    assert identity is not None
    return identity


def row(worker: str, host: ProcessIdentity, *processes: ProcessIdentity, status: str) -> str:
    """A line of the file, as a host has written it."""
    about = {"worker": worker, "status": status, "host": host, "token": "t", "since": 0.0}
    return json.dumps({**about, "processes": processes}) + "\n"


def identity_of(pid: int) -> ProcessIdentity:
    """The identity of a living process."""
    found = current_platform().identify(pid)
    assert found is not None
    return found


async def test_a_worker_is_reserved_active_and_released(tmp_path: Path) -> None:
    registry = ProcessRegistry(tmp_path / "state" / "workers.jsonl")
    async with serving(tmp_path, registry=registry) as worker:
        registry.flush()
        entry = registry.known()[worker.id]
        assert entry.status == ACTIVE
        assert entry.token == registry.token
        assert worker.pid in [one.pid for one in entry.processes]
        assert [*registry.entries] == [entry]
    registry.flush()
    assert registry.known() == {}
    assert not registry.entries


async def test_a_reservation_is_on_disk_at_once_and_the_rest_within_a_moment(
    tmp_path: Path,
) -> None:
    registry = ProcessRegistry(tmp_path / "workers.jsonl")
    registry.reserve("w1")
    assert registry.known()["w1"].status == RESERVED
    registry.activate("w1", (identity_of(os.getpid()),))
    assert registry.known()["w1"].status == RESERVED
    await asyncio.sleep(0.5)
    assert registry.known()["w1"].status == ACTIVE


def test_only_what_a_dead_host_left_is_ended(tmp_path: Path) -> None:
    """A13.7: foreign, ours and other living hosts' processes survive; the stale one does not."""
    stale, foreign, mine, marked = sleeper(), sleeper(), sleeper(), sleeper("w-reserved")
    try:
        path = tmp_path / "workers.jsonl"
        dead, living = gone_host(), identity_of(os.getpid())
        path.write_text(
            row("w-stale", dead, identity_of(stale.pid), status=ACTIVE)
            + row("w-mine", living, identity_of(mine.pid), status=ACTIVE)
            + row("w-reserved", dead, status=RESERVED)
        )
        registry = ProcessRegistry(path)
        ended = registry.sweep()
        assert {one.pid for one in ended} == {stale.pid, marked.pid}
        assert alive(foreign.pid)
        assert alive(mine.pid)
        assert [*registry.known()] == ["w-mine"]
        assert registry.sweep() == []
    finally:
        for process in (stale, foreign, mine, marked):
            process.kill()
            process.wait()


def test_a_number_that_was_used_again_is_another_process(tmp_path: Path) -> None:
    """A13.9: pid alone proves nothing, neither for a worker nor for a host."""
    other = sleeper(own_session=False)
    try:
        path = tmp_path / "workers.jsonl"
        again = ProcessIdentity(other.pid, "some-boot/1")
        path.write_text(row("w", ProcessIdentity(os.getpid(), "some-boot/2"), again, status=ACTIVE))
        registry = ProcessRegistry(path)
        assert registry.sweep() == []
        assert alive(other.pid)
        assert registry.known() == {}
    finally:
        other.kill()
        other.wait()


@pytest.mark.parametrize("torn", ['{"worker": "w', '{"worker": 1}\n', "\0\0\0", "[]\n", '"x"\n'])
def test_a_torn_file_is_repaired(tmp_path: Path, torn: str) -> None:
    path = tmp_path / "workers.jsonl"
    living = identity_of(os.getpid())
    path.write_text(row("w-a", living, status=ACTIVE) + torn)
    registry = ProcessRegistry(path)
    registry.reserve("w-b")
    assert [*registry.known()] == ["w-a", "w-b"]
    registry.sweep()
    assert [*registry.known()] == ["w-a", "w-b"]


def test_the_file_does_not_grow_for_ever(tmp_path: Path) -> None:
    """A13.10."""
    registry = ProcessRegistry(tmp_path / "workers.jsonl")
    for number in range(400):
        registry.reserve(f"w-{number}")
        registry.release(f"w-{number}")
    registry.flush()
    registry.sweep()
    assert (tmp_path / "workers.jsonl").stat().st_size == 0


def test_two_hosts_share_a_file(tmp_path: Path) -> None:
    one, other = (ProcessRegistry(tmp_path / "workers.jsonl") for _ in range(2))
    one.reserve("w-1")
    other.reserve("w-2")
    assert [*one.known()] == ["w-1", "w-2"]
    assert one.token != other.token
    one.sweep()
    assert [*one.known()] == ["w-1", "w-2"]


def test_what_a_killed_host_left_is_gone_after_the_next_start(tmp_path: Path) -> None:
    """A13.10: the launcher ends the workers at once; the registry forgets them."""
    path = tmp_path / "workers.jsonl"
    tools = tmp_path / "tools.py"
    tools.write_text("")
    command = [sys.executable, "-c", HOST, str(path), str(tools)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout is not None
        pids = [int(word) for word in host.stdout.readline().split()]
        assert len(pids) == 2
        assert len(ProcessRegistry(path).known()) == 2
        host.kill()
    assert survivors(pids, within_s=10) == []
    registry = ProcessRegistry(path)
    began = time.monotonic()
    registry.sweep()
    assert time.monotonic() - began < 10
    assert registry.known() == {}
