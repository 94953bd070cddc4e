"""Changes to files and folders that the tree asks for, each of which can be taken back.

Blocking functions; the panel runs them in threads. Nothing that exists is ever overwritten.
"""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QFile

from studio.workspaces.editor.renaming import rename_new


class Refused(Exception):
    """A change that could not be made; the text says which and why."""


class NoTrash(Refused):
    """There is no trash for this place; the file is untouched."""


class Done(NamedTuple):
    """A change that was made: `moves` are (old, new) paths, `undo` takes it back."""

    moves: tuple[tuple[Path, Path], ...]
    undo: Callable[[], "Done"] | None


def create(path: Path, *, folder: bool) -> Done:
    """Make an empty file or folder; `Refused` where it cannot be."""
    try:
        if folder:
            path.mkdir()
        else:
            path.open("x").close()
    except OSError as error:
        raise Refused(_why(path, error)) from error
    return Done((), None)


def move(path: Path, target: Path) -> Done:
    """Give a file or folder another path; `Refused` where something is there already."""
    if target.is_relative_to(path) and target != path:
        msg = f"{path.name} cannot be moved into itself."
        raise Refused(msg)
    try:
        rename_new(path, target)
    except OSError as error:
        raise Refused(_why(target, error)) from error
    return Done(((path, target),), lambda: move(target, path))


def trash(path: Path) -> Done:
    """Put a file or folder into the trash; `NoTrash` where there is none, `Refused` otherwise."""
    if not os.path.lexists(path):
        raise Refused(_why(path, FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))))
    file = QFile(str(path))
    if not file.moveToTrash():
        if not os.access(path.parent, os.W_OK):
            raise Refused(_why(path, PermissionError(errno.EACCES, os.strerror(errno.EACCES))))
        raise NoTrash(path.name)
    there = Path(file.fileName())
    if there == path or not os.path.lexists(there):
        return Done((), None)
    return Done((), lambda: _take_back(there, path))


def _take_back(there: Path, path: Path) -> Done:
    move(there, path)
    info = there.parent.parent / "info" / f"{there.name}.trashinfo"
    info.unlink(missing_ok=True)
    return Done((), None)


def delete(path: Path) -> Done:
    """Delete a file or folder for good; `Refused` where it cannot be, which may leave parts."""
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    except OSError as error:
        raise Refused(_why(Path(error.filename or path), error)) from error
    return Done((), None)


def _why(path: Path, error: OSError) -> str:
    if error.errno == errno.EEXIST:
        return f"{path.name} exists in {path.parent.name} already."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{path.parent.name or path.parent} cannot be written to: {error.strerror}."
    if error.errno == errno.ENOENT:
        return f"{path} is not there any more."
    return f"{path.name}: {error.strerror or error}."
