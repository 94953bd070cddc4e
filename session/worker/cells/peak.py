"""The most memory that this process held since a moment; Linux only, None elsewhere."""

from __future__ import annotations

import os

_STATUS, _CLEAR = "/proc/self/status", "/proc/self/clear_refs"
_FIELD = b"VmHWM:"


class Peak:
    """A mark that is put down and read."""

    def __init__(self) -> None:
        self._works = True

    def reset(self) -> None:
        """Measure from here on."""
        if not self._works:
            return
        try:
            fd = os.open(_CLEAR, os.O_WRONLY | os.O_CLOEXEC)
        except OSError:
            self._works = False
            return
        try:
            os.write(fd, b"5")
        except OSError:
            self._works = False
        finally:
            os.close(fd)

    def read(self) -> int | None:
        """Return the most that was resident since the mark, in bytes."""
        if not self._works:
            return None
        try:
            fd = os.open(_STATUS, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            data = os.read(fd, 4096)
        finally:
            os.close(fd)
        start = data.find(_FIELD)
        return None if start < 0 else int(data[start + len(_FIELD) :].split(None, 1)[0]) * 1024
