"""What a scan of a project found: the files of the image, and what was left out. Plain data."""

import hashlib
import os
from collections.abc import Iterable
from typing import NamedTuple

#: What tells a file from a changed one: size, mtime_ns, ctime_ns, inode.
Stamp = tuple[int, int, int, int]


class FoundFile(NamedTuple):
    """A file that belongs in the image. `path` is relative, with slashes; `place` absolute."""

    path: str
    place: str
    stamp: Stamp


class LeftOut(NamedTuple):
    """A file, or a whole folder (its path ends in a slash), that is no part of the image."""

    path: str
    reason: str


def names_digest(names: Iterable[str]) -> str:
    """Return a digest of the names in a folder, in whatever order they come."""
    return hashlib.sha256(b"\0".join(sorted(map(os.fsencode, names)))).hexdigest()[:16]


class BadName(NamedTuple):
    """A file whose name is no text: it can be named in no manifest. `shown` is for people."""

    shown: str


class SeenFolder(NamedTuple):
    """A folder that was listed: its absolute place, its stamp, and a digest of the names in it."""

    place: str
    stamp: Stamp
    names: str


class Listing(NamedTuple):
    """Everything a walk has seen. `folders` are those whose change would change the listing."""

    files: tuple[FoundFile, ...]
    left_out: tuple[LeftOut, ...]
    folders: tuple[SeenFolder, ...]
    bad_names: tuple[BadName, ...] = ()


class StoredFile(NamedTuple):
    """A file of the image whose bytes are in the store."""

    path: str
    size: int
    sha256: str
    executable: bool
