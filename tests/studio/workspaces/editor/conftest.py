"""An open project with a few files, as the editor's parts get it."""

import asyncio
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.desk import Desk
from studio.open_project import OpenProject
from studio.workspaces.editor.project_files import ProjectFiles
from studio.workspaces.editor.recovery_store import recovery_store
from studio.workspaces.editor.workspace import EditorWorkspace
from tests.support.qt_loop import QtRunner

FILES = {
    "main.py": "import level\n\nprint(level.NAME)\n",
    "level.py": 'NAME = "cave"\n',
    "level10.py": "DEPTH = 10\n",
    "level9.py": "DEPTH = 9\n",
    "assets/hero.png": "",
    "assets/sounds/jump.ogg": "",
    "notes.md": "# Notes\n",
    "__pycache__/main.cpython-311.pyc": "",
    ".git/config": "[core]\n",
}


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Let what a test began come to its end: after it nobody runs the loop."""
    try:
        return (yield)
    finally:
        arguments = getattr(item, "funcargs", {})
        runner, opened = arguments.get("qt"), arguments.get("project")
        if isinstance(runner, QtRunner) and isinstance(opened, OpenProject):
            ProjectFiles.of(opened).stop()
            runner.run(asyncio.sleep(0.05))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project's folder."""
    root = tmp_path / "cave"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.fixture
def project(qt: QtRunner, desk: Desk, folder: Path) -> Iterator[OpenProject]:
    """That folder, open."""
    assert desk.service is not None
    opened = OpenProject(folder, desk.service, desk.notices)
    yield opened

    async def close() -> None:
        await opened.close()
        await asyncio.sleep(0)

    qt.run(close())
    opened.deleteLater()


@pytest.fixture
def workspace(
    qt: QtRunner, qtbot: QtBot, project: OpenProject, desk: Desk
) -> Iterator[EditorWorkspace]:
    """An editor workspace of that project, in a window."""
    desk.settings.update(check_on_save=False)
    workspace = EditorWorkspace(project, desk)
    workspace.resize(900, 600)
    qtbot.addWidget(workspace)
    workspace.show()
    qt.run(asyncio.sleep(0.05))  # what it begins by itself
    yield workspace
    qt.run(asyncio.sleep(0.05))
    recovery_store(desk).close()
