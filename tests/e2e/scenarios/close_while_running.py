"""Closing while a program runs asks once; Cancel keeps everything, Stop ends both."""

import asyncio

from PySide6.QtWidgets import QDialog, QPushButton

from session.state import SessionState
from tests.support.scenario import Stage


async def scenario(stage: Stage) -> None:
    """Cancel, then stop and close."""
    project = await stage.project()
    session, window = project.session, stage.window
    await stage.hand.key("F5")
    await stage.until(lambda: session.state is SessionState.RUNNING)
    await stage.hand.close(window)
    await stage.until(lambda: len(stage.all(QDialog)) == 1)
    window.close()  # once more, behind the question
    window.close()
    stage.photograph_all("question")
    dialog = stage.find(QDialog)
    await stage.hand.click(_button(dialog, "Cancel"))
    await stage.until(lambda: not stage.all(QDialog))
    assert session.state is SessionState.RUNNING
    assert window.isVisible()
    await stage.hand.close(window)
    await stage.until(lambda: len(stage.all(QDialog)) == 1)
    stage.ends_by_itself = True
    stage.done()
    await stage.hand.click(_button(stage.find(QDialog), "Stop and close"))
    await asyncio.sleep(60)  # the studio ends before
    raise AssertionError(session.state)


def _button(dialog: QDialog, text: str) -> QPushButton:
    buttons = dialog.findChildren(QPushButton)
    return next(button for button in buttons if text in button.text().replace("&", ""))
