"""Where an interpreter lies with all that it needs: its installation, and those it leads to."""

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

#: An interpreter that is a link to a link, and so on, is followed this far.
_LINKS = 20


def installation_of(python: Path) -> Iterator[Path]:
    """Yield the folders that an interpreter is read from: its environment, and the Python below."""
    seen = python
    for _link in range(_LINKS):
        yield from _around(seen)
        if not seen.is_symlink():
            break
        seen = seen.parent / seen.readlink()
    yield from _around(python.resolve())
    with suppress(OSError):
        for line in (_prefix(python) / "pyvenv.cfg").read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition("=")
            if name.strip() == "home":
                yield from _around(Path(value.strip()) / "python")
    if python == Path(sys.executable):
        yield Path(sys.base_prefix)


def _around(python: Path) -> Iterator[Path]:
    """Yield its prefix; of one that holds the user's home as well, what is Python's alone."""
    prefix = _prefix(python)
    if Path.home().is_relative_to(prefix):  # `/bin/python3` and `~/bin/python3` are nothing odd
        yield python.parent if python.parent != prefix else python
        yield from prefix.glob("lib/python*")
    else:
        yield prefix


def _prefix(python: Path) -> Path:
    """The folder that an installation lives in: what is above `bin/python`."""
    folder = python.parent
    return folder.parent if folder.name in ("bin", "Scripts") else folder
