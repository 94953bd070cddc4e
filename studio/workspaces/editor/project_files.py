"""What the panels of the editor workspace share about the files of one project.

Changes on disk, moves that were made here, and the door to texts that are open. One object for
each open project, found with `ProjectFiles.of`; it outlives any of the panels.
"""

from collections.abc import Iterable
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Protocol

import shiboken6
from PySide6.QtCore import QFileSystemWatcher, QObject, Signal

from session.log.entry import Fix
from studio.documents.watch import FolderWatch
from studio.open_project import OpenProject


class Editing(Protocol):
    """The texts that are open, as the other panels need them."""

    def open_text(self, path: Path) -> str | None:
        """Return the text of a file that is open, unsaved changes and all."""
        ...

    def change_text(self, path: Path, text: str) -> bool:
        """Put a text in place of that of an open file, as one step that can be undone."""
        ...

    async def apply_fix(self, fix: Fix) -> str | None:
        """Open the file, apply the fix and save; a sentence on why not, where it is void."""
        ...


class ProjectFiles(QObject):
    """Files of one project. Paths that are told are absolute."""

    #: Paths that another program (or this one) changed, made or removed.
    changed = Signal(object)
    #: A file or folder has another path now (old, new).
    moved = Signal(object, object)

    _seen = Signal(object)

    def __init__(self, project: OpenProject) -> None:
        super().__init__(project)
        self.project = project
        self._editing: Editing | None = None
        self._users: set[int] = set()
        self._tokens = count()
        self._watch: FolderWatch | None = None
        self._outside: QFileSystemWatcher | None = None
        self._seen.connect(self.changed)

    @classmethod
    def of(cls, project: OpenProject) -> "ProjectFiles":
        """Return the one of a project."""
        found = project.findChild(ProjectFiles)
        return found if isinstance(found, ProjectFiles) else cls(project)

    @property
    def editing(self) -> Editing | None:
        """The editor of the project, while there is one."""
        editor: object = self._editing
        gone = isinstance(editor, QObject) and not shiboken6.isValid(editor)
        return None if gone else self._editing

    def edit_with(self, editing: Editing) -> None:
        """This is the editor from now on."""
        self._editing = editing

    @property
    def root(self) -> Path:
        """The folder that is watched, and that relative paths begin at."""
        return self.project.root

    @property
    def single(self) -> Path | None:
        """The one file that the project is; None where it is a folder."""
        return None if self.project.path.is_dir() else self.project.path

    @property
    def failure(self) -> str | None:
        """Why changes on disk are not noticed; None where they are."""
        return self._watch.failure if self._watch is not None else None

    def use(self, panel: QObject) -> None:
        """Watch the disk for as long as this panel, or another, exists."""
        token = next(self._tokens)
        self._users.add(token)
        panel.destroyed.connect(_Leave(self, token))
        if self.single is not None:
            self.watch_also([self.single, self.root])
        elif self._watch is None:
            watch = self._watch = FolderWatch(self.root, self._tell)
            self.destroyed.connect(lambda: _stop(watch))  # with the project, panels or not
            watch.start()

    def look_at(self, paths: Iterable[Path]) -> None:
        """Name the files that are open: they are watched in any case."""
        files = list(paths)
        if self._watch is not None:
            self._watch.look_at(files)
        self.watch_also(files)

    def watch_also(self, paths: Iterable[Path]) -> None:
        """Watch single files or folders, without what lies below: those outside the project."""
        wanted = [str(p) for p in paths if self.single or not p.is_relative_to(self.root)]
        if not wanted:
            return
        if self._outside is None:
            self._outside = QFileSystemWatcher(self)
            self._outside.fileChanged.connect(self._tell_outside)
            self._outside.directoryChanged.connect(self._tell_outside)
        watched = {*self._outside.files(), *self._outside.directories()}
        fresh = [path for path in wanted if path not in watched]
        if fresh:
            self._outside.addPaths(fresh)

    def leave(self, token: int) -> None:
        """A panel is gone; without any, nothing is watched."""
        self._users.discard(token)
        if not self._users:
            self.stop()

    def stop(self) -> None:
        """Watch no more."""
        watch, self._watch = self._watch, None
        if watch is not None:
            _stop(watch)

    def _tell(self, paths: set[Path]) -> None:
        """Any thread: carry what the watch saw over to Qt's."""
        try:
            if shiboken6.isValid(self):
                self._seen.emit(paths)
        except RuntimeError:  # the project was closed in this very moment
            return

    def _tell_outside(self, path: str) -> None:
        self.changed.emit({Path(path)})
        if self._outside is not None and Path(path).exists():
            self._outside.addPath(path)  # a file that was replaced is watched no more


def _stop(watch: FolderWatch) -> None:
    """Wait for its threads in another one: they may be deep in a huge folder."""
    Thread(target=watch.stop, name="watch-stop", daemon=True).start()


class _Leave:
    """What is called when a panel is destroyed; holds no reference that would keep it."""

    def __init__(self, files: ProjectFiles, token: int) -> None:
        self._files = files
        self._token = token

    def __call__(self, _: QObject | None = None) -> None:
        if shiboken6.isValid(self._files):
            self._files.leave(self._token)
