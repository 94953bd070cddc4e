"""The debug workspace is closed by its shortcut; the next start finds it closed."""

from tests.support.scenario import Stage


async def scenario(stage: Stage) -> None:
    """It is open in a first start."""
    await stage.project()
    assert stage.window.panels.seen("debug")
    await stage.hand.key("Ctrl+2")
    if stage.window.panels.seen("debug"):  # the first press went to it, the second closes it
        await stage.hand.key("Ctrl+2")
    await stage.until(lambda: not stage.window.panels.seen("debug"))
