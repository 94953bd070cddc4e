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
from session.runtime.view import LaidFile, lay_view, move_in

#: A file younger than the laid view and older than anything the program did, with the identity
#: of our folders: when Playhead is killed, the next start tells by it what the run wrote.
LAID = "laid"
VIEW = "view"
SCRATCH = "scratch"
#: Beside the runs: the folders of workers that were started in advance.
SPARES = "spares"
_INCOMING = "incoming"


class RunFolder:
    """Everything a run has on disk besides its log and record. Blocking: use a thread.

    `place` is where view and scratch lie, if not in the run's own folder: a worker that was
    started in advance has had them since.
    """

    def __init__(self, launch: Launch, place: Path | None = None) -> None:
        self._launch = launch
        self._place = place or launch.folder
        self.view = self._place / VIEW
        self.scratch = self._place / SCRATCH
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
        space = self._make()
        if overlay:
            self._lay_under(stopped)
        self._lay(stopped)
        return environment_of(self._launch, ours, space)

    def prepare_empty(self, ours: Mapping[str, str]) -> dict[str, str]:
        """Create everything but what is in the view, which stays empty; raise OSError."""
        space = self._make()
        self.view.mkdir()
        return environment_of(self._launch, ours, space)

    def _make(self) -> Scratch:
        self._launch.data.mkdir(parents=True, exist_ok=True)
        self.space = make_scratch(self.scratch, self.links)
        return self.space

    def take_over(self, other: "RunFolder", stopped: Callable[[], bool]) -> None:
        """Fill the empty view that `other` has made; raise OSError.

        A worker waits in it already, and may not have kept its hands still: what it has put
        there must not lead us anywhere, so everything is laid where it cannot reach.
        """
        self._launch.folder.mkdir(parents=True, exist_ok=True)
        self.space, self.links = other.space, other.links
        beside = self._place / _INCOMING
        laid = self._copy(beside, stopped)
        self._laid = move_in(beside, OwnFolder.of(self.view), laid)
        self._note_laid()

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
        if overlay is None:
            self._laid = self._copy(self.view, stopped)
        else:
            self._laid = lay_view((), self.view, stopped)
            if not prepared.write_project:
                overlay.make_folder(prepared.cwd)
        self._note_laid()

    def _copy(self, view: Path, stopped: Callable[[], bool]) -> dict[str, LaidFile]:
        prepared = self._launch.prepared
        laid = lay_view(prepared.files, view, stopped)
        if not prepared.write_project:  # an empty folder is in no image
            (view / prepared.cwd).mkdir(parents=True, exist_ok=True)
        return laid

    def _note_laid(self) -> None:
        self._own = OwnFolder.of(self.view), OwnFolder.of(self.scratch)
        spare = self._place.name if self._place != self._launch.folder else None
        overlay = self.overlay.own if self.overlay else ()
        write_laid(self._launch.folder, *self._own, *overlay, spare=spare)

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
            self.remove()
            return Harvest()
        view, scratch = self._own
        if overlay is None:
            found = harvest(view, self._laid, self.written)
        else:
            found = overlay.harvest(self._launch.prepared.files, self.written)
            overlay.remove()
        self._drop_links()
        with suppress(OSError):
            (self._launch.folder / LAID).unlink()
        view.remove()
        scratch.remove()
        return found

    def remove(self) -> None:
        """Remove view and scratch, whatever is in them."""
        self._drop_links()
        remove_folders(self._place)

    def _drop_links(self) -> None:
        for link in self.links:
            with suppress(OSError):
                link.unlink()


def environment_of(launch: Launch, ours: Mapping[str, str], space: Scratch) -> dict[str, str]:
    """Return the environment of a program that is launched so."""
    prepared, run_id = launch.prepared, launch.run_id
    return build_environment(
        ours, prepared.env_names, run_id, space, launch.data, prepared.env, prepared.rights
    )


def remove_folders(folder: Path) -> None:
    """Remove what stands where the folders of a run would be."""
    for name in (VIEW, SCRATCH, OVERLAY):
        with suppress(OSError):
            OwnFolder.of(folder / name).remove()


def remove_place(place: Path) -> None:
    """Remove the folder of a spare worker and what is left in it."""
    remove_folders(place)
    with suppress(OSError):
        OwnFolder.of(place / _INCOMING).remove()
    for path in place.glob("*"):
        with suppress(OSError):
            path.unlink()
    with suppress(OSError):
        place.rmdir()


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


def write_laid(folder: Path, *folders: OwnFolder, spare: str | None = None) -> None:
    """Note in the run's folder which folders are ours, and, by its own time, since when.

    `spare` names the one among the spares that they lie in.
    """
    rows = [f"{own.device} {own.inode}" for own in folders]
    text = "".join(f"{row}\n" for row in (*rows, *([spare] if spare else ())))
    (folder / LAID).write_text(text, encoding="ascii")


def read_laid(folder: Path) -> Laid | None:
    """Return the folders of a run that was left; None without a note."""
    try:
        rows = (folder / LAID).read_text(encoding="ascii").splitlines()
        spare = "" if " " in rows[-1] else rows.pop()
        pairs = [tuple(map(int, row.split())) for row in rows]
        places = _places(folder.parent / SPARES / spare if spare else folder)
        return Laid(*(OwnFolder(place, *pair) for place, pair in zip(places, pairs, strict=False)))
    except (OSError, ValueError, TypeError, IndexError):
        return None


def _places(folder: Path) -> tuple[Path, ...]:
    return folder / VIEW, folder / SCRATCH, folder / OVERLAY / UPPER, folder / OVERLAY / WORK
