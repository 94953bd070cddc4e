"""From a place named in the log to a file that can be shown. Pure but for asking what exists."""

import re
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Final, NamedTuple

#: The folder of a run in which its program plays; see `session.runtime.run_folder`.
VIEW: Final = "view"
#: Where the files are that a run has made or changed, while its view is an overlay.
UPPER: Final = "overlay/upper"
#: A notebook's cell stands after its path: its lines are the cell's own.
_CELL: Final = re.compile(r"^(?P<path>.+\.ipynb)\[\d+\]$")


class Found(NamedTuple):
    """A file, and whether its lines are those of the named place."""

    path: Path
    has_line: bool = True


def find_file(name: str, root: Path, run_folder: Path) -> Found | None:
    """Return the file that a log calls `name`, in the project where it is one of its files.

    A path in the run's view is the project's file of that name; any other absolute path is
    itself. None where there is no such file.
    """
    cell = _CELL.match(name)
    path = cell["path"] if cell else name
    for candidate in _candidates(PurePath(path), root, run_folder):
        if candidate.is_file():
            return Found(candidate, cell is None)
    return None


def _candidates(path: PurePath, root: Path, run_folder: Path) -> Iterable[Path]:
    if not path.is_absolute():
        yield root / path
        yield run_folder / VIEW / path
        yield run_folder / UPPER / path
        return
    for view in (run_folder / VIEW, run_folder.resolve() / VIEW):
        if path.is_relative_to(view):
            yield root / path.relative_to(view)
            yield run_folder / UPPER / path.relative_to(view)
    yield Path(path)
