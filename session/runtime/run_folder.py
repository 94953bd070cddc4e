"""The folders of one run: the view, the scratch space, and what was kept of them."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from session.ports import Launch
from session.run_folder import WRITTEN
from session.runtime.environment import Scratch, build_environment
from session.runtime.harvest import Harvest, harvest
from session.runtime.own_folder import OwnFolder
from session.runtime.scratch import make_scratch, plan_links
from session.runtime.view import LaidFile, lay_view, move_in

#: A file younger than the laid view and older than anything the program did, with the identity
#: of view and scratch: when Playhead is killed, the next start tells by it what the run wrote.
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
        return (self.view, self.scratch, self._launch.data, *project)

    def prepare(self, ours: Mapping[str, str], stopped: Callable[[], bool]) -> dict[str, str]:
        """Create everything and return the program's environment; raise OSError."""
        space = self._make()
        self._laid = self._lay(self.view, stopped)
        self._note_laid()
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
        laid = self._lay(beside, stopped)
        self._laid = move_in(beside, OwnFolder.of(self.view), laid)
        self._note_laid()

    def _lay(self, view: Path, stopped: Callable[[], bool]) -> dict[str, LaidFile]:
        prepared = self._launch.prepared
        laid = lay_view(prepared.files, view, stopped)
        if not prepared.write_project:
            (view / prepared.cwd).mkdir(parents=True, exist_ok=True)  # an empty one is in no image
        return laid

    def _note_laid(self) -> None:
        self._own = OwnFolder.of(self.view), OwnFolder.of(self.scratch)
        spare = self._place.name if self._place != self._launch.folder else ""
        write_laid(self._launch.folder, *self._own, spare)

    def tidy(self) -> Harvest:
        """Keep what the run wrote and remove the rest; call it when every process is gone."""
        if self._own is None:  # it never came to a program
            self.remove()
            return Harvest()
        view, scratch = self._own
        found = harvest(view, self._laid, self.written)
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
    """Remove what stands where view and scratch of a run would be."""
    for name in (VIEW, SCRATCH):
        with suppress(OSError):
            OwnFolder.of(folder / name).remove()


def remove_place(place: Path) -> None:
    """Remove the folder of a spare worker, once view and scratch are gone from it."""
    remove_folders(place)
    with suppress(OSError):
        OwnFolder.of(place / _INCOMING).remove()
    for path in place.glob("*"):
        with suppress(OSError):
            path.unlink()
    with suppress(OSError):
        place.rmdir()


def write_laid(folder: Path, view: OwnFolder, scratch: OwnFolder, spare: str = "") -> None:
    """Note in the run's folder which folders are ours, and, by its own time, since when.

    `spare` names the folder among the spares that they lie in.
    """
    rows = [f"{own.device} {own.inode}\n" for own in (view, scratch)] + [spare]
    (folder / LAID).write_text("".join(rows), encoding="ascii")


def read_laid(folder: Path) -> tuple[OwnFolder, OwnFolder] | None:
    """Return the view and the scratch folder of a run that was left; None without a note."""
    try:
        text = (folder / LAID).read_text(encoding="ascii")
        view, scratch, *spare = text.splitlines()
        place = folder.parent / SPARES / spare[0] if spare else folder
        return _own(place / VIEW, view), _own(place / SCRATCH, scratch)
    except (OSError, ValueError, TypeError):
        return None


def _own(path: Path, row: str) -> OwnFolder:
    device, inode = map(int, row.split())
    return OwnFolder(path, device, inode)
