"""The Pythons of this machine: where they were found, what each is, and which are of no use."""

import hashlib
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from shipper.build.context import Context
from shipper.build.interpreter import probe
from shipper.errors import HostRaised, PrepareFailed, ToolTimedOut
from shipper.store.memo import path_stamp
from shipper.store.results import step_key

#: Older ones cannot run the worker.
OLDEST: Final = (3, 9)
_NAME: Final = re.compile(r"python(3(\.\d+)?t?)?(\.exe)?")
_HASHES: Final = "python-identity"
_CHUNK: Final = 1 << 20


class FoundInterpreter(NamedTuple):
    """One Python. `origin` is `playhead`, `venv`, `uv`, `pyenv` or `path`; `path` is where it was
    found, and `fault` says why it is of no use.

    `sha256` is the hash of the interpreter's own file: two of one version may differ.
    """

    path: Path
    origin: str
    version: str = ""
    platform: str = ""
    implementation: str = ""
    sha256: str = ""
    fault: str | None = None


def find_interpreters(context: Context, folder: Path | None = None) -> list[FoundInterpreter]:
    """Return every Python once: our own first, then `folder`'s .venv, uv's, pyenv's, on PATH."""
    found: list[FoundInterpreter] = []
    seen: set[str] = set()
    for origin, path in _places(folder):
        # A virtual environment leads to another's file and is one of its own all the same.
        real = os.fspath(path) if origin == "venv" else os.path.realpath(path)
        if real not in seen and os.access(path, os.X_OK):
            seen.add(real)
            found.append(_examine(path, origin, context))
    return found


def _places(folder: Path | None) -> Iterator[tuple[str, Path]]:
    yield "playhead", Path(os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable))
    venvs = [folder / ".venv"] if folder else []
    active = os.environ.get("VIRTUAL_ENV")
    venvs += [Path(active)] if active else []
    for venv in venvs:
        yield from (("venv", venv / name) for name in ("bin/python", "Scripts/python.exe"))
    for origin, place in (("uv", _uv_folder()), ("pyenv", _pyenv_folder())):
        paths = sorted(path for path in place.glob("*/bin/python3.*") if _named(path))
        yield from ((origin, path) for path in paths)
    for named in filter(None, os.environ.get("PATH", "").split(os.pathsep)):
        yield from (("path", path) for path in _pythons_in(Path(named)))


def _uv_folder() -> Path:
    named = os.environ.get("UV_PYTHON_INSTALL_DIR")
    data = os.environ.get("XDG_DATA_HOME") or Path("~/.local/share").expanduser()
    return Path(named) if named else Path(data) / "uv" / "python"


def _pyenv_folder() -> Path:
    return Path(os.environ.get("PYENV_ROOT") or Path("~/.pyenv").expanduser()) / "versions"


def _pythons_in(place: Path) -> list[Path]:
    if place.name == "shims":
        return []  # scripts of a version manager: they stand for others, or for nothing
    try:
        return sorted(path for path in place.iterdir() if _named(path))
    except OSError:
        return []


def _named(path: Path) -> bool:
    return _NAME.fullmatch(path.name) is not None


def _examine(path: Path, origin: str, context: Context) -> FoundInterpreter:
    plain = FoundInterpreter(path, origin)
    try:
        facts = probe(path, context)
        digest = interpreter_hash(path, context)
    except PrepareFailed as error:
        return plain._replace(fault=error.message)
    except HostRaised as raised:
        if not isinstance(raised.original, ToolTimedOut):
            raise raised.original from None
        return plain._replace(fault=raised.original.message)
    except OSError as error:
        return plain._replace(fault=f"It cannot be read: {error.strerror}.")
    whole = plain._replace(
        version=facts.version,
        platform=facts.platform,
        implementation=facts.cache_tag.partition("-")[0],
        sha256=digest,
    )
    if tuple(int(part) for part in facts.version.split(".")[:2]) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        return whole._replace(fault=f"It is too old to play anything: {oldest} is the oldest.")
    return whole


def interpreter_hash(path: Path, context: Context) -> str:
    """Return the SHA-256 of an interpreter's file; kept as long as the file is the same."""
    real = os.path.realpath(path)
    key = step_key(_HASHES, 1, [real, path_stamp(real)])
    known = context.results.get(_HASHES, key)
    if isinstance(known, str):
        return known
    digest = hashlib.sha256()
    with Path(real).open("rb") as file:
        while piece := file.read(_CHUNK):
            context.check()
            digest.update(piece)
    context.results.put(_HASHES, key, digest.hexdigest())
    return digest.hexdigest()
