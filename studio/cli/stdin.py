"""Our standard input, handed on to the program: terminal, pipe, file, device or nothing at all.

A terminal is read only while we are in its foreground: a background process that reads is
stopped by the kernel (SIGTTIN), and the whole run with it.
"""

import asyncio
import os
from collections.abc import Callable
from typing import Final

CHUNK: Final = 65536
_ASK_AGAIN_S: Final = 0.5
_ROOM_AGAIN_S: Final = 0.01


class InputForwarder:
    """Reads `fd` on the event loop and passes on what comes; None stands for its end.

    While `is_full()` nothing is read, so that a program that reads slowly makes whoever writes
    to us wait, instead of filling our memory.
    """

    def __init__(
        self,
        pass_on: Callable[[bytes | None], None],
        is_full: Callable[[], bool],
        fd: int = 0,
    ) -> None:
        self._pass_on = pass_on
        self._is_full = is_full
        self._fd = fd
        self._loop = asyncio.get_running_loop()
        self._tty = _is_tty(fd)
        self._watched = False
        self._ended = False
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to read; a descriptor that cannot be read counts as one at its end."""
        try:
            self._loop.add_reader(self._fd, self._readable)
            self._watched = True
        except PermissionError:  # a plain file or a device: always ready, so not to be watched
            self._timer = self._loop.call_later(0, self._read_on)
        except (OSError, ValueError):
            self._end()

    def stop(self) -> None:
        """Read no more; what was not read stays for whoever comes next."""
        self._ended = True
        self._unwatch()

    def _readable(self) -> None:
        if self._tty and not _in_foreground(self._fd):
            self._pause(_ASK_AGAIN_S)
        elif self._is_full():
            self._pause(_ROOM_AGAIN_S)
        else:
            self._read()

    def _pause(self, seconds: float) -> None:
        self._unwatch()
        self._timer = self._loop.call_later(seconds, self._watch_again)

    def _watch_again(self) -> None:
        if not self._ended:
            self.start()

    def _read_on(self) -> None:
        full = self._is_full()
        if not self._ended and not full:
            self._read()
        if not self._ended:
            self._timer = self._loop.call_later(_ROOM_AGAIN_S if full else 0, self._read_on)

    def _read(self) -> None:
        try:
            data = os.read(self._fd, CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:  # a folder, or a terminal that hung up
            data = b""
        if data:
            self._pass_on(data)
        else:
            self._end()

    def _end(self) -> None:
        self.stop()
        self._pass_on(None)

    def _unwatch(self) -> None:
        if self._watched:
            self._loop.remove_reader(self._fd)
            self._watched = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _is_tty(fd: int) -> bool:
    try:
        return os.isatty(fd)
    except OSError:
        return False


def _in_foreground(fd: int) -> bool:
    try:
        return os.tcgetpgrp(fd) == os.getpgrp()
    except OSError:  # not our controlling terminal: the kernel does not stop us then
        return True
