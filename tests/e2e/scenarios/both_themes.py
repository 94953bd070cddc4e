"""Every workspace and dialog in both themes, photographed; the theme is switched live."""

import asyncio

from PySide6.QtWidgets import QDialog

from session.state import SessionState
from studio.look.tokens import DARK, LIGHT
from studio.open_project import OpenProject, Place
from studio.workspaces.history.workspace import HistoryWorkspace
from tests.support.scenario import Stage

#: Time for a page to be filled and painted.
_PAINT_S = 0.5


async def scenario(stage: Stage) -> None:
    """The pictures go where the test says; the README's come from here."""
    project = await stage.project()
    stage.window.resize(1280, 800)
    project.location_requested.emit(Place(project.root / "main.py", 12))
    project.play()
    await stage.until(lambda: project.session.state is SessionState.RUNNING)
    await asyncio.sleep(2)
    await _in_both(stage, "debug")
    project.stop()
    await project.session.wait()
    project.play()
    await project.session.wait()
    await _panels(stage)
    await _dialogs(stage)
    await _history(stage, project)
    await stage.window.close_project(project)
    await asyncio.sleep(_PAINT_S)
    await _in_both(stage, "welcome")


async def _in_both(stage: Stage, name: str, *, whole: bool = False) -> None:
    for tokens in (LIGHT, DARK):
        stage.window.registry.run(f"studio.theme_{tokens.name}")
        assert stage.ground() == tokens.window
        await asyncio.sleep(_PAINT_S)
        if whole:
            stage.photograph_all(f"{name}-{tokens.name}")
        else:
            stage.photograph(f"{name}-{tokens.name}")


async def _panels(stage: Stage) -> None:
    for name in ("problems", "search"):
        stage.window.panels.show_panel(name)
        await asyncio.sleep(_PAINT_S)
        await _in_both(stage, name)
    stage.window.panels.show_panel("files")
    stage.window.panels.show_panel("debug")
    stage.window.registry.run("debug.usage")
    await asyncio.sleep(1)
    await _in_both(stage, "plots")


async def _dialogs(stage: Stage) -> None:
    for name, action in (("settings", "studio.settings"), ("configurations", "run.configurations")):
        stage.window.registry.run(action)
        await stage.until(lambda: bool(stage.all(QDialog)))
        await _in_both(stage, name, whole=True)
        stage.find(QDialog).reject()
        await stage.until(lambda: not stage.all(QDialog))
    stage.window.registry.run("view.palette")
    await asyncio.sleep(_PAINT_S)
    await _in_both(stage, "palette", whole=True)
    await stage.hand.key("Esc")


async def _history(stage: Stage, project: OpenProject) -> None:
    stage.window.registry.run("view.history")
    await asyncio.sleep(_PAINT_S)
    await _in_both(stage, "history")
    newest, before = (run.run_id for run in project.service.history.list(project.path)[:2])
    stage.find(HistoryWorkspace).compare_runs(before, newest)
    await asyncio.sleep(2)
    await _in_both(stage, "comparison")
