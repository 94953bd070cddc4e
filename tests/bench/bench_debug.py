"""The figure of the whole debug workspace: reopened over a million rows, to its first paint."""

import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QVBoxLayout, QWidget

from session.compose import build_service
from session.home import Home
from session.log.store import LogStore
from studio import loop
from studio.desk import Desk
from studio.look.appearance import Appearance
from studio.notices import NoticeList
from studio.open_project import OpenProject
from studio.settings.memory import Memory
from studio.settings.store import SettingsStore
from studio.workspaces.debug.workspace import DebugWorkspace
from tests.bench.bench_log_view import Painted
from tests.bench.figure import Figure
from tests.bench.screens import on_each_screen

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_LINES = 1_000_000
_REOPENINGS = 25
_SIZE = (1280, 400)
_PROGRAM = f"""
import sys, time

for first in range(0, {_LINES}, 1000):
    sys.stdout.write("".join(
        f"2026-11-20 10:00:00,123 worker[{{n % 16}}] took E0{{n * 7 % 1000:03}}: "
        f"handling request {{n}} of batch alpha {{'y' * (n % 40)}}\\n"
        for n in range(first, first + 1000)
    ))
sys.stdout.flush()
time.sleep(600)
"""


def figures() -> list[Figure]:
    """Measure on each kind of screen that there is; about half a minute each."""
    return on_each_screen("tests.bench.bench_debug")


def measure() -> list[Figure]:
    """Measure on the screen that this process has."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    application.setQuitOnLastWindowClosed(False)
    running = loop.new_loop(application)
    asyncio.set_event_loop(running)
    with tempfile.TemporaryDirectory() as name:
        try:
            return running.run_until_complete(_measure(application, Path(name)))
        finally:
            running.close()


async def _measure(application: QApplication, folder: Path) -> list[Figure]:
    home = Home.under(folder / "home")
    desk = Desk(
        home=home,
        appearance=Appearance(application),
        settings=SettingsStore(home.config / "settings.json"),
        memory=Memory(home.state / "memory.json"),
        notices=NoticeList(),
        service=build_service(home),
    )
    (folder / "rows").mkdir()
    (folder / "rows" / "main.py").write_text(_PROGRAM)
    assert desk.service is not None
    project = OpenProject(folder / "rows", desk.service, desk.notices)
    try:
        project.play()
        log = await _rows(project)
        return await _reopening(project, desk, log)
    finally:
        await project.close()


async def _rows(project: OpenProject) -> LogStore:
    """Wait until the program, which goes on, has printed what it prints."""
    while project.session.log is None or project.session.log.last_seq < _LINES:
        await asyncio.sleep(0.1)
    await asyncio.sleep(1)
    return project.session.log


async def _reopening(project: OpenProject, desk: Desk, log: LogStore) -> list[Figure]:
    window = QWidget()
    room = QVBoxLayout(window)
    room.setContentsMargins(0, 0, 0, 0)
    window.resize(*_SIZE)
    window.show()
    await asyncio.sleep(0.3)
    taken = []
    for _ in range(_REOPENINGS):
        started = time.perf_counter()
        workspace = DebugWorkspace(project, desk)
        room.addWidget(workspace)
        workspace.show()
        room.activate()
        _painted(workspace)
        taken.append((time.perf_counter() - started) * 1000)
        await asyncio.sleep(0.03)
        workspace.hide()
        workspace.deleteLater()
        await asyncio.sleep(0.03)
    plain = _plain_text_edit(window, room, log)
    window.close()
    window.deleteLater()
    median = statistics.median(taken)
    return [
        Figure(
            "debug workspace: reopened whole over 1M rows, to first paint",
            "≤ 16 ms",
            f"{median:.1f} ms (worst {max(taken):.1f} ms)",
            median <= 16,
            f"median of {_REOPENINGS}, built and destroyed while the program runs",
        ),
        Figure(
            "debug workspace: the same beside a plain text edit",
            "≥ 500 × faster",
            f"{plain / median:.0f} × ({plain / 1000:.1f} s)",
            plain / median >= 500,
            "QPlainTextEdit.setPlainText of the same rows, to first paint",
        ),
    ]


def _painted(workspace: DebugWorkspace) -> None:
    """Have everything painted; return when its parts have been."""
    parts = (workspace.pane.view.viewport(), workspace.pane.bar.field, workspace.card)
    seen = [Painted() for _ in parts]
    for part, painted in zip(parts, seen, strict=True):
        part.installEventFilter(painted)
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
    for part in parts:  # the first of them has everything painted that is to be
        part.repaint()
    for part, painted in zip(parts, seen, strict=True):
        part.removeEventFilter(painted)
    assert all(painted.seen for painted in seen), "not all was painted, so nothing was measured"


def _plain_text_edit(window: QWidget, room: QVBoxLayout, log: LogStore) -> float:
    text = "\n".join(log.raw(seq).decode("utf-8", "replace") for seq in range(1, log.last_seq + 1))
    started = time.perf_counter()
    edit = QPlainTextEdit(window)
    edit.setPlainText(text)
    room.addWidget(edit)
    edit.show()
    room.activate()
    edit.viewport().repaint()
    seconds = time.perf_counter() - started
    edit.hide()
    edit.deleteLater()
    QApplication.sendPostedEvents(edit, QEvent.Type.DeferredDelete)
    return seconds * 1000
