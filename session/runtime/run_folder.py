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
from session.runtime.view import LaidFile, lay_view

#: A file younger than the laid view and older than anything the program did, with the identity
#: of view and scratch: when Playhead is killed, the next start tells by it what the run wrote.
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
        launch = self._launch
        launch.data.mkdir(parents=True, exist_ok=True)
        scratch = self.space = make_scratch(self.scratch, self.links)
        self._laid = lay_view(launch.prepared.files, self.view, stopped)
        if not launch.prepared.write_project:
            self.cwd.mkdir(parents=True, exist_ok=True)  # an empty folder is in no image
        self._own = OwnFolder.of(self.view), OwnFolder.of(self.scratch)
        write_laid(launch.folder, *self._own)
        prepared, run_id = launch.prepared, launch.run_id
        return build_environment(
            ours, prepared.env_names, run_id, scratch, launch.data, prepared.env, prepared.rights
        )

    def tidy(self) -> Harvest:
        """Keep what the run wrote and remove the rest; call it when every process is gone."""
        if self._own is None:  # it never came to a program
            remove_folders(self._launch.folder)
            return Harvest()
        view, scratch = self._own
        found = harvest(view, self._laid, self.written)
        for path in (self._launch.folder / LAID, *self.links):
            with suppress(OSError):
                path.unlink()
        view.remove()
        scratch.remove()
        return found


def remove_folders(folder: Path) -> None:
    """Remove what stands where view and scratch of a run would be."""
    for name in (VIEW, SCRATCH):
        with suppress(OSError):
            OwnFolder.of(folder / name).remove()


def write_laid(folder: Path, view: OwnFolder, scratch: OwnFolder) -> None:
    """Note in the run's folder which folders are ours, and, by its own time, since when."""
    rows = [f"{own.device} {own.inode}\n" for own in (view, scratch)]
    (folder / LAID).write_text("".join(rows), encoding="ascii")


def read_laid(folder: Path) -> tuple[OwnFolder, OwnFolder] | None:
    """Return the view and the scratch folder of a run that was left; None without a note."""
    try:
        text = (folder / LAID).read_text(encoding="ascii")
        view, scratch = (tuple(map(int, row.split())) for row in text.splitlines())
        return OwnFolder(folder / VIEW, *view), OwnFolder(folder / SCRATCH, *scratch)
    except (OSError, ValueError, TypeError):
        return None
