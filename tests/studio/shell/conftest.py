"""A window over simulated runs, and projects for it."""

import asyncio
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from studio import loop
from studio.desk import Desk
from studio.open_project import OpenProject
from studio.shell.window import MainWindow
from tests.support.qt_loop import QtRunner
from tests.support.simulated import (
    SimulatedPreparer,
    SimulatedRuntime,
    open_ended,
    simulated_service,
)

PROGRAM = "import time\n\nprint('hello')\ntime.sleep(60)\n"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform says so of windows that come to the front and of popups."""
    for item in items:
        item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support", extend=True))


class ShellBench:
    """A populated window; programs run until they are stopped, and never for real."""

    window: MainWindow
    #: Work of a project that was closed while it was being opened may wait for ever.
    cancels_what_is_left = False

    def __init__(self, desk: Desk, qt: QtRunner, folder: Path) -> None:
        self.desk = desk
        self.folder = folder
        self.runtime: SimulatedRuntime = open_ended()
        self.preparer = SimulatedPreparer()
        self._qt = qt
        desk.service = simulated_service(folder, self.preparer, self.runtime)

    async def new_window(self) -> MainWindow:
        """Return a window that is shown and populated."""
        window = MainWindow(self.desk)
        window.show()
        await painted()
        window.populate()
        await painted()
        return window

    def folder_of(self, name: str) -> Path:
        """Return the folder of a project, made now if need be."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        (folder / "main.py").write_text(PROGRAM)
        return folder

    def open(self, name: str) -> OpenProject:
        """Open a project and bring it to the front."""
        project = self.window.open_project(self.folder_of(name))
        assert project is not None
        return project

    def run(self, work: Coroutine[Any, Any, None], timeout_s: float = 30) -> None:
        """Run a test's coroutine, and whatever it started, to the end."""
        self._qt.run(self._to_the_end(work), timeout_s)

    async def close(self, window: MainWindow) -> None:
        """Let go of a window and everything in it."""
        for opened in list(window.projects.all):
            await opened.project.close()
        await self.quiet()
        window.tray.hide()
        window.hide()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    async def quiet(self) -> None:
        """Wait until nothing that the window started is under way; runs may be."""
        here = asyncio.get_running_loop()
        deadline = here.time() + 10
        while left := [task for task in loop._tasks if task.get_loop() is here]:
            if self.cancels_what_is_left and here.time() > deadline - 8:
                for task in left:
                    task.cancel()
            assert here.time() < deadline, [waiting(task) for task in left]
            await asyncio.sleep(0.01)

    async def _to_the_end(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        finally:
            await self.quiet()


def waiting(task: asyncio.Task[Any]) -> str:
    """Say where a task waits: its coroutines, from the outermost."""
    names: list[str] = []
    inner: Any = task.get_coro()
    while inner is not None and hasattr(inner, "cr_frame"):
        line = inner.cr_frame.f_lineno if inner.cr_frame else 0
        names.append(f"{inner.__qualname__}:{line}")
        inner = inner.cr_await
    return " > ".join(names)


async def painted() -> None:
    """Let everything be laid out and painted."""
    await asyncio.sleep(0.02)


@pytest.fixture
def shell(desk: Desk, qt: QtRunner, tmp_path: Path) -> Iterator[ShellBench]:
    bench = ShellBench(desk, qt, tmp_path)

    async def begin() -> None:
        bench.window = await bench.new_window()

    bench.run(begin())
    yield bench
    qt.run(bench.close(bench.window))
