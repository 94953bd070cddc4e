"""A thousand random actions, with runs that start and end underneath: the window stays sound."""

import asyncio
import os
import random

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu

from studio import loop
from studio.shell.layout import AREAS, SEATS
from studio.shell.window import MainWindow
from tests.studio.shell.conftest import ShellBench

_ROUNDS = 10_000 if os.environ.get("PLAYHEAD_SOAK") else 1_000
#: Those that leave the program: for a dialog of the system, or for good.
_LEFT_OUT = {"studio.quit", "project.open_folder", "project.open_file"}


def assert_sound(window: MainWindow) -> None:
    """Everything that is shown says the same."""
    front = window.projects.front
    assert (front is None) == (not window.projects.all)
    assert front is None or front in window.projects.all
    controls = front.flow.controls if front else None
    for name in ("play", "stop", "restart"):
        expected = bool(controls and getattr(controls, name))
        assert getattr(window.toolbar, name).isEnabled() is expected
    layout = window.panels.layout
    for area in AREAS:
        front_panel = layout.front(area)
        assert front_panel is None or front_panel in SEATS
    content = window.panels.content("debug")
    assert content is None or shiboken6.isValid(content)
    assert content is None or front is not None
    if front is not None:
        shown = window.stage.currentWidget()
        assert shown is (front.history if front.page == "history" else front.editor)


def close_popups() -> None:
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QFileDialog | QDialog) and widget.isVisible():
            widget.reject()
        elif isinstance(widget, QMenu) and widget.isVisible():
            widget.close()


async def disturb(shell: ShellBench, chance: random.Random) -> None:
    """Do what nobody pressed: runs end, panels move, projects come and go."""
    window = shell.window
    panels = sorted(SEATS)
    match chance.randrange(10):
        case 0:
            shell.open(f"project{chance.randrange(3)}")
        case 1 if window.projects.front is not None:
            loop.start(window.close_project(window.projects.front.project))
        case 2 | 3 if shell.runtime.executions:
            shell.runtime.executions[-1].finish()
        case 4:
            window.panels.float_out(chance.choice(panels))
        case 5:
            window.panels.dock(chance.choice(panels))
        case 6:
            window.resize(chance.randrange(720, 1600), chance.randrange(480, 1000))
        case 7:
            shell.desk.notices.post("something happened")
        case _:
            await asyncio.sleep(0)


@pytest.mark.timeout(300)
@pytest.mark.slow
def test_random_actions_leave_the_window_alive_and_sound(shell: ShellBench) -> None:
    seed = int(os.environ.get("PLAYHEAD_SEED", "20"))
    chance = random.Random(seed)
    shell.desk.settings.update(close_while_running="stop")
    shell.cancels_what_is_left = True

    async def play() -> None:
        window = shell.window
        names = [spec.id for spec in window.registry.specs if spec.id not in _LEFT_OUT]
        trail: list[str] = []
        for _ in range(_ROUNDS):
            name = chance.choice(names)
            trail.append(name)
            window.registry.run(name)
            if chance.random() < 0.3:
                await disturb(shell, chance)
            if chance.random() < 0.3:
                await asyncio.sleep(0)
            close_popups()
            assert shiboken6.isValid(window), trail[-10:]
        await asyncio.sleep(0.2)
        close_popups()
        assert_sound(window)

    shell.run(play(), timeout_s=280)
