"""Text is typed and not saved; then the studio is killed as nothing can catch."""

import asyncio
import os
import signal

from studio.widgets.code_editor.editor import CodeEditor
from tests.support.scenario import Stage


async def scenario(stage: Stage) -> None:
    """One second of typing may be lost, and this is older."""
    project = await stage.project()
    stage.window.come_back()
    from studio.open_project import Place

    project.location_requested.emit(Place(project.root / "main.py", 1, 1))
    await stage.until(lambda: bool(stage.all(CodeEditor)))
    editor = stage.find(CodeEditor)
    await stage.until(lambda: "counting" in editor.toPlainText())
    await stage.hand.click(editor.viewport())
    await stage.hand.key("Ctrl+End")
    await stage.hand.type("# typed and never saved")
    await asyncio.sleep(1.5)
    (stage.folder / "done").touch()
    os.kill(os.getpid(), signal.SIGKILL)
