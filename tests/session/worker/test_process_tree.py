"""A look at a tree of real processes: who is in it, and what processor time it has spent."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from session.worker.process_tree import ProcessTree
from tests.support.process_watch import open_fds

#: Runs below a parent of its own, so that nothing else is in the tree.
LOOK = """
import os, sys, time
sys.path.insert(0, {root!r})
from session.worker.process_tree import ProcessTree
tree = ProcessTree(by_scan={by_scan})
"""
ROOT = str(Path(__file__).parents[3])
both = pytest.mark.parametrize("by_scan", [False, True])


def below(source: str, *, by_scan: bool) -> str:
    code = LOOK.format(root=ROOT, by_scan=by_scan) + source
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@both
def test_the_whole_tree_is_seen_and_zombies_are_not(by_scan: bool) -> None:
    source = """
ready, tell = os.pipe()
for _ in range(4):  # a chain: each is the child of the one before it
    if os.fork():
        break
    os.write(tell, b"x")
else:
    time.sleep(20)
if os.getppid() and os.getpid() != {top}:
    time.sleep(20)
"""
    source = (
        "top = os.getpid()\n"
        + source.replace("{top}", "top")
        + (
            "for _ in range(4): os.read(ready, 1)\n"
            "gone = os.fork()\n"
            "if gone == 0: os._exit(0)\n"
            "time.sleep(0.2)\n"
            "pids = [one.pid for one in tree.look().members]\n"
            "print(len(pids), len(set(pids)), gone in pids)\n"
            "for pid in pids: os.kill(pid, 9)\n"
        )
    )
    assert below(source, by_scan=by_scan) == "4 4 False"


@both
def test_time_of_children_that_were_waited_for_is_counted(by_scan: bool) -> None:
    source = """
for _ in range(12):
    if os.fork() == 0:
        while time.process_time() < 0.05: pass
        os._exit(0)
    os.wait()
print(tree.look().cpu_s)
"""
    assert float(below(source, by_scan=by_scan)) >= 0.4


def test_time_of_children_that_the_kernel_reaps_is_counted_in_part() -> None:
    source = """
import signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _ in range(3):
    if os.fork() == 0:
        while time.process_time() < 0.4: pass
        os._exit(0)
end = time.monotonic() + 20
while time.monotonic() < end and tree.look().members: time.sleep(0.02)
print(tree.look().cpu_s)
"""
    assert float(below(source, by_scan=False)) >= 0.8


def test_a_process_whose_first_thread_has_ended_is_alive_and_holds_memory() -> None:
    source = """
import ctypes, threading
from session.worker.memory_use import held_by
if os.fork() == 0:
    held = bytearray(b"x" * 30_000_000)
    threading.Thread(target=time.sleep, args=(20,)).start()
    ctypes.CDLL(None).pthread_exit(None)
time.sleep(1)
(one,) = tree.look().members
print(one.alive, one.threads, held_by(one.place)[0] >= 30_000_000)
os.kill(one.pid, 9)
"""
    assert below(source, by_scan=False) == "True 2 True"


def test_a_look_may_end_early_and_never_runs_out_of_descriptors() -> None:
    source = """
import resource
for _ in range(60):
    if os.fork() == 0:
        time.sleep(20)
        os._exit(0)
time.sleep(0.5)
import session.worker.process_tree as module
module._HELD = 5
resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))
print(len(tree.look().members), len(tree.look().members), len(tree.look(10).members))
for one in ProcessTree(by_scan=False).look().members: os.kill(one.pid, 9)
"""
    assert below(source, by_scan=False) == "60 60 11"


@pytest.fixture
def child() -> Iterator[int]:
    pid = os.fork()
    if pid == 0:
        time.sleep(30)
        os._exit(0)
    yield pid
    try:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    except OSError:
        pass


def test_files_are_closed_when_who_they_tell_of_is_gone(child: int) -> None:
    before = open_fds()
    tree = ProcessTree(by_scan=False)
    assert child in [one.pid for one in tree.look().members]
    assert len(open_fds()) > len(before)
    os.kill(child, 9)
    os.waitpid(child, 0)
    assert child not in [one.pid for one in tree.look().members]
    tree.close()
    assert open_fds() == before
