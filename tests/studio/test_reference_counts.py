"""A guard against PySide6 6.12.0, which loses a reference to None with every call of a slot.

On Python 3.11 the process aborts after some thousand calls of any method that returns nothing.
"""

import subprocess
import sys
from importlib.metadata import requires, version

from packaging.requirements import Requirement

from tests.support.playhead import ROOT

CALLS = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel
application = QApplication([])
timer, label = QTimer(), QLabel()
before = sys.getrefcount(None)
for turn in range(20_000):
    timer.setInterval(turn % 7)
    label.setText("text")
lost = before - sys.getrefcount(None)
sys.exit(f"lost {lost} references to None" if lost > 100 else 0)
"""


def test_calls_into_qt_lose_no_reference() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CALLS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_installed_version_is_one_that_is_allowed() -> None:
    declared = [Requirement(line) for line in requires("playhead") or []]
    (qt,) = (one for one in declared if one.name == "PySide6-Essentials")
    assert qt.specifier.contains(version("PySide6-Essentials"))
    assert not qt.specifier.contains("6.12.0")
