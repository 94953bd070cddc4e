"""A preparation fails; the problems panel leads to the line; it is mended and played."""

from session.state import SessionState
from studio.widgets.code_editor.editor import CodeEditor
from studio.workspaces.editor.problems import ProblemsPanel
from tests.support.scenario import Stage


async def scenario(stage: Stage) -> None:
    """Line 3 lacks a quote."""
    project = await stage.project()
    session = project.session
    await stage.hand.key("F5")
    await stage.until(lambda: session.state is SessionState.PREPARE_FAILED)
    await stage.hand.key("Ctrl+Shift+M")
    panel = stage.find(ProblemsPanel)
    await stage.until(lambda: panel.list.topLevelItemCount() > 0)
    stage.photograph("problems")
    group = panel.list.topLevelItem(0)
    assert group is not None
    item = group.child(0) or group
    await stage.hand.click(panel.list, panel.list.visualItemRect(item).center(), times=2)
    await stage.until(lambda: bool(stage.all(CodeEditor)))
    editor = stage.find(CodeEditor)
    await stage.until(lambda: editor.textCursor().blockNumber() == 2)
    await stage.until(editor.hasFocus)
    await stage.hand.key("End")
    await stage.hand.type('")')
    stage.photograph("mended")
    await stage.hand.key("F5")  # saves first
    await stage.until(lambda: session.state is SessionState.STOPPED)
    await session.wait()
    assert "mended at last" in stage.messages(project)
    assert project.problems.problems == []
    assert (project.root / "main.py").read_text().splitlines()[2] == 'print("mended at last")'
