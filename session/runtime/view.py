"""Lays a sealed image out as the run's view: private, plain, writable copies.

It never writes outside the folder it is given, whatever the image's paths say.
"""

import errno
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from session.errors import ConnectFailed
from session.ports import ImageFile
from session.runtime.own_folder import OwnFolder, entries_of

_SMALL = 1 << 20


class LaidFile(NamedTuple):
    """What a file of the view was when it was laid: enough to see whether it was touched."""

    blob: Path
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int


def lay_view(
    files: Iterable[ImageFile],
    view: Path,
    stopped: Callable[[], bool] = lambda: False,
    *,
    onto: bool = False,
) -> dict[str, LaidFile]:
    """Copy every file into `view`, which must not exist yet; raise OSError or ConnectFailed.

    `stopped` is asked before each file; once it says so, the rest is left out. `onto`: the
    folder may be there, but none of the files.
    """
    view.mkdir(parents=True, exist_ok=onto)
    made = {""}
    laid = {}
    for file in files:
        if stopped():
            break
        _check(file.path)
        folder = file.path.rpartition("/")[0]
        if folder not in made:
            _make_folders(view, folder, made)
        laid[file.path] = _copy(file, view / file.path)
    return laid


def move_in(laid_in: Path, view: OwnFolder, laid: Mapping[str, LaidFile]) -> dict[str, LaidFile]:
    """Move all of a laid view into `view`; raise OSError where it is not empty or not ours."""
    moved = dict(laid)
    with view.opened() as target:
        if target is None or entries_of(target):
            raise FileExistsError(errno.EEXIST, "something is in it already", str(view.path))
        for entry in laid_in.iterdir():
            os.rename(entry, entry.name, dst_dir_fd=target)
            if entry.name in moved:  # to be moved is a change
                found = os.stat(entry.name, dir_fd=target, follow_symlinks=False)
                moved[entry.name] = moved[entry.name]._replace(ctime_ns=found.st_ctime_ns)
    laid_in.rmdir()
    return moved


def _check(path: str) -> None:
    parts = path.split("/")
    if "\0" in path or any(part in ("", ".", "..") for part in parts):
        message = f"The image holds a path that leads out of it: {path!r}."
        hint = "The image is damaged or hostile; prepare the project again."
        raise ConnectFailed(message, code="image-path", hint=hint)


def _make_folders(view: Path, folder: str, made: set[str]) -> None:
    (view / folder).mkdir(parents=True, exist_ok=True)
    while folder not in made:
        made.add(folder)
        folder = folder.rpartition("/")[0]


def _copy(file: ImageFile, target: Path) -> LaidFile:
    mode = 0o755 if file.executable else 0o644
    source = os.open(file.blob, os.O_RDONLY | os.O_CLOEXEC)
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        copy = os.open(target, flags, mode)
        try:
            _copy_bytes(source, copy, file.size)
            stat = os.fstat(copy)
        finally:
            os.close(copy)
    finally:
        os.close(source)
    return LaidFile(file.blob, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def _copy_bytes(source: int, copy: int, size: int) -> None:
    if size > _SMALL and _copy_in_kernel(source, copy):
        return
    while data := os.read(source, _SMALL):
        while data:
            data = data[os.write(copy, data) :]


def _copy_in_kernel(source: int, copy: int) -> bool:
    """Copy without touching the bytes (shared blocks where the file system can)."""
    copy_range = getattr(os, "copy_file_range", None)
    if copy_range is None:
        return False
    try:
        while copy_range(source, copy, 1 << 30):
            pass
    except OSError:
        os.lseek(source, 0, os.SEEK_SET)
        os.lseek(copy, 0, os.SEEK_SET)
        return False
    return True
