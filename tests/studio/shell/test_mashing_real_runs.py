"""Somebody who presses everything, over real programs: nothing is left, and all of it agrees."""

import asyncio
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication, QDialog, QMenu

from session.compose import build_service
from studio import loop
from studio.desk import Desk
from studio.shell.window import MainWindow
from studio.widgets.save_changes import SaveChangesDialog
from tests.studio.shell.conftest import ShellBench
from tests.support.process_watch import members, survivors
from tests.support.qt_loop import QtRunner, until
from tests.support.soak import rounds

#: Short, long, loud, failing, deaf, waiting, not even compiling.
PROGRAMS = {
    "short": "print('hello')\n",
    "long": "import time\nprint('up', flush=True)\ntime.sleep(60)\n",
    "loud": "while True:\n    print('x' * 70)\n",
    "fails": "import sys\nprint('no', file=sys.stderr)\n1 / 0\n",
    "deaf": "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\ntime.sleep(60)\n",
    "waits": "print(input('name? '))\n",
    "forks": "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'while 1: pass'])\n",
    "broken": "def f(:\n",
}
_LEFT_OUT = {"studio.quit", "project.open_folder", "project.open_file"}
_MASHED = ("run.play", "run.stop", "run.restart", "run.check")


class RealBench(ShellBench):
    """The same window over real programs."""

    def __init__(self, desk: Desk, qt: QtRunner, folder: Path) -> None:
        super().__init__(desk, qt, folder)
        desk.service = build_service(desk.home)

    def folder_of(self, name: str) -> Path:
        """Return the folder of one of the programs."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        (folder / "main.py").write_text(PROGRAMS[name])
        return folder

    @property
    def run_ids(self) -> list[str]:
        """Every run there was."""
        assert self.desk.service is not None
        return [record.run_id for record in self.desk.service.history.list()]


@pytest.fixture
def real(desk: Desk, qt: QtRunner, tmp_path: Path) -> Iterator[RealBench]:
    bench = RealBench(desk, qt, tmp_path)
    desk.settings.update(close_while_running="stop", grace_s=0.2)
    assert desk.service is not None
    desk.service.set_grace(0.2)

    async def begin() -> None:
        bench.window = await bench.new_window()

    bench.run(begin())
    yield bench
    qt.run(bench.close(bench.window))


def close_popups() -> None:
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QDialog) and widget.isVisible():
            widget.reject()
        elif isinstance(widget, QMenu) and widget.isVisible():
            widget.close()


async def discard_all() -> None:
    """Give up what was typed, whenever it is asked about."""
    while True:
        await asyncio.sleep(0.05)
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, SaveChangesDialog) and widget.isVisible():
                widget.discard.click()


async def press(bench: RealBench, chance: random.Random, names: list[str]) -> str:
    """Do one thing, and say what."""
    window, what = bench.window, chance.randrange(10)
    if what == 0:
        name = chance.choice(sorted(PROGRAMS))
        bench.open(name)
        return f"open {name}"
    if what == 1 and window.projects.front is not None and chance.random() < 0.4:
        loop.start(window.close_project(window.projects.front.project))
        return "close"
    if what == 2:
        theme = chance.choice(["dark", "light", "system"])
        bench.desk.settings.update(theme=theme)
        return theme
    name = chance.choice(_MASHED if what < 8 else names)
    window.registry.run(name)
    return name


def assert_agreed(window: MainWindow) -> None:
    """Session, toolbar and list of what runs say the same."""
    for opened in window.projects.all:
        active = opened.project.session.state.active
        assert opened.flow.controls.restart is active
        assert (opened.project in window.projects.running) is active
    front = window.projects.front
    controls = front.flow.controls if front else None
    for name in ("play", "stop", "restart"):
        button = getattr(window.toolbar, name)
        assert button.isEnabled() is bool(controls and getattr(controls, name))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_mashing_leaves_no_process_and_everything_agrees(real: RealBench) -> None:
    chance = random.Random(int(os.environ.get("PLAYHEAD_SEED", "7")))

    async def mash() -> None:
        window = real.window
        names = [spec.id for spec in window.registry.specs if spec.id not in _LEFT_OUT]
        real.open("long")
        trail: list[str] = []
        for _ in range(rounds(150, 4_000)):
            trail.append(await press(real, chance, names))
            await asyncio.sleep(chance.choice([0, 0, 0.01, 0.05, 0.2]))
            close_popups()
            assert shiboken6.isValid(window), trail[-10:]
        for opened in list(window.projects.all):
            opened.flow.stop()
            opened.project.stop(force=True)
        await until(lambda: not window.projects.running, 30)
        close_popups()
        await real.quiet()
        assert_agreed(window)
        discarding = asyncio.ensure_future(discard_all())
        while window.projects.all:
            assert await window.close_project(window.projects.all[0].project)
        discarding.cancel()
        assert real.run_ids, "nothing was ever played"

    real.cancels_what_is_left = True
    real.run(mash(), timeout_s=880)
    left = [pid for run_id in real.run_ids for pid in members(run_id)]
    assert survivors(left, 5) == []
