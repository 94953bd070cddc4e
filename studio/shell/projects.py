"""The projects that are open in the window, and which of them is in front."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from session.home import project_key
from studio.desk import Desk
from studio.open_project import OpenProject, is_there
from studio.settings.memory import Memory
from studio.shell.play_flow import PlayFlow
from studio.shell.project_titles import Titled, told_apart
from studio.shell.text_label import separator_free

if TYPE_CHECKING:
    from studio.workspaces.debug.unread import UnreadCounter
    from studio.workspaces.editor.workspace import EditorWorkspace
    from studio.workspaces.history.workspace import HistoryWorkspace

#: Keys of the memory.
RECENT: Final = "projects.recent"
OPEN: Final = "projects.open"
FRONT: Final = "projects.front"
#: Recent projects that are remembered.
_RECENT_KEPT: Final = 20


@dataclass(eq=False)
class Opened:
    """One open project and what the window made for it; pages exist once they were shown."""

    project: OpenProject
    flow: PlayFlow
    unread: "UnreadCounter"
    editor: "EditorWorkspace | None" = None
    history: "HistoryWorkspace | None" = None
    page: str = "editor"
    #: It was checked after opening, or need not be.
    looked_at: bool = False


class OpenProjects(QObject):
    """Opens and lets go of projects; the window shows them."""

    #: A project was opened (an `Opened`).
    opened = Signal(object)
    #: Another project is in front, or none.
    front_changed = Signal()
    #: A project was opened or closed, or its state changed.
    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.all: list[Opened] = []
        self.front: Opened | None = None

    @property
    def running(self) -> list[OpenProject]:
        """Those with a run under way."""
        return [one.project for one in self.all if one.project.session.state.active]

    def open(self, path: Path) -> Opened | None:
        """Open a project, or find it among the open ones; None, and a notice, if there is none.

        Puts nothing in front.
        """
        service = self._desk.service
        if service is None:
            return None
        known = self._at(path) if not is_there(path) else self.find(path)
        if known is not None:
            return known
        if not is_there(path):
            self._desk.notices.post(
                self.tr("{0} is not there any more.").format(path),
                detail=self.tr("It was moved or deleted. Open it where it is now."),
            )
            return None
        project = OpenProject(path, service, self._desk.notices, self)
        from studio.workspaces.debug.unread import UnreadCounter

        flow = PlayFlow(project, self._desk.settings)
        opened = Opened(project, flow, UnreadCounter(project))
        self._restore(project)
        self.all.append(opened)
        opened.flow.changed.connect(self.changed)
        self._note_recent(project.path)
        self.opened.emit(opened)
        self.changed.emit()
        return opened

    def find(self, path: Path) -> Opened | None:
        """Return the open project at a path, if it is one."""
        key = project_key(path)
        return next((one for one in self.all if project_key(one.project.path) == key), None)

    def title(self, project: OpenProject) -> str:
        """Return what an open project is called here: no two are called the same."""
        titled = [Titled(one.project.title, one.project.path) for one in self.all]
        names = dict(zip((one.project for one in self.all), told_apart(titled), strict=True))
        return separator_free(names.get(project, project.title))

    def _at(self, path: Path) -> Opened | None:
        """Find an open project whose folder went away since."""
        return next((one for one in self.all if one.project.path == path), None)

    def of(self, project: OpenProject) -> Opened | None:
        """Return what belongs to a project; None once it is closed."""
        return next((one for one in self.all if one.project is project), None)

    def bring(self, opened: Opened | None) -> None:
        """Put a project in front."""
        if opened is not self.front:
            self.front = opened
            self.front_changed.emit()

    def let_go(self, opened: Opened) -> None:
        """Take a project off the list; a neighbour comes to the front."""
        self.keep(opened)
        index = self.all.index(opened)
        self.all.remove(opened)
        if self.front is opened:
            self.front = None
            self.bring(self.all[min(index, len(self.all) - 1)] if self.all else None)
            if not self.all:
                self.front_changed.emit()
        self.changed.emit()

    def keep(self, opened: Opened) -> None:
        """Remember what a project looked like."""
        document: dict[str, Any] = {
            "configuration": opened.project.configuration,
            "views": opened.project.views,
        }
        if opened.editor is not None:
            document["editor"] = opened.editor.state()
        else:
            document["editor"] = self.kept(opened.project).get("editor")
        self._desk.memory.set(_key(opened.project), document)

    def keep_all(self) -> None:
        """Remember every open project, and which is in front."""
        for opened in self.all:
            self.keep(opened)
        memory = self._desk.memory
        memory.set(OPEN, [str(one.project.path) for one in self.all])
        memory.set(FRONT, str(self.front.project.path) if self.front else "")

    def kept(self, project: OpenProject) -> dict[str, Any]:
        """Return what is remembered of a project."""
        found: dict[str, Any] = self._desk.memory.get(_key(project), dict, {})
        return found

    def _restore(self, project: OpenProject) -> None:
        kept = self.kept(project)
        views, configuration = kept.get("views"), kept.get("configuration")
        if isinstance(views, dict):
            project.views.update(views)
        if isinstance(configuration, str):
            project.configuration = configuration

    def _note_recent(self, path: Path) -> None:
        known = [text for text in recent_texts(self._desk) if text != str(path)]
        self._desk.memory.set(RECENT, [str(path), *known][:_RECENT_KEPT])


def recent_texts(desk: Desk) -> list[str]:
    """Return the paths of recent projects, newest first."""
    kept = desk.memory.get(RECENT, list, [])
    return [text for text in kept if isinstance(text, str) and text]


def last_open(memory: Memory) -> list[Path]:
    """Return the projects that were open last, as far as they are still there. Blocking."""
    kept = memory.get(OPEN, list, [])
    return [path for text in kept if isinstance(text, str) and is_there(path := Path(text))]


def _key(project: OpenProject) -> str:
    return f"project.{project_key(project.path)}"
