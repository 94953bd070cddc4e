"""What a script or notebook that is played alone needs from beside it.

`python script.py` finds the modules and the files in the script's folder, and so must its image;
but the folder may be anything, so only what the source names comes along: modules it imports,
theirs in turn, and files that are named by a literal path and are there. Nor is the search
without an end: what it costs is bounded, and it can be stopped between any two files.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from shipper.errors import PrepareFailed
from shipper.source.named_files import data_files, imported_modules, parse_quietly
from shipper.source.reading import decode_source, read_bytes

#: So many files in all; a script that needs more from beside it is a project of its own.
FILE_LIMIT = 2000
_SKIPPED = {"__pycache__", "node_modules"}
#: Every Python has these without any help from beside; `test` is missing from Python's own list.
_STANDARD = sys.stdlib_module_names | {"test"}


class Companions(NamedTuple):
    """Paths relative to the folder, sorted, and folders in which a missing one might appear.

    `cut_off`: there are more than `FILE_LIMIT`, and `paths` are not all of them.
    """

    paths: tuple[str, ...]
    watched: tuple[str, ...]
    cut_off: bool = False


def companions_of(sources: Iterable[str], folder: Path, poll: Callable[[], None]) -> Companions:
    """Return what the sources of one file name and `folder` holds; `poll` may raise to stop."""
    search = _Search(folder, poll)
    search.follow(sources)
    watched = (os.fspath(folder),) if search.missing else ()
    return Companions(tuple(sorted(search.found)), watched, search.cut_off)


def _is_standard_library(folder: Path) -> bool:
    return all((folder / name).is_file() for name in ("os.py", "site.py"))


class _Search:
    def __init__(self, folder: Path, poll: Callable[[], None]) -> None:
        self._folder = folder
        self._poll = poll
        # A file of the standard library has its siblings anyway, wherever it is played.
        self._elsewhere = _STANDARD if _is_standard_library(folder) else frozenset()
        self._followed: set[str] = set()
        self.found: set[str] = set()
        self.missing = False
        self.cut_off = False

    def follow(self, sources: Iterable[str]) -> None:
        """Find what the sources name, and what that names."""
        queue = list(sources)
        while queue and not self.cut_off:
            self._poll()
            tree = parse_quietly(queue.pop())
            if tree is None:
                continue
            for file in data_files(tree):
                if (self._folder / file.name).is_file():
                    self._take(file.name)
            for module in imported_modules(tree):
                queue.extend(self._module(module))

    def _module(self, dotted: str) -> Iterator[str]:
        """Take in a module that lies beside; yield the source of its files that are new."""
        name = dotted.partition(".")[0]
        if name in self._elsewhere or name in self._followed:
            return
        self._followed.add(name)
        place = self._folder / name
        if (place / "__init__.py").is_file():
            paths: Iterable[str] = self._package(place)
        elif (self._folder / f"{name}.py").is_file():
            paths = [f"{name}.py"]
        else:
            self.missing |= name not in sys.stdlib_module_names
            return
        for path in paths:
            self._poll()
            if path not in self.found and self._take(path) and path.endswith(".py"):
                yield from self._source(path)
            if self.cut_off:
                return

    def _take(self, path: str) -> bool:
        """Add a file, if there is room for one more."""
        if path not in self.found and len(self.found) >= FILE_LIMIT:
            self.cut_off = True
            return False
        self.found.add(path)
        return True

    def _package(self, place: Path) -> Iterator[str]:
        for folder, folders, names in os.walk(place):
            self._poll()
            folders[:] = sorted(f for f in folders if f not in _SKIPPED and not f.startswith("."))
            for name in sorted(names):
                path = Path(folder, name)
                if not name.startswith(".") and path.is_file():
                    yield path.relative_to(self._folder).as_posix()

    def _source(self, path: str) -> Iterator[str]:
        try:
            yield decode_source(read_bytes(self._folder / path))
        except PrepareFailed:
            return  # the scan and the compile check name it
