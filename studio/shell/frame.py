"""What the parts of the shell know of the window they stand in: its other parts. No behaviour."""

from pathlib import Path

from PySide6.QtWidgets import QMainWindow, QWidget

from studio.open_project import OpenProject
from studio.shell.action_registry import ActionRegistry
from studio.shell.focus_ring import FocusRing
from studio.shell.palette import CommandPalette
from studio.shell.panels import Panels
from studio.shell.projects import OpenProjects
from studio.shell.stage import Stage
from studio.shell.status_bar import StatusBar
from studio.shell.toolbar import Toolbar


class Frame(QMainWindow):
    """A window with these parts; `MainWindow` makes them."""

    projects: OpenProjects
    registry: ActionRegistry
    toolbar: Toolbar
    panels: Panels
    stage: Stage
    status: StatusBar
    palette_box: CommandPalette
    ring: FocusRing

    def open_project(self, path: Path) -> OpenProject | None:
        """Open a project and bring it to the front; None, and a notice, where it cannot be."""
        raise NotImplementedError

    async def close_project(self, project: OpenProject) -> bool:
        """Close one project; asks where something would be lost. False: it stays."""
        raise NotImplementedError

    def panes(self) -> list[QWidget]:
        """Return the panes that F6 goes through, in the order of the eye."""
        raise NotImplementedError

    def show_notices(self) -> None:
        """Open the list behind the bell."""
        raise NotImplementedError

    def show_isolation(self) -> None:
        """Say what stands between a program and the user's things."""
        raise NotImplementedError
