"""What Qt says goes into our log; before it would abort, somebody else has the last word."""

import subprocess
import sys

from tests.support.playhead import ROOT

SCRIPT = """
import logging, os
from studio.app.qt_messages import QtMessages
from PySide6.QtCore import qCritical, qDebug, qFatal, qWarning
logging.basicConfig(format="%(name)s %(levelname)s %(message)s", level=logging.DEBUG)
def leave(said):
    print(said[-2], flush=True)
    os._exit(7)
messages = QtMessages(leave)
qDebug("a detail")
for _ in range(100):
    qWarning("again and again")
qCritical("once")
qFatal("the end")
"""


def test_messages_go_to_the_log_and_the_fatal_one_is_told() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (7, "the end\n")
    lines = done.stderr.splitlines()
    assert [line for line in lines if "a detail" in line] == []
    assert lines.count("qt WARNING default: again and again") == 5
    assert "qt ERROR default: once" in lines
    assert lines[-1].startswith("qt CRITICAL default: ")
