"""Bytes into a file so that a crash, a full disk or a kill leaves the old content or the new.

Knows nothing of text. What cannot be replaced in one step (a folder that cannot be written, a
file of several names, another's file) is written in place, after a copy was put aside.
"""

import contextlib
import errno
import hashlib
import os
import re
import secrets
import stat
import time
from pathlib import Path
from typing import Final

from studio.documents.errors import NotSaved

#: Names of files that exist for the moment of a save.
TEMPORARY: Final = re.compile(r"\.playhead-[0-9a-f]{16}\.tmp")
#: After this many seconds such a file belongs to no save any more.
_ABANDONED_S: Final = 600
#: What keeps a file from being replaced, but perhaps not from being written.
_NO_NEIGHBOUR: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_REASONS: Final = {
    errno.ENOSPC: ("the disk is full", "Free some space and save again. Nothing is lost."),
    errno.EDQUOT: ("your share of the disk is full", "Free some space and save again."),
    errno.EFBIG: ("the file would be larger than is allowed here", "Save it somewhere else."),
    errno.EROFS: ("the disk is read-only", "Save it somewhere else."),
    errno.ENOENT: ("its folder does not exist any more", "Save it somewhere else."),
    errno.ENOTDIR: ("its folder does not exist any more", "Save it somewhere else."),
    errno.EISDIR: ("there is a folder of that name", "Save it under another name."),
    errno.ENAMETOOLONG: ("its name is too long", "Save it under a shorter name."),
    errno.ELOOP: ("its link leads in a circle", "Save it under another name."),
}
_NO_PERMISSION: Final = (
    "you have no permission to write it",
    "Save it somewhere else, or change its permissions.",
)


def replace_file(path: Path, data: bytes, backups: Path | None = None) -> str | None:
    """Have the file hold `data`; return a sentence where that was done in an unusual way.

    NotSaved with the old content intact. The target of a link is written, not the link; mode,
    owner and attributes stay as they were.
    """
    try:
        target = Path(os.path.realpath(path, strict=False))
        before = _status(target)
        if before is not None and not stat.S_ISREG(before.st_mode):
            code = errno.EISDIR if stat.S_ISDIR(before.st_mode) else errno.EPERM
            raise OSError(code, "")  # noqa: TRY301 - told like what the system itself refuses
        if before is not None and not os.access(target, os.W_OK):
            read_only = os.statvfs(target).f_flag & os.ST_RDONLY
            raise OSError(errno.EROFS if read_only else errno.EACCES, "")  # noqa: TRY301 - as above
        return _write(target, data, before, backups)
    except OSError as error:
        reason, hint = _REASONS.get(error.errno or 0, _NO_PERMISSION)
        if error.errno not in _REASONS and error.errno not in _NO_NEIGHBOUR:
            reason = error.strerror or str(error)
        raise NotSaved(path, reason, hint) from None


def _status(target: Path) -> os.stat_result | None:
    try:
        return target.stat()
    except FileNotFoundError:
        return None


def _write(
    target: Path, data: bytes, before: os.stat_result | None, backups: Path | None
) -> str | None:
    if before is not None and before.st_nlink > 1 and backups is not None:
        return _write_in_place(target, data, backups, "it has several names")
    try:
        _replace(target, data, before)
    except OSError as error:
        if error.errno not in _NO_NEIGHBOUR or before is None or backups is None:
            raise
        return _write_in_place(target, data, backups, "its folder cannot be written")
    return None


def _replace(target: Path, data: bytes, before: os.stat_result | None) -> None:
    """Write a file beside the target and rename it over the target."""
    beside = target.with_name(f".playhead-{secrets.token_hex(8)}.tmp")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        try:
            if before is not None:
                _take_over(handle, target, before)
            _write_all(handle, data)
            os.fsync(handle)
        finally:
            os.close(handle)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)
    _sweep(target.parent)


def _sweep(folder: Path) -> None:
    """Remove what a killed studio left of a save; nothing that may be one under way."""
    oldest = time.time() - _ABANDONED_S
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if TEMPORARY.fullmatch(entry.name) and entry.stat().st_mtime < oldest:
                Path(entry.path).unlink(missing_ok=True)


def _take_over(handle: int, target: Path, before: os.stat_result) -> None:
    """Give the new file owner, mode and attributes of the old one; OSError for the owner."""
    own = os.fstat(handle)
    if (own.st_uid, own.st_gid) != (before.st_uid, before.st_gid):
        os.fchown(handle, before.st_uid, before.st_gid)
    os.fchmod(handle, stat.S_IMODE(before.st_mode))
    with contextlib.suppress(OSError):  # not every file system has them
        for name in os.listxattr(target):
            os.setxattr(handle, name, os.getxattr(target, name))


def _write_all(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _sync_folder(folder: Path) -> None:
    """Have the rename survive a power cut; where folders cannot be synced, so be it."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _write_in_place(target: Path, data: bytes, backups: Path, why: str) -> str:
    """Overwrite the file, its old content being kept in `backups`."""
    old = target.read_bytes()
    backups.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(os.fsencode(target)).hexdigest()[:16]
    copy = backups / f"{name}-{target.name[:100]}.before"
    _replace(copy, old, None)
    handle = os.open(target, os.O_WRONLY | os.O_CLOEXEC)
    try:
        if len(data) > len(old):
            _reserve(handle, len(data), len(old))
        try:
            _overwrite(handle, data)
        except OSError:
            _overwrite(handle, old)  # it fits: its blocks are still there
            raise
    finally:
        os.close(handle)
    return f"{target.name} was written in place, for {why}. What it held before is in {copy}."


def _reserve(handle: int, size: int, before: int) -> None:
    """Have the space before a byte is changed, so that a full disk changes nothing."""
    try:
        os.posix_fallocate(handle, 0, size)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            os.ftruncate(handle, before)
            raise


def _overwrite(handle: int, data: bytes) -> None:
    os.lseek(handle, 0, os.SEEK_SET)
    _write_all(handle, data)
    os.ftruncate(handle, len(data))
    os.fsync(handle)
