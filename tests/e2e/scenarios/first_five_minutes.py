"""The steps of the quickstart's first part, done as they are written there."""

import asyncio

from PySide6.QtWidgets import QAbstractButton

from session.exit_info import Cause
from session.state import SessionState
from studio.open_project import OpenProject
from studio.shell.card import Card
from studio.shell.dialogs.new_project import NewProjectDialog
from studio.shell.welcome import WelcomePage
from studio.widgets.code_editor.editor import CodeEditor
from studio.widgets.log_view.view import LogView
from studio.workspaces.history.workspace import HistoryWorkspace
from tests.support.scenario import Stage


async def scenario(stage: Stage) -> None:
    """From the welcome page to a mended program."""
    project = await _play_an_example(stage)
    await _read_the_log(stage, project)
    await _stop_it(stage, project)
    own = await _start_your_own(stage)
    await _break_it_and_mend_it(stage, own)
    await stage.hand.key("Ctrl+3")
    await stage.until(lambda: bool(stage.all(HistoryWorkspace)))
    stage.photograph("history")


async def _play_an_example(stage: Stage) -> OpenProject:
    await stage.until(lambda: bool(stage.all(WelcomePage)))
    page = stage.find(WelcomePage)
    await stage.until(lambda: any("Harbour" in card.accessibleName() for card in page.cards))
    stage.window.activateWindow()
    card = next(card for card in page.cards if "Harbour" in card.accessibleName())
    await stage.hand.click(_button(card, "Play"))
    project = await stage.project()
    await stage.until(lambda: project.session.state is SessionState.RUNNING)
    ended = await project.session.wait()
    assert ended.exit.cause is Cause.FINISHED
    return project


async def _read_the_log(stage: Stage, project: OpenProject) -> None:
    if not stage.window.panels.seen("debug"):
        await stage.hand.key("Ctrl+2")
    view, log = stage.find(LogView), project.session.log
    assert log is not None
    await stage.until(lambda: len(view.shown_rows()) == log.last_seq)
    await stage.hand.key("Ctrl+Alt+F")
    await stage.hand.type("waited")
    await stage.until(lambda: 0 < len(view.shown_rows()) < log.last_seq)
    await stage.hand.key("Esc")
    await stage.until(lambda: len(view.shown_rows()) == log.last_seq)


async def _stop_it(stage: Stage, project: OpenProject) -> None:
    await stage.hand.key("F5")
    await stage.until(lambda: project.session.state is SessionState.RUNNING)
    await stage.hand.key("Shift+F5")
    await stage.until(lambda: project.session.state is SessionState.STOPPED)
    ended = await project.session.wait()
    assert ended.exit.cause is Cause.STOPPED_BY_USER


async def _start_your_own(stage: Stage) -> OpenProject:
    front = stage.window.projects.front
    await stage.hand.key("Ctrl+Shift+N")
    await stage.until(lambda: bool(stage.all(NewProjectDialog)))
    dialog = stage.find(NewProjectDialog)
    dialog.activateWindow()
    stage.photograph_all("new")
    dialog.folder.setText(str(stage.folder))
    dialog.name.setText("mine")
    await stage.hand.click(dialog.create_button)
    await stage.until(lambda: stage.window.projects.front is not front)
    return await stage.project()


async def _break_it_and_mend_it(stage: Stage, project: OpenProject) -> None:
    await stage.until(lambda: bool(stage.all(CodeEditor)))
    editor = stage.find(CodeEditor)
    await stage.until(lambda: len(editor.toPlainText()) > 0)
    await stage.hand.click(editor.viewport())
    await stage.hand.key("Ctrl+Home")
    await stage.hand.type('pritn("hello")')
    await stage.hand.key("Return")
    await stage.hand.key("F5")
    await stage.until(lambda: project.session.state is SessionState.RUNTIME_FAILED)
    ended = await project.session.wait()
    assert "pritn" in ended.exit.message
    stage.photograph("broken")
    await asyncio.sleep(0.2)
    await stage.hand.click(editor.viewport())
    for _ in range(20):
        if "pritn" in editor.toPlainText():
            await stage.hand.key("Ctrl+Z")
    assert "pritn" not in editor.toPlainText()
    await stage.hand.key("Ctrl+S")
    await stage.until(lambda: "pritn" not in (project.root / "main.py").read_text())


def _button(inside: Card, text: str) -> QAbstractButton:
    buttons = inside.findChildren(QAbstractButton)
    return next(button for button in buttons if text in button.text().replace("&", ""))
