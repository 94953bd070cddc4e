"""What a scan of a project found: the files of the image, and what was left out. Plain data."""

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


class BadName(NamedTuple):
    """A file whose name is no text: it can be named in no manifest. `shown` is for people."""

    shown: str


class Listing(NamedTuple):
    """Everything a walk has seen. `folders` are those whose change would change the listing."""

    files: tuple[FoundFile, ...]
    left_out: tuple[LeftOut, ...]
    folders: tuple[tuple[str, Stamp], ...]
    bad_names: tuple[BadName, ...] = ()


class StoredFile(NamedTuple):
    """A file of the image whose bytes are in the store."""

    path: str
    size: int
    sha256: str
    executable: bool
