"""Every workspace in both themes, photographed; the theme is switched live."""

import asyncio

from session.state import SessionState
from studio.look.tokens import DARK, LIGHT
from studio.open_project import Place
from tests.support.scenario import Stage


async def scenario(stage: Stage) -> None:
    """The pictures go where the test says; the README's come from here."""
    project = await stage.project()
    session, window = project.session, stage.window
    window.resize(1280, 800)
    project.location_requested.emit(Place(project.root / "main.py", 12))
    window.panels.show_panel("debug")
    project.play()
    await stage.until(lambda: session.state is SessionState.RUNNING)
    await asyncio.sleep(2)
    for tokens in (LIGHT, DARK):
        window.registry.run(f"studio.theme_{tokens.name}")
        assert stage.ground() == tokens.window
        stage.photograph(f"debug-{tokens.name}")
    project.stop()
    await session.wait()
    project.play()
    await session.wait()
    for tokens in (LIGHT, DARK):
        window.registry.run(f"studio.theme_{tokens.name}")
        window.registry.run("view.history")
        await asyncio.sleep(0.5)
        stage.photograph(f"history-{tokens.name}")
        window.registry.run("view.editor")
        window.registry.run("view.palette")
        await asyncio.sleep(0.3)
        stage.photograph_all(f"palette-{tokens.name}")
        await stage.hand.key("Esc")
