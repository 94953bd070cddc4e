"""What a script or notebook that is played alone needs from beside it.

`python script.py` finds the modules and the files in the script's folder, and so must its image;
but the folder may be anything, so only what the source names comes along: modules it imports,
theirs in turn, and files that are named by a literal path and are there.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from shipper.errors import PrepareFailed
from shipper.source.named_files import data_files, imported_modules, parse_quietly
from shipper.source.reading import decode_source, read_bytes

#: A package beside a script that has more files than this is no part of it.
_MOST_FILES = 5000
_SKIPPED = {"__pycache__", "node_modules"}


class Companions(NamedTuple):
    """Paths relative to the folder, sorted, and folders in which a missing one might appear."""

    paths: tuple[str, ...]
    watched: tuple[str, ...]


def companions_of(sources: Iterable[str], folder: Path) -> Companions:
    """Return what the sources of one file name and `folder` holds."""
    search = _Search(folder)
    search.follow(sources)
    watched = (os.fspath(folder),) if search.missing else ()
    return Companions(tuple(sorted(search.found)), watched)


class _Search:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.found: set[str] = set()
        self.missing = False

    def follow(self, sources: Iterable[str]) -> None:
        """Find what the sources name, and what that names."""
        queue = list(sources)
        while queue:
            tree = parse_quietly(queue.pop())
            if tree is None:
                continue
            for file in data_files(tree):
                if (self._folder / file.name).is_file():
                    self.found.add(file.name)
            for module in imported_modules(tree):
                queue.extend(self._module(module))

    def _module(self, dotted: str) -> Iterator[str]:
        """Take in a module that lies beside; yield the source of its files that are new."""
        name = dotted.partition(".")[0]
        place = self._folder / name
        if (place / "__init__.py").is_file():
            paths = list(self._package(place))
        elif (self._folder / f"{name}.py").is_file():
            paths = [f"{name}.py"]
        else:
            self.missing |= name not in sys.stdlib_module_names
            return
        for path in paths:
            if path not in self.found:
                self.found.add(path)
                if path.endswith(".py"):
                    yield from self._source(path)

    def _package(self, place: Path) -> Iterator[str]:
        count = 0
        for folder, folders, names in os.walk(place):
            folders[:] = sorted(f for f in folders if f not in _SKIPPED and not f.startswith("."))
            for name in sorted(names):
                path = Path(folder, name)
                if not name.startswith(".") and path.is_file():
                    count += 1
                    if count > _MOST_FILES:
                        return
                    yield path.relative_to(self._folder).as_posix()

    def _source(self, path: str) -> Iterator[str]:
        try:
            yield decode_source(read_bytes(self._folder / path))
        except PrepareFailed:
            return  # the scan and the compile check name it
