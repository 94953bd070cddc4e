"""Debug workspaces in a window of their own, built and destroyed as the shell does."""

import shiboken6
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget

from session.state import SessionState
from studio import loop
from studio.desk import Desk
from studio.open_project import OpenProject
from studio.workspaces.debug.workspace import DebugWorkspace
from tests.support.qt_loop import until


class PanelBuilder:
    """Builds panels of the project in a window, as the shell does when the dock is opened."""

    def __init__(self, project: OpenProject, desk: Desk, window: QWidget) -> None:
        self._window = window
        self._project = project
        self._desk = desk
        self.built: list[DebugWorkspace] = []

    def __call__(self) -> DebugWorkspace:
        workspace = DebugWorkspace(self._project, self._desk)
        self.built.append(workspace)
        workspace.setParent(self._window)
        workspace.resize(1000, 400)
        workspace.show()
        return workspace

    async def end(self) -> None:
        """Destroy every panel, close the project, and wait until nothing goes on."""
        for workspace in self.built:
            if shiboken6.isValid(workspace):
                destroy(workspace)
        await self._project.close()
        await until(lambda: not loop._tasks)


def destroy(workspace: DebugWorkspace) -> None:
    """Destroy a panel now, as closing its dock does."""
    workspace.hide()
    workspace.deleteLater()
    QApplication.sendPostedEvents(workspace, QEvent.Type.DeferredDelete)


async def reach_state(project: OpenProject, state: SessionState) -> None:
    """Wait until the project's session is in a state."""
    await until(lambda: project.session.state is state)
