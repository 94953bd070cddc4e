"""Where Playhead keeps its own files: `PLAYHEAD_HOME`, or the platform's folders."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of one Playhead: run records, caches, the projects' lasting data, and of the
    studio its settings (`config`) and what it remembers by itself (`state`).
    """

    runs: Path
    cache: Path
    data: Path
    config: Path
    state: Path

    @classmethod
    def under(cls, folder: Path) -> "Home":
        """Return a home whose folders all lie in `folder`."""
        return cls(
            folder / "runs",
            folder / "cache",
            folder / "data",
            folder / "config",
            folder / "state",
        )


def find_home() -> Home:
    """Return the home that the environment names."""
    folder = os.environ.get("PLAYHEAD_HOME")
    if folder:
        return Home.under(Path(folder).expanduser().absolute())
    # Imported late: with PLAYHEAD_HOME set nobody pays for it.
    from platformdirs import PlatformDirs

    dirs = PlatformDirs("playhead", appauthor=False)
    return Home(
        Path(dirs.user_state_dir) / "runs",
        Path(dirs.user_cache_dir),
        Path(dirs.user_data_dir) / "data",
        Path(dirs.user_config_dir),
        Path(dirs.user_state_dir) / "studio",
    )


def project_key(project: Path) -> str:
    """Return the name under which a project's history is filed: a hash of its path."""
    return hashlib.sha256(os.fsencode(project.resolve())).hexdigest()[:16]
