"""A first Play asks what a program may do; the answer holds, is remembered, and is taken back."""

import asyncio

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from session.exit_info import Cause
from session.state import SessionState
from studio.look.tokens import DARK, LIGHT
from studio.open_project import OpenProject
from studio.shell.dialogs.permission_sheet import PermissionSheet
from studio.shell.isolation_panel import IsolationPanel
from studio.widgets.runs.card import RunCard
from tests.support.scenario import Stage

_PAINT_S = 0.5


async def scenario(stage: Stage) -> None:
    """By keyboard where a user would; the pictures are for people."""
    project = await stage.project()
    stage.window.resize(1280, 800)
    stage.window.panels.show_panel("debug")
    await _stop_while_it_asks(stage, project)
    await _play_without(stage, project)
    await _grant_on_the_card(stage, project)
    await _withdraw(stage, project)
    await _allow(stage, project)
    await _somebody_elses(stage, project)


async def _in_both(stage: Stage, name: str) -> None:
    for tokens in (LIGHT, DARK):
        stage.window.registry.run(f"studio.theme_{tokens.name}")
        await asyncio.sleep(_PAINT_S)
        stage.photograph_all(f"{name}-{tokens.name}")


async def _asked(stage: Stage) -> PermissionSheet:
    await stage.until(lambda: bool(stage.all(PermissionSheet)))
    return stage.find(PermissionSheet)


async def _stop_while_it_asks(stage: Stage, project: OpenProject) -> None:
    await stage.hand.key("F5")
    sheet = await _asked(stage)
    assert project.session.state is SessionState.PREPARING
    said = " ".join(label.text() for label in sheet.findChildren(QLabel))
    assert "Use the network" in said
    assert "socket" in said
    await _in_both(stage, "asked")
    stage.window.registry.run("run.stop")
    ended = await project.session.wait()
    assert ended.exit.cause is Cause.STOPPED_BY_USER
    await stage.until(lambda: not stage.all(PermissionSheet))
    assert project.answers() == []


async def _play_without(stage: Stage, project: OpenProject) -> None:
    stage.window.activateWindow()
    await stage.until(stage.window.isActiveWindow)
    await stage.hand.key("F5")
    sheet = await _asked(stage)
    sheet.activateWindow()
    await stage.until(sheet.isActiveWindow)
    await stage.hand.key("Return")
    await asyncio.sleep(_PAINT_S)
    assert sheet.isVisible(), "what is typed elsewhere answers nothing"
    await _press(stage, sheet, sheet.without)
    await project.session.wait()
    assert "kept apart" in stage.messages(project)
    await stage.until(lambda: not stage.all(PermissionSheet))
    assert [(one.grant, one.granted) for one in project.answers()] == [("net", False)]
    await asyncio.sleep(_PAINT_S)
    await _in_both(stage, "denied")


async def _press(stage: Stage, sheet: PermissionSheet, button: object) -> None:
    for _ in range(12):
        if sheet.focusWidget() is button:
            break
        await stage.hand.key("Tab")
        await asyncio.sleep(0.05)
    assert sheet.focusWidget() is button
    await stage.hand.key("space")


async def _grant_on_the_card(stage: Stage, project: OpenProject) -> None:
    card = stage.find(RunCard)
    assert "every address and port" in card.text
    card.grant.click()
    await stage.until(lambda: "reached" in stage.messages(project))
    await project.session.wait()
    assert ("net", True) in [(one.grant, one.granted) for one in project.answers()]


async def _withdraw(stage: Stage, project: OpenProject) -> None:
    stage.window.registry.run("view.isolation")
    await stage.until(lambda: bool(stage.all(IsolationPanel)))
    await _in_both(stage, "shield")
    panel = stage.find(IsolationPanel)
    for button in panel.rows:
        button.click()
    assert project.answers() == []
    await asyncio.sleep(_PAINT_S)
    stage.photograph_all("withdrawn")
    panel.close()


async def _allow(stage: Stage, project: OpenProject) -> None:
    stage.window.activateWindow()
    await stage.until(stage.window.isActiveWindow)
    await stage.hand.key("F5")
    sheet = await _asked(stage)
    sheet.activateWindow()
    await stage.until(sheet.isActiveWindow)
    await _press(stage, sheet, sheet.allow)
    await project.session.wait()
    assert "reached" in stage.messages(project)


async def _somebody_elses(stage: Stage, project: OpenProject) -> None:
    stage.window.registry.run("run.play_foreign")
    sheet = await _asked(stage)
    assert len(sheet.questions) == 4
    await _in_both(stage, "foreign")
    sheet.boxes[0].setChecked(False)
    sheet.allow.click()
    await project.session.wait()
    assert "kept apart" in stage.messages(project)
    record = project.session.record
    assert record is not None
    assert record.foreign
    granted = (record.isolation or {})["granted"]
    assert "net" not in granted
    assert "read" in granted
    assert stage.window.windowModality() is Qt.WindowModality.NonModal
