"""Where the command writes: complete writes, in order, and a closed output said in one way."""

import asyncio
import errno
import os
import queue
import select
import sys
import threading
from typing import Final

_FLUSHED: Final = 1
_STDERR: Final = 2
#: Not a reader that has gone, but no room for what we write: worth a word.
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class OutputClosed(Exception):
    """Nobody reads our output any more (`playhead log last | head`)."""


def say(text: str = "", *, end: str = "\n") -> None:
    """Write a line to standard output; raise `OutputClosed` when nobody reads it."""
    _write_line(_FLUSHED, text + end, sys.stdout.encoding if sys.stdout else "utf-8")


def complain(text: str) -> None:
    """Write a line to standard error; where that is impossible there is nobody to tell."""
    try:
        _write_line(_STDERR, text + "\n", sys.stderr.encoding if sys.stderr else "utf-8")
    except OutputClosed:
        return


def _write_line(fd: int, text: str, encoding: str) -> None:
    write_all(fd, text.encode(encoding, "replace"))


def write_all(fd: int, data: bytes) -> None:
    """Write all of `data`, waiting as long as it takes; raise `OutputClosed` if impossible."""
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(fd, view) :]
        except BlockingIOError:  # someone who shares the terminal made it non-blocking
            select.select([], [fd], [])
        except OSError as error:
            if error.errno in FULL and fd != _STDERR:
                complain(f"Standard output cannot be written: {error.strerror}.")
            raise OutputClosed from error


class Outlet:
    """Writes to a descriptor from a thread of its own, so that a reader who is slow or has
    stopped (Ctrl-S, a pager) never holds up the event loop, and Ctrl-C works all the same.

    The thread is a daemon: one that is stuck in a write does not keep the process alive.
    """

    def __init__(self, fd: int = 1) -> None:
        self._fd = fd
        self._queue: queue.SimpleQueue[tuple[bytes, asyncio.Future[None]]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    async def write(self, data: bytes) -> None:
        """Write all of `data`; raise `OutputClosed` when nobody reads it."""
        if not data:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="output", daemon=True)
            self._thread.start()
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.put((data, done))
        await done

    def _work(self) -> None:
        while True:
            data, done = self._queue.get()
            error: OutputClosed | None = None
            try:
                write_all(self._fd, data)
            except OutputClosed as closed:
                error = closed
            try:
                done.get_loop().call_soon_threadsafe(_settle, done, error)
            except RuntimeError:  # the loop has ended meanwhile
                return


def _settle(done: "asyncio.Future[None]", error: OutputClosed | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
