"""Copies one file: holes stay holes, and a copy that fails leaves nothing behind."""

import errno
import os
import shutil
from pathlib import Path

_BLOCK = 1 << 20


def copy_file(source: Path, target: Path) -> None:
    """Copy `source` to `target` with mode and times, links as links; raise OSError.

    The copy appears under its name when it is whole. Room for it is checked first, by what the
    source really takes on its disk.
    """
    if source.is_symlink():
        target.unlink(missing_ok=True)
        target.symlink_to(source.readlink())
        return
    needed = source.stat().st_blocks * 512
    if needed > shutil.disk_usage(target.parent).free:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
    part = target.with_name(f".{target.name[:80]}.playhead-part")
    try:
        with source.open("rb") as reading, part.open("xb") as writing:
            _copy_data(reading.fileno(), writing.fileno())
        shutil.copystat(source, part)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _copy_data(source: int, target: int) -> None:
    """Copy what there is between the holes; the size comes last."""
    size = os.fstat(source).st_size
    end = 0
    while end < size:
        try:
            start = os.lseek(source, end, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:  # nothing but a hole from here on
                break
            raise
        end = os.lseek(source, start, os.SEEK_HOLE)
        _copy_range(source, target, start, end)
    os.ftruncate(target, size)


def _copy_range(source: int, target: int, start: int, end: int) -> None:
    os.lseek(target, start, os.SEEK_SET)
    while start < end:
        data = os.pread(source, min(_BLOCK, end - start), start)
        if not data:
            return
        start += len(data)
        while data:
            data = data[os.write(target, data) :]
