"""Evidence about real processes: one that computes, one that sleeps, one that is gone."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from session.workers.activity import Activity
from session.workers.process_activity import ProcessActivity


@contextmanager
def child(code: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Python that has begun to run `code`."""
    code = f"print('up', flush=True)\n{code}"
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", code], stdout=-1) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


def seen_within(look: ProcessActivity, wanted: bool, seconds: float = 20.0) -> Activity:
    """Look until the process is found as wanted, on a machine that may be busy."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.2)
        if (found := look()).is_busy is wanted:
            return found
    pytest.fail(f"never {'busy' if wanted else 'idle'}")


def test_a_long_call_in_c_is_busy() -> None:
    with child("sum(range(10**11))") as process:
        assert seen_within(ProcessActivity(process.pid), wanted=True).alive


def test_a_sleeper_is_idle_and_alive() -> None:
    with child("import time; time.sleep(600)") as process:
        assert seen_within(ProcessActivity(process.pid), wanted=False).alive


def test_a_stopped_one_is_idle() -> None:
    with child("while True: pass") as process:
        look = ProcessActivity(process.pid)
        process.send_signal(signal.SIGSTOP)
        assert seen_within(look, wanted=False).alive


def test_a_zombie_and_a_number_without_a_process_are_gone() -> None:
    with child("import time; time.sleep(600)") as process:
        look = ProcessActivity(process.pid)
        process.kill()
        end = time.monotonic() + 20
        while look().alive and time.monotonic() < end:
            time.sleep(0.02)
        assert not look().alive  # nobody has reaped it yet
        process.wait()
        assert not look().alive
        assert not ProcessActivity(process.pid)().alive
