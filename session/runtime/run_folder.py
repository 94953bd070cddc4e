"""The folders of one run: the view, the scratch space, and what was kept of them."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from session.ports import Launch
from session.run_folder import WRITTEN
from session.runtime.environment import build_environment
from session.runtime.harvest import Harvest, harvest, remove_tree
from session.runtime.scratch import make_scratch, plan_links
from session.runtime.view import LaidFile, lay_view

#: An empty file younger than the laid view and older than anything the program did: when
#: Playhead is killed, the next start tells by it what the run wrote.
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
        self._laid: dict[str, LaidFile] = {}

    @property
    def cwd(self) -> Path:
        """Where the program starts: in the view, or in the project itself where that is asked."""
        prepared = self._launch.prepared
        return prepared.root if prepared.write_project else self.view

    def prepare(self, ours: Mapping[str, str], stopped: Callable[[], bool]) -> dict[str, str]:
        """Create everything and return the program's environment; raise OSError."""
        launch = self._launch
        launch.data.mkdir(parents=True, exist_ok=True)
        scratch = make_scratch(self.scratch, self.links)
        self._laid = lay_view(launch.prepared.files, self.view, stopped)
        (launch.folder / LAID).touch()
        names = launch.prepared.env_names
        return build_environment(ours, names, launch.run_id, scratch, launch.data)

    def tidy(self) -> Harvest:
        """Keep what the run wrote and remove the rest; call it when every process is gone."""
        found = harvest(self.view, self._laid, self.written) if self._laid else Harvest()
        for path in (self._launch.folder / LAID, *self.links):
            with suppress(OSError):
                path.unlink()
        remove_tree(self.view)
        remove_tree(self.scratch)
        return found
