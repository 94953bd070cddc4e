"""A folder that we made and that a program has had its way with since.

Whatever stands at its path now, nothing but the very folder we made is opened, listed or
emptied: a program may have put a link to anything in its place. All work goes through directory
descriptors, no link is followed, and depth costs no recursion.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_PRIVATE = 0o700


class OwnFolder(NamedTuple):
    """A path, and the identity of the folder that we made there."""

    path: Path
    device: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> "OwnFolder":
        """Return the folder at `path`, which is ours by now; OSError where there is none."""
        found = path.lstat()
        return cls(path, found.st_dev, found.st_ino)

    @contextmanager
    def opened(self) -> Iterator[int | None]:
        """Open the folder; None where it is gone, or something else stands in its place."""
        descriptor = self._open()
        try:
            yield descriptor
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def _open(self) -> int | None:
        try:
            if not self._is(self.path.lstat()):
                return None
            with suppress(OSError):
                self.path.chmod(_PRIVATE)  # it was closed by its own program, perhaps
            descriptor = os.open(self.path, _FLAGS)
        except OSError:
            return None
        if self._is(os.fstat(descriptor)):
            return descriptor
        os.close(descriptor)
        return None

    def _is(self, found: os.stat_result) -> bool:
        ours = (found.st_dev, found.st_ino) == (self.device, self.inode)
        return ours and stat.S_ISDIR(found.st_mode)

    def remove(self) -> bool:
        """Remove the folder and all in it; whether nothing is left at its path.

        A link that was put in its place is removed, what it leads to is left alone; and so is
        a folder that is not ours.
        """
        with self.opened() as top:
            if top is not None:
                _empty(top)
        with suppress(OSError):
            if self._is(self.path.lstat()):
                self.path.rmdir()
            elif self.path.is_symlink():
                self.path.unlink()
        return not os.path.lexists(self.path)


def open_inside(name: str, folder: int) -> int:
    """Open a folder inside an open one, also one that its owner may not read; raise OSError."""
    try:
        return os.open(name, _FLAGS, dir_fd=folder)
    except PermissionError:
        os.chmod(name, _PRIVATE, dir_fd=folder)
        return os.open(name, _FLAGS, dir_fd=folder)


def entries_of(folder: int) -> "list[os.DirEntry[str]]":
    """List an open folder; an unreadable one is opened for us first, a vanished one is empty."""
    with suppress(OSError):
        os.fchmod(folder, _PRIVATE)
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _empty(top: int) -> None:
    """Empty an open folder: files go, and folders inside give their own folders up to it.

    So depth costs nothing. It ends when nothing is left, or nothing more can be removed.
    """
    progress = True
    while progress:
        progress = False
        for entry in entries_of(top):
            with suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    _move_up(entry.name, top)
                    os.rmdir(entry.name, dir_fd=top)
                else:
                    os.unlink(entry.name, dir_fd=top)
                progress = True


def _move_up(name: str, top: int) -> None:
    """Delete the files of a folder inside `top`, and move its folders up."""
    folder = open_inside(name, top)
    try:
        for entry in entries_of(folder):
            with suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    with suppress(OSError):  # only one that is open to us can be moved
                        os.chmod(entry.name, _PRIVATE, dir_fd=folder)
                    up = f".{os.urandom(12).hex()}"
                    os.rename(entry.name, up, src_dir_fd=folder, dst_dir_fd=top)
                else:
                    os.unlink(entry.name, dir_fd=folder)
    finally:
        os.close(folder)
