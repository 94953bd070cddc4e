"""The folders of one run: the view, the scratch space, and what was kept of them."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from session.home import project_key
from session.ports import Launch
from session.run_folder import WRITTEN
from session.runtime.environment import Scratch, build_environment
from session.runtime.harvest import Harvest, harvest
from session.runtime.image_tree import ImageTrees, NoTreeError
from session.runtime.overlay import OVERLAY, UPPER, WORK, Overlay, remove_overlay
from session.runtime.own_folder import OwnFolder
from session.runtime.scratch import make_scratch, plan_links
from session.runtime.view import LaidFile, lay_view

#: A file younger than the laid view and older than anything the program did, with the identity
#: of our folders: when Playhead is killed, the next start tells by it what the run wrote.
LAID = "laid"
VIEW = "view"
SCRATCH = "scratch"


class RunFolder:
    """Everything a run has on disk besides its log and record. Blocking: use a thread."""

    def __init__(self, launch: Launch) -> None:
        self._launch = launch
        self.view = launch.folder / VIEW
        self.scratch = launch.folder / SCRATCH
        self.written = launch.folder / WRITTEN
        self.links = plan_links(self.scratch)
        self.space: Scratch | None = None
        self.overlay: Overlay | None = None
        #: Why the view is a copy, where it should have been an overlay.
        self.copied = ""
        self._laid: dict[str, LaidFile] = {}
        self._own: tuple[OwnFolder, OwnFolder] | None = None

    @property
    def cwd(self) -> Path:
        """Where the program starts: in the view, or in the project itself where that is asked."""
        prepared = self._launch.prepared
        return (prepared.root if prepared.write_project else self.view) / prepared.cwd

    @property
    def growing(self) -> tuple[Path, ...]:
        """The folders in which what a run writes counts as its own."""
        prepared = self._launch.prepared
        project = (prepared.root,) if prepared.write_project else ()
        view = self.overlay.upper if self.overlay else self.view
        return (view, self.scratch, self._launch.data, *project)

    def prepare(
        self, ours: Mapping[str, str], stopped: Callable[[], bool], *, overlay: bool = False
    ) -> dict[str, str]:
        """Create everything and return the program's environment; raise OSError, ConnectFailed.

        `overlay`: the launcher can make the view one, where there is a tree for it.
        """
        launch = self._launch
        launch.data.mkdir(parents=True, exist_ok=True)
        scratch = self.space = make_scratch(self.scratch, self.links)
        if overlay:
            self._lay_under(stopped)
        self._lay(stopped)
        prepared, run_id = launch.prepared, launch.run_id
        return build_environment(
            ours, prepared.env_names, run_id, scratch, launch.data, prepared.env, prepared.rights
        )

    def _lay_under(self, stopped: Callable[[], bool]) -> None:
        """Make ready for an overlay; where there cannot be one, note why."""
        trees, prepared = self._launch.trees, self._launch.prepared
        if trees is None:
            return
        try:
            self.overlay = Overlay(self._launch.folder)
            tree = ImageTrees(trees).take(project_key(prepared.root), prepared.files, stopped)
            self.overlay.cover(tree)
        except (NoTreeError, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else None
            self.copied = reason or str(error)
            if self.overlay is not None:
                self.overlay.remove()
                self.overlay = None

    def _lay(self, stopped: Callable[[], bool]) -> None:
        """Make the view, or the empty folder that the overlay covers, and note what is ours."""
        prepared, overlay = self._launch.prepared, self.overlay
        self._laid = lay_view(() if overlay else prepared.files, self.view, stopped)
        if not prepared.write_project:  # an empty folder is in no image
            if overlay is None:
                self.cwd.mkdir(parents=True, exist_ok=True)
            else:
                overlay.make_folder(prepared.cwd)
        self._own = OwnFolder.of(self.view), OwnFolder.of(self.scratch)
        write_laid(self._launch.folder, *self._own, *(overlay.own if overlay else ()))

    def copy_instead(self, reason: str, stopped: Callable[[], bool]) -> None:
        """Lay a copy, for the launcher could not make the overlay; raise as `prepare`."""
        if self.overlay is not None and self._launch.trees is not None:
            self.overlay.remove()
            self.overlay, self.copied = None, reason
            ImageTrees(self._launch.trees).refuse(reason)
            self.view.rmdir()
            self._lay(stopped)

    def tidy(self) -> Harvest:
        """Keep what the run wrote and remove the rest; call it when every process is gone."""
        overlay = self.overlay
        if self._own is None:  # it never came to a program
            if overlay is not None:
                overlay.remove()
            remove_folders(self._launch.folder)
            return Harvest()
        view, scratch = self._own
        if overlay is None:
            found = harvest(view, self._laid, self.written)
        else:
            found = overlay.harvest(self._launch.prepared.files, self.written)
            overlay.remove()
        for path in (self._launch.folder / LAID, *self.links):
            with suppress(OSError):
                path.unlink()
        view.remove()
        scratch.remove()
        return found


def remove_folders(folder: Path) -> None:
    """Remove what stands where the folders of a run would be."""
    for name in (VIEW, SCRATCH, OVERLAY):
        with suppress(OSError):
            OwnFolder.of(folder / name).remove()


class Laid(NamedTuple):
    """The folders of a run that are ours; the last two only of an overlay."""

    view: OwnFolder
    scratch: OwnFolder
    upper: OwnFolder | None = None
    work: OwnFolder | None = None

    def remove(self) -> None:
        """Remove them and all that is in them."""
        self.view.remove()
        self.scratch.remove()
        if self.upper is not None and self.work is not None:
            remove_overlay(self.upper.path.parent, (self.upper, self.work))


def write_laid(folder: Path, *folders: OwnFolder) -> None:
    """Note in the run's folder which folders are ours, and, by its own time, since when."""
    rows = [f"{own.device} {own.inode}\n" for own in folders]
    (folder / LAID).write_text("".join(rows), encoding="ascii")


def read_laid(folder: Path) -> Laid | None:
    """Return the folders of a run that was left; None without a note."""
    places = (folder / VIEW, folder / SCRATCH, folder / OVERLAY / UPPER, folder / OVERLAY / WORK)
    try:
        rows = (folder / LAID).read_text(encoding="ascii").splitlines()
        pairs = [tuple(map(int, row.split())) for row in rows]
        return Laid(*(OwnFolder(place, *pair) for place, pair in zip(places, pairs, strict=False)))
    except (OSError, ValueError, TypeError):
        return None
