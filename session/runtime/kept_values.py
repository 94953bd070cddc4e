"""What a program keeps with `playhead.store`: one JSON file in its project's data folder.

The program can write there too, and may have put anything in its place. So nothing but a plain
file is read, no link is followed, and writing replaces whatever has the name.
"""

import fcntl
import json
import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

FILE: Final = "store.json"
_CAP: Final = 16 << 20
_PATIENCE_S: Final = 2.0
_REST_S: Final = 0.01
_OPEN: Final = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


class StoreUnusable(Exception):
    """The values cannot be read or kept; the text says why."""


class KeptValues:
    """The values of one data folder, by name. Blocking: use it in a thread.

    Several runs of a project share it: each change is made whole, under a lock.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def tools(self) -> Mapping[str, Callable[..., Any]]:
        """Return what answers `playhead.store`, by the names that it asks for."""
        return {
            "playhead.store.get": self.get,
            "playhead.store.set": self.set,
            "playhead.store.delete": self.delete,
            "playhead.store.keys": self.keys,
        }

    def get(self, key: str) -> dict[str, Any] | None:
        """Return `{"value": …}`; None where nothing is kept under `key`."""
        with self._opened() as folder:
            values = _read(folder)
        return {"value": values[key]} if key in values else None

    def keys(self) -> list[str]:
        """Return the names, sorted."""
        with self._opened() as folder:
            return sorted(_read(folder))

    def set(self, key: str, value: object) -> None:
        """Keep a JSON value."""
        with self._opened() as folder:
            _write(folder, {**_read(folder), key: value})

    def delete(self, key: str) -> bool:
        """Forget a value; whether there was one."""
        with self._opened() as folder:
            values = _read(folder)
            if key not in values:
                return False
            del values[key]
            _write(folder, values)
            return True

    @contextmanager
    def _opened(self) -> Iterator[int]:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise StoreUnusable(_words(error)) from None
        try:
            _lock(folder)
            yield folder
        except OSError as error:
            raise StoreUnusable(_words(error)) from None
        finally:
            os.close(folder)


def _words(error: OSError) -> str:
    return f"{FILE} cannot be used: {error.strerror or error}"


def _lock(folder: int) -> None:
    """Wait for the folder's lock, but not for ever: the program can hold it as well."""
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                msg = f"{FILE} is in use"
                raise StoreUnusable(msg) from None
            time.sleep(_REST_S)
        else:
            return


def _read(folder: int) -> dict[str, Any]:
    try:
        fd = os.open(FILE, os.O_RDONLY | _OPEN, dir_fd=folder)
    except FileNotFoundError:
        return {}
    with os.fdopen(fd, "rb") as file:
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode) or found.st_size > _CAP:
            msg = f"{FILE} is no plain file of at most {_CAP >> 20} MiB"
            raise StoreUnusable(msg)
        text = file.read()
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        msg = f"{FILE} is damaged: {error}"
        raise StoreUnusable(msg) from None
    if not isinstance(values, dict):
        msg = f"{FILE} is damaged: it holds no object"
        raise StoreUnusable(msg)
    return values


def _write(folder: int, values: Mapping[str, Any]) -> None:
    try:
        data = json.dumps(values, ensure_ascii=True, allow_nan=False).encode("ascii")
    except (TypeError, ValueError) as error:
        msg = f"only JSON values can be kept: {error}"
        raise StoreUnusable(msg) from None
    if len(data) > _CAP:
        msg = f"there is room for {_CAP >> 20} MiB in the store"
        raise StoreUnusable(msg)
    part = f".{FILE}.{os.urandom(6).hex()}"
    fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _OPEN, 0o666, dir_fd=folder)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
        os.replace(part, FILE, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        os.unlink(part, dir_fd=folder)
        raise
