"""How quickly the studio is there: its first frame beside a bare Qt window's, then its use.

Both sides are fresh processes in turns, each of which tells on its standard output when the
window was painted. The studio is wrapped from outside; nothing in it knows of this.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import resources
from tests.bench.figure import Figure
from tests.support.xvfb import missing, xvfb

ROUNDS = 9
PAINT_LIMIT = 2.0
USABLE_LIMIT_S = 1.5
#: A user has one display and keeps compiled modules.
_NOT_KEPT = {"DISPLAY", "WAYLAND_DISPLAY", "PYTHONDONTWRITEBYTECODE"}

#: Says when the first paint of a top-level window has been done.
TELL_PAINT = """
import os, sys
from PySide6.QtCore import QEvent, QObject, QTimer
class Painted(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and watched.isWidgetType() and watched.isWindow():
            self.window.removeEventFilter(self)
            QTimer.singleShot(0, self, lambda: os.write(1, b"painted\\n"))
        return False
painted = Painted()
def watch(window):
    painted.window = window
    window.installEventFilter(painted)
"""
BARE = (
    TELL_PAINT
    + """
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QPlainTextEdit
application = QApplication([])
window = QMainWindow()
window.setCentralWidget(QPlainTextEdit())
dock = QDockWidget("dock", window)
dock.setWidget(QPlainTextEdit())
window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
window.resize(1280, 800)
watch(window)
window.show()
application.exec()
"""
)
#: Usable: the project is open, the service is there, and the event loop has nothing to do.
STUDIO = """
import os, sys
from time import perf_counter
from studio.app import start
def hook():
    exec(TELL_PAINT, globals())
    from PySide6.QtCore import QTimer
    from studio.shell.window import MainWindow
    init = MainWindow.__init__
    def begin(self, desk):
        init(self, desk)
        watch(self)
        self.probe = QTimer(self, interval=0)
        self.probe.timeout.connect(lambda: look(self, desk))
        self.quiet, self.last = 0, perf_counter()
        self.probe.start()
    def look(self, desk):
        now = perf_counter()
        quiet = desk.service is not None and desk.service.sessions and now - self.last < 0.008
        self.quiet, self.last = self.quiet + 1 if quiet else 0, now
        if self.quiet == 10:  # ten turns of the loop with little in between
            self.probe.stop()
            os.write(1, b"usable\\n")
    MainWindow.__init__ = begin
obstacle = start._obstacle
def patched(path):
    found = obstacle(path)
    hook()
    return found
start._obstacle = patched
sys.argv = ["playhead", "studio", sys.argv[1]]
from studio.entry import main
main()
"""


def figures() -> list[Figure]:
    """Measure on each kind of display that there is."""
    found = [*_on("offscreen", {"QT_QPA_PLATFORM": "offscreen"})]
    if missing() is None:
        with _screen() as environ:
            found += _on("Xvfb", environ)
    return found


@contextmanager
def _screen() -> Iterator[Mapping[str, str]]:
    with tempfile.TemporaryDirectory() as folder, xvfb(Path(folder)) as display:
        yield display.environ


def _on(where: str, environ: Mapping[str, str]) -> list[Figure]:
    painted: list[float] = []
    bare: list[float] = []
    usable: list[float] = []
    studio = STUDIO.replace("TELL_PAINT", repr(TELL_PAINT))
    with tempfile.TemporaryDirectory(prefix="playhead-bench-") as folder:
        project = Path(shutil.copytree(resources.example_path("harbour"), Path(folder, "harbour")))
        kept = {k: v for k, v in os.environ.items() if k not in _NOT_KEPT}
        env = {**kept, **environ, "PLAYHEAD_HOME": f"{folder}/home"}
        env["PYTHONPYCACHEPREFIX"] = f"{folder}/compiled"
        for turn in range(ROUNDS + 1):
            ours = _time([sys.executable, "-c", studio, str(project)], env, ["painted", "usable"])
            theirs = _time([sys.executable, "-c", BARE], env, ["painted"])
            if turn:  # the first warms both up
                painted.append(ours["painted"])
                usable.append(ours["usable"])
                bare.append(theirs["painted"])
    return _table(where, *(statistics.median(times) for times in (painted, bare, usable)))


def _table(where: str, painted: float, bare: float, usable: float) -> list[Figure]:
    how = f"fresh processes in turns, medians of {ROUNDS}, {where}"
    return [
        Figure(
            f"studio: process start to first frame, {where}",
            f"≤ {PAINT_LIMIT:g} × a bare QMainWindow with a dock and an editor",
            f"{painted / bare:.2f} × ({painted * 1000:.0f} ms to {bare * 1000:.0f} ms)",
            painted / bare <= PAINT_LIMIT,
            how,
        ),
        Figure(
            f"studio: process start to usable, {where}",
            f"≤ {USABLE_LIMIT_S:g} s",
            f"{usable:.2f} s",
            usable <= USABLE_LIMIT_S,
            f"{how}; a project is open, the service is there, the event loop is quiet",
        ),
    ]


def _time(command: list[str], env: Mapping[str, str], awaited: list[str]) -> dict[str, float]:
    """Start a process; return the seconds until it said each of `awaited`, then end it."""
    seconds: dict[str, float] = {}
    began = time.perf_counter()
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            seconds[line.strip()] = time.perf_counter() - began
            if all(word in seconds for word in awaited):
                break
        process.terminate()
    if not all(word in seconds for word in awaited):
        message = f"the window never said {awaited}"
        raise RuntimeError(message)
    return seconds
