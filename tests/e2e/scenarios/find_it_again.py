"""After a crash the unsaved text is offered, beside what is on disk, and restored."""

from PySide6.QtWidgets import QPushButton

from studio.open_project import Place
from studio.widgets.code_editor.editor import CodeEditor
from tests.support.scenario import Stage

_TYPED = "# typed and never saved"


async def scenario(stage: Stage) -> None:
    """Restore it, save it."""
    project = await stage.project()
    project.location_requested.emit(Place(project.root / "main.py", 1, 1))
    await stage.until(lambda: bool(stage.all(CodeEditor)))
    await stage.until(lambda: bool(_buttons(stage, "Restore")))
    stage.photograph("offered")
    editor = stage.find(CodeEditor)
    assert _TYPED not in editor.toPlainText(), "nothing is restored unasked"
    await stage.hand.click(_buttons(stage, "Restore")[0])
    await stage.until(lambda: _TYPED in editor.toPlainText())
    assert _TYPED not in (project.root / "main.py").read_text()
    await stage.hand.click(editor.viewport())
    await stage.hand.key("Ctrl+S")
    await stage.until(lambda: _TYPED in (project.root / "main.py").read_text())


def _buttons(stage: Stage, text: str) -> list[QPushButton]:
    return [button for button in stage.all(QPushButton) if text in button.text()]
