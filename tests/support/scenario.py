"""Plays a scenario in a real studio: `python -m tests.support.scenario FILE [PROJECT]`.

The studio starts as `playhead studio` starts it, in a process of its own; once its loop runs, so
does the scenario, an `async def scenario(stage: Stage)` in FILE, which presses keys and buttons
and looks at the widgets. The process ends with 0 when the scenario came to its end.
"""

import asyncio
import importlib.util
import os
import sys
import traceback
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from session.log.entry import LogEntry, Stream
from studio import loop
from studio.app import start
from studio.open_project import OpenProject
from studio.shell.window import MainWindow
from tests.support.hand import Hand, hand
from tests.support.qt_loop import until

Kind = TypeVar("Kind", bound=QWidget)
_LIMIT_S = 140.0


class Stage:
    """The studio as a scenario sees it."""

    def __init__(self, folder: Path) -> None:
        #: Where screenshots and notes of the scenario go.
        self.folder = folder
        self.hand: Hand = hand()
        #: Whether the scenario itself has the studio end; otherwise it is closed afterwards.
        self.ends_by_itself = False

    @property
    def window(self) -> MainWindow:
        """The main window."""
        return next(
            widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow)
        )

    def done(self) -> None:
        """Note that the scenario came to its end."""
        (self.folder / "done").touch()

    async def project(self) -> OpenProject:
        """Wait until a project is in front and the window is ready for it; return it."""
        await until(lambda: self.window.projects.front is not None)
        front = self.window.projects.front
        assert front is not None
        self.window.activateWindow()
        await until(self.window.isActiveWindow)
        return front.project

    @staticmethod
    def messages(project: OpenProject) -> list[str]:
        """Return what every row of the project's log says, the unfinished line last."""
        log = project.session.log
        if log is None:
            return []
        rows = [row.message for row in log.read(0, 100_000) if isinstance(row, LogEntry)]
        return [*rows, log.tail(Stream.STDOUT).decode()]

    def ground(self) -> str:
        """Return the colour of the window's ground."""
        return self.window.palette().color(QPalette.ColorRole.Window).name()

    def all(self, kind: type[Kind]) -> list[Kind]:
        """Return the visible widgets of a kind."""
        widgets = QApplication.allWidgets()
        return [widget for widget in widgets if isinstance(widget, kind) and widget.isVisible()]

    def find(self, kind: type[Kind], name: str = "") -> Kind:
        """Return the one visible widget of a kind and, if given, of an object name."""
        found = [one for one in self.all(kind) if not name or one.objectName() == name]
        assert len(found) == 1, f"{len(found)} visible widgets {kind.__name__} {name}"
        return found[0]

    async def until(self, condition: Callable[[], bool], timeout_s: float = 20) -> None:
        """Wait, the studio going on, until something holds."""
        await until(condition, timeout_s)

    def photograph_all(self, name: str) -> None:
        """Keep a picture of the whole screen, as far as the platform gives one."""
        screen = QGuiApplication.primaryScreen()
        picture = screen.grabWindow(0)
        if picture.isNull():
            picture = self.window.grab()
        assert picture.save(str(self.folder / f"{name}.png"))

    def photograph(self, name: str) -> None:
        """Keep a picture of the window."""
        assert self.window.grab().save(str(self.folder / f"{name}.png"))


def _load(path: Path) -> Callable[[Stage], Coroutine[Any, Any, None]]:
    spec = importlib.util.spec_from_file_location("scenario_under_test", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    scenario: Callable[[Stage], Coroutine[Any, Any, None]] = module.scenario
    return scenario


async def _act(scenario: Callable[[Stage], Coroutine[Any, Any, None]], folder: Path) -> None:
    """Play the scenario; whatever goes wrong ends the process, its sessions with it."""
    stage = Stage(folder)
    try:
        async with asyncio.timeout(_LIMIT_S):
            await scenario(stage)
    except asyncio.CancelledError:  # the studio ended first, as it was told to
        return
    except BaseException:  # noqa: BLE001 - a window must not stay open on a failed scenario
        traceback.print_exc()
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, MainWindow):
                widget.grab().save(str(folder / "failed.png"))
        sys.stderr.flush()
        os._exit(1)
    stage.done()
    if not stage.ends_by_itself:
        stage.window.close()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _complain(*parts: str) -> None:
    sys.stderr.write(" ".join(parts) + "\n")


def main() -> None:
    """Start the studio with the scenario in it."""
    file, folder, *project = sys.argv[1:]
    scenario = _load(Path(file))
    plain_loop = loop.new_loop

    def loop_with_scenario(application: QApplication) -> asyncio.AbstractEventLoop:
        made = plain_loop(application)
        made.call_soon(lambda: loop.start(_act(scenario, Path(folder))))
        return made

    loop.new_loop = loop_with_scenario
    code = start.run_studio(project[0] if project else None, _say, _complain)
    sys.exit(code if (Path(folder) / "done").exists() else code or 3)


if __name__ == "__main__":
    main()
