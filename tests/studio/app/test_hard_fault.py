"""A crash in native code leaves its trace for the next start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio.app.hard_fault import HardFaults, left_by_crashes
from tests.support.playhead import ROOT, environment

CRASH = """
import os, signal
from studio.app.hard_fault import HardFaults
faults = HardFaults()
os.kill(os.getpid(), signal.{how})
"""


def end(home: Path, how: str) -> None:
    """Have a process end by a signal."""
    subprocess.run(
        [sys.executable, "-c", CRASH.format(how=how)],
        env=environment(home),
        cwd=ROOT,
        check=False,
    )


def test_a_crash_is_told_once_and_a_kill_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYHEAD_HOME", str(tmp_path))
    end(tmp_path, "SIGSEGV")
    end(tmp_path, "SIGKILL")
    (report,) = left_by_crashes()
    assert "Segmentation fault" in report.read_text()
    assert left_by_crashes() == []
    assert [path.name for path in (tmp_path / "reports").iterdir()] == [report.name]


def test_an_orderly_end_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYHEAD_HOME", str(tmp_path))
    faults = HardFaults()
    assert [str(os.getpid()) in path.name for path in (tmp_path / "reports").iterdir()] == [True]
    assert left_by_crashes() == []
    faults.close()
    assert list((tmp_path / "reports").iterdir()) == []
