"""Giving a file another path so that nothing which stands there is ever overwritten. Blocking."""

import ctypes
import errno
import os
import shutil
import stat
from pathlib import Path
from typing import Final

_RENAME_NOREPLACE: Final = 1
_AT_FDCWD: Final = -100
#: What systems and file systems answer that do not know the flag.
_UNKNOWN: Final = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP})


def rename_new(path: Path, target: Path) -> None:
    """Rename a file, folder or link itself; FileExistsError where something is there already.

    A name that differs in the case of its letters only is no other file where a disk ignores
    that. To another disk it is copied. OSError as the system says it.
    """
    if path == target:
        return
    if _only_case(path, target):
        path.rename(target)
        return
    try:
        _rename(path, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _refuse_existing(target)
        shutil.move(path, target)


def _rename(path: Path, target: Path) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    renameat2 = getattr(library, "renameat2", None)
    number = errno.ENOSYS
    if renameat2 is not None:
        old, new = os.fsencode(path), os.fsencode(target)
        if renameat2(_AT_FDCWD, old, _AT_FDCWD, new, _RENAME_NOREPLACE) == 0:
            return
        number = ctypes.get_errno()
    if number not in _UNKNOWN:
        raise OSError(number, os.strerror(number), str(target))
    _rename_slowly(path, target)


def _rename_slowly(path: Path, target: Path) -> None:
    """Do it in two steps, of which neither overwrites, for file systems without the one."""
    _refuse_existing(target)
    if stat.S_ISREG(path.lstat().st_mode):
        try:
            os.link(path, target, follow_symlinks=False)
        except FileExistsError:
            raise
        except OSError:  # a disk without second names
            path.rename(target)
        else:
            path.unlink()
    else:
        path.rename(target)


def _refuse_existing(target: Path) -> None:
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))


def _only_case(path: Path, target: Path) -> bool:
    """Whether both names are one entry of one folder, on a disk that ignores case."""
    if path.parent != target.parent or path.name == target.name:
        return False
    if path.name.casefold() != target.name.casefold():
        return False
    try:
        one, other = path.lstat(), target.lstat()
    except OSError:
        return False
    if (one.st_dev, one.st_ino) != (other.st_dev, other.st_ino):
        return False
    names = os.listdir(path.parent)  # noqa: PTH208 - two hard links are two entries
    return not (path.name in names and target.name in names)
