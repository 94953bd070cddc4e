"""What a killed host has left is ended when another one starts its pool, and nothing else is."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import psutil

from session.workers.leftovers import end_leftovers
from session.workers.pool_settings import PoolSettings
from session.workers.registry import ProcessRegistry
from tests.support.pooling import Heard, real_pool, until

#: A host that starts a worker, notes it as ours would be, and is killed. The worker is one that
#: clings to life: a plain process with the mark in its environment and a session of its own.
HOST = """
import os, subprocess, sys
from pathlib import Path
from session.runtime.platforms.current import current_platform
from session.worker.launch_protocol import RUN_ID_VARIABLE
from session.workers.registry import ProcessRegistry

registry = ProcessRegistry(Path(sys.argv[1]))
registry.reserve("lost-worker")
child = subprocess.Popen(
    [sys.executable, "-c", "import time; time.sleep(300)"],
    env={**os.environ, RUN_ID_VARIABLE: "lost-worker"},
    start_new_session=True,
    stdout=subprocess.DEVNULL,
)
registry.activate("lost-worker", (current_platform().identify(child.pid),))
registry.flush()
print(child.pid, flush=True)
sys.stdin.read()
os._exit(9)
"""


def orphan(path: Path) -> psutil.Process:
    """Return a process whose host is dead and has noted it."""
    command = [sys.executable, "-c", HOST, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as host:
        assert host.stdout is not None
        assert host.stdin is not None
        process = psutil.Process(int(host.stdout.readline()))
        host.stdin.close()
        host.wait(30)
    assert process.is_running()
    return process


def is_gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


async def test_a_pool_ends_what_a_killed_host_left_without_waiting_for_it(tmp_path: Path) -> None:
    path = tmp_path / "workers.jsonl"
    left = await asyncio.to_thread(orphan, path)
    heard = Heard()
    registry = ProcessRegistry(path)
    async with real_pool(
        tmp_path, PoolSettings(size=2), registry=registry, emit=heard.emit
    ) as pool:
        await until(lambda: is_gone(left), "it is still there")
        await until(lambda: bool(heard.of("cleanup.finished")), "nobody told of it")
        assert heard.of("cleanup.finished")[0]["processes"] >= 1
        assert len(pool.status().workers) == 2, "those of a living host stay"
        assert set(registry.known()) == {one.id for one in pool.status().workers}


async def test_the_workers_of_a_host_that_lives_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "workers.jsonl"
    async with real_pool(tmp_path, PoolSettings(size=1), registry=ProcessRegistry(path)) as pool:
        await until(lambda: bool(pool.status().workers), "no worker")
        await asyncio.sleep(0.1)  # the registry writes a little later
        assert await end_leftovers(ProcessRegistry(path)) == 0
        assert await pool.execute("whoami") == pool.status().workers[0].pid


async def test_a_registry_that_cannot_be_read_keeps_no_pool_from_starting(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    began = time.monotonic()
    assert await end_leftovers(ProcessRegistry(tmp_path / "folder")) == 0
    assert time.monotonic() - began < 20
