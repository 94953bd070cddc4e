"""The one place that makes workspaces and panels for the shell; each is imported when first shown.

`lasting` panels are made once a project and kept until it is closed. The others are made when
they can be seen, and destroyed when they are closed or another project comes to the front.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from studio.actions import ActionSpec
from studio.desk import Desk
from studio.open_project import OpenProject

if TYPE_CHECKING:
    from studio.workspaces.editor.workspace import EditorWorkspace
    from studio.workspaces.history.workspace import HistoryWorkspace

Make = Callable[[OpenProject, Desk], QWidget]


class Panel(NamedTuple):
    """A panel: its title, icon, and how it is made for a project."""

    title: str
    icon: str
    make: Make
    lasting: bool = True

    @property
    def name(self) -> str:
        """Its title in the user's language."""
        return QCoreApplication.translate("Panels", self.title)


def make_editor(project: OpenProject, desk: Desk) -> "EditorWorkspace":
    """Return the editor of a project."""
    from studio.workspaces.editor.workspace import EditorWorkspace

    return EditorWorkspace(project, desk)


def make_history(project: OpenProject, desk: Desk) -> "HistoryWorkspace":
    """Return the history of a project."""
    from studio.workspaces.history.workspace import HistoryWorkspace

    return HistoryWorkspace(project, desk)


def _make_files(project: OpenProject, desk: Desk) -> QWidget:
    from studio.workspaces.editor.files import FilesPanel

    panel = FilesPanel(project, desk)
    panel.setFocusProxy(panel.view)
    return panel


def _make_search(project: OpenProject, desk: Desk) -> QWidget:
    from studio.workspaces.editor.search import SearchPanel

    return SearchPanel(project, desk)


def _make_problems(project: OpenProject, desk: Desk) -> QWidget:
    from studio.workspaces.editor.problems import ProblemsPanel

    return ProblemsPanel(project, desk)


def _make_debug(project: OpenProject, desk: Desk) -> QWidget:
    from studio.workspaces.debug.workspace import DebugWorkspace

    return DebugWorkspace(project, desk)


def _make_workers(_project: OpenProject, desk: Desk) -> QWidget:
    from studio.workspaces.workers.panel import WorkersPanel

    return WorkersPanel(desk)


#: By the names that `studio.shell.layout.SEATS` gives them.
PANELS: Final = {
    "files": Panel("Files", "files", _make_files),
    "search": Panel("Search", "search", _make_search),
    "debug": Panel("Debug", "debug", _make_debug, lasting=False),
    "problems": Panel("Problems", "problems", _make_problems),
    "workers": Panel("Workers", "workers", _make_workers, lasting=False),
}


def room_actions() -> dict[str, tuple[ActionSpec, ...]]:
    """Return what can be asked of each workspace."""
    from studio.workspaces.debug.actions import ACTIONS as DEBUG
    from studio.workspaces.editor.actions import ACTIONS as EDITOR
    from studio.workspaces.history.actions import ACTIONS as HISTORY

    return {"editor": EDITOR, "debug": DEBUG, "history": HISTORY}
