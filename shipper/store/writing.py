"""How files get into the cache: whole or not at all, whoever else is writing."""

import itertools
import os
from pathlib import Path

from shipper.errors import StoreUnwritable

_serial = itertools.count()


def write_whole(path: str | Path, data: bytes, mode: int = 0o644) -> None:
    """Put `data` at `path` by a rename; raise StoreUnwritable where that cannot be done."""
    place = os.fspath(path)
    temporary = temporary_name(place)
    try:
        try:
            _write(temporary, data, mode)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(place), exist_ok=True)  # noqa: PTH103, PTH120 - hot path
            _write(temporary, data, mode)
        os.rename(temporary, place)  # noqa: PTH104 - hot path
    except OSError as error:
        discard(temporary)
        raise StoreUnwritable(Path(place).parent, error) from error


def temporary_name(place: str) -> str:
    """Return a name beside `place` that nobody else uses."""
    return f"{place}.{os.getpid()}.{next(_serial)}.tmp"


def discard(path: str) -> None:
    """Remove a file that may not be there."""
    try:
        os.unlink(path)  # noqa: PTH108 - hot path
    except OSError:
        return


def _write(path: str, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
    finally:
        os.close(descriptor)
