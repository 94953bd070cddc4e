"""What a folder holds, in the order in which it is shown. Reads the disk; knows no Qt."""

import heapq
import os
import re
from enum import Enum
from pathlib import Path
from typing import Final, NamedTuple

from shipper.source.leave_out import file_reason, folder_reason

#: So many entries of one folder are listed; the rest is counted.
ENTRY_LIMIT: Final = 5_000


class Kind(Enum):
    """What a file is, as far as its name tells; the value names its icon."""

    FOLDER = "folder"
    PYTHON = "file-python"
    NOTEBOOK = "file-notebook"
    MARKDOWN = "file-markdown"
    DATA = "file-data"
    SETTINGS = "file-settings"
    PICTURE = "file-picture"
    SOUND = "file-sound"
    ARCHIVE = "file-archive"
    CODE = "file-code"
    TEXT = "file-text"
    OTHER = "file"


class Entry(NamedTuple):
    """One file or folder. `muted` for what is no part of a project unless asked for."""

    name: str
    kind: Kind
    muted: bool
    link: bool

    @property
    def is_folder(self) -> bool:
        """Whether it can be unfolded."""
        return self.kind is Kind.FOLDER


class Listing(NamedTuple):
    """A folder as it was found. `left_out` entries were too many; `failure` says why none."""

    entries: tuple[Entry, ...]
    left_out: int = 0
    failure: str | None = None


_SUFFIXES: Final = {
    Kind.PYTHON: (".py", ".pyi", ".pyw"),
    Kind.NOTEBOOK: (".ipynb",),
    Kind.MARKDOWN: (".md", ".markdown"),
    Kind.DATA: (".json", ".jsonl", ".csv", ".tsv", ".xml", ".sqlite", ".db", ".parquet"),
    Kind.SETTINGS: (".toml", ".ini", ".cfg", ".yaml", ".yml", ".lock", ".env"),
    Kind.PICTURE: (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".bmp", ".ico"),
    Kind.SOUND: (".wav", ".ogg", ".mp3", ".flac", ".mid", ".opus"),
    Kind.ARCHIVE: (".zip", ".gz", ".xz", ".bz2", ".tar", ".whl", ".cart", ".7z"),
    Kind.CODE: (".js", ".ts", ".html", ".css", ".c", ".h", ".cpp", ".rs", ".go", ".sh", ".sql"),
    Kind.TEXT: (".txt", ".rst", ".log"),
}
_KIND_OF: Final = {suffix: kind for kind, found in _SUFFIXES.items() for suffix in found}


def kind_of(name: str) -> Kind:
    """Return what a file is by its name."""
    return _KIND_OF.get(os.path.splitext(name)[1].lower(), Kind.OTHER)  # noqa: PTH122 - a name


def list_folder(folder: Path) -> Listing:
    """Return what is in a folder, folders first, each by name as people count. Blocking."""
    try:
        with os.scandir(folder) as scan:
            found = [_entry(one) for one in scan]
    except OSError as error:
        return Listing((), failure=_why(error))
    if len(found) <= ENTRY_LIMIT:
        return Listing(tuple(sorted(found, key=_order)))
    # To sort them all would be one long step during which no other thread gets its turn.
    first = heapq.nsmallest(ENTRY_LIMIT, found, key=_order)
    return Listing(tuple(first), len(found) - ENTRY_LIMIT)


def _why(error: OSError) -> str:
    """Say it in few words: it stands in a row of the tree."""
    if isinstance(error, PermissionError):
        return "no permission"
    return "it is gone" if isinstance(error, FileNotFoundError) else error.strerror or str(error)


def _entry(one: os.DirEntry[str]) -> Entry:
    try:
        is_folder, link = one.is_dir(), one.is_symlink()
    except OSError:
        is_folder = link = False
    if is_folder:
        return Entry(one.name, Kind.FOLDER, folder_reason(one.name) is not None, link)
    return Entry(one.name, kind_of(one.name), file_reason(one.name) is not None, link)


def _order(entry: Entry) -> tuple[bool, list[tuple[int, str]], str]:
    stem, suffix = os.path.splitext(entry.name)  # noqa: PTH122 - a name
    return (not entry.is_folder, natural_key(stem), suffix)


def natural_key(name: str) -> list[tuple[int, str]]:
    """Return a key by which `level10` comes after `level9`, in any case of letters."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def first_file(project: Path) -> Path | None:
    """Return the file that somebody who opens a project wants to see first. Blocking."""
    if not project.is_dir():
        return project
    named = (project / name for name in ("main.py", "__main__.py"))
    return next((path for path in named if path.is_file()), None)
