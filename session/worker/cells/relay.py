"""Passes frames from one descriptor to another: whole ones only, and never waiting.

Whoever writes them may be killed in the middle of one; the rest of it is then dropped.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    #: Gets a frame that it asked for; returns the bytes to pass on.
    Look = Callable[[bytes], bytes]

_PREFIX = 8
_CHUNK = 1 << 18
#: So much may wait for a slow reader before nothing more is read.
_ENOUGH = 1 << 18


class Relay:
    """Frames on their way from `source` to `target`; both may be closed by others.

    `look` sees those frames whose header begins with `mark`, and may change them.
    """

    def __init__(
        self, source: int, target: int, mark: bytes = b"", look: Look | None = None
    ) -> None:
        self.source, self.target = source, target
        self._mark, self._look = mark, look
        self._torn = bytearray()
        self._waiting = bytearray()
        os.set_blocking(source, False)
        os.set_blocking(target, False)

    @property
    def wants_read(self) -> bool:
        """Whether there is room for more."""
        return len(self._waiting) < _ENOUGH

    @property
    def wants_write(self) -> bool:
        """Whether something waits for the target."""
        return bool(self._waiting)

    def read(self) -> bool:
        """Take what is there; False at the end."""
        try:
            data = os.read(self.source, _CHUNK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self._torn += data
        self._cut()
        self.write()
        return bool(data)

    def drain(self) -> None:
        """Take all that a dead writer has left, and drop what is no whole frame."""
        while self._more():
            pass
        self._torn.clear()

    def _more(self) -> bool:
        before = len(self._torn) + len(self._waiting)
        return self.read() and len(self._torn) + len(self._waiting) > before

    def add(self, data: bytes) -> None:
        """Put a whole frame of our own behind those that wait."""
        self._waiting += data
        self.write()

    def write(self) -> None:
        """Write what the target takes."""
        try:
            while self._waiting:
                del self._waiting[: os.write(self.target, self._waiting)]
        except BlockingIOError:
            return
        except OSError:
            self._waiting.clear()  # nobody is there any more

    def _cut(self) -> None:
        """Move the whole frames from what has come to what goes."""
        torn, start, moved = self._torn, 0, 0
        while len(torn) - start >= _PREFIX:
            sizes = int.from_bytes(torn[start : start + _PREFIX], "big")
            end = start + _PREFIX + (sizes >> 32) + (sizes & 0xFFFFFFFF)
            if len(torn) < end:
                break
            if self._look is not None and torn.startswith(self._mark, start + _PREFIX):
                self._waiting += torn[moved:start] + self._look(bytes(torn[start:end]))
                moved = end
            start = end
        self._waiting += torn[moved:start]
        del torn[:start]
