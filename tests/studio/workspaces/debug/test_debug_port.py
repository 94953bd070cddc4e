"""A run that found its port taken offers on its card to stop the run that has it."""

import socket
from pathlib import Path

from session.play_request import PlayRequest
from session.state import SessionState
from studio.desk import Desk
from studio.open_project import OpenProject
from tests.support.debug_panels import PanelBuilder, reach_state
from tests.support.qt_loop import QtRunner, until

_LISTENS = """\
import socket, time
server = socket.create_server(("127.0.0.1", {}))
print("listening", flush=True)
time.sleep(600)
"""
_NET = PlayRequest(grants=("net",))


def test_the_card_stops_the_other_run_and_plays_again(
    qt: QtRunner, project: OpenProject, desk: Desk, build: PanelBuilder, tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        source = _LISTENS.format(free.getsockname()[1])

    async def look() -> None:
        assert desk.service is not None
        other = tmp_path / "other.py"
        for path in (other, project.path / "main.py"):
            path.write_text(source)
        holder = OpenProject(other, desk.service, desk.notices)
        project.play_requested.connect(project.play)
        holder.play(_NET)
        await until(lambda: _says(holder, "listening"))

        card = build().card
        project.play(_NET)
        await project.session.wait()
        await until(card.unblock.isVisible)
        assert card.unblock.text() == "Stop the other run and play again"
        assert "is held by another run of other" in card.text
        card.unblock.click()
        assert not card.unblock.isEnabled()
        await reach_state(project, SessionState.RUNNING)
        assert holder.session.state is SessionState.STOPPED
        await until(lambda: _says(project, "listening"))
        assert not card.unblock.isVisible()
        await holder.close()
        await build.end()

    qt.run(look())


def _says(project: OpenProject, text: str) -> bool:
    log = project.session.log
    return log is not None and any(getattr(row, "message", "") == text for row in log.read(0, 200))
