"""Reads the program's output without starving the event loop, and without queueing.

When reading has used its share of a window, the pipe is left alone until the window ends, so
a program that floods is slowed down by its own full pipe.
"""

import asyncio
import fcntl
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Protocol

from session.log.entry import Stream

_CHUNK = 256 * 1024
_PIPE_SIZE = 1 << 20
#: More than a pipe holds: whoever fills it faster than that is not waited for.
_MOST_CHUNKS = 64
WINDOW_S = 0.016
_WORDS = 2000
_NO_LIMIT = 1 << 62


class OutputSink(Protocol):
    """Where output goes."""

    def output(self, stream: Stream, data: bytes) -> None:
        """Take raw output, as it came."""
        ...

    def output_ended(self, stream: Stream) -> None:
        """Note that a stream has come to its end."""
        ...


class OutputPump:
    """Moves output from pipes to the sink. `ended` is set when every stream has ended.

    After `limit` bytes nothing more is read. When the program prints on, `on_limit` is called,
    and the streams have ended for us, while it waits at its full pipes.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        sink: OutputSink,
        fds: Mapping[Stream, int],
        budget_s: float = 0.0,
        limit: int | None = None,
        on_limit: Callable[[], None] = lambda: None,
    ) -> None:
        self.ended: asyncio.Future[None] = loop.create_future()
        self._loop = loop
        self._sink = sink
        self._fds = dict(fds)
        self._budget_s = budget_s
        self._left = _NO_LIMIT if limit is None else limit
        self._on_limit = on_limit
        self._full = False
        #: The last that the program said on its standard error: it may tell why it ended.
        self.words = b""
        self._spent_s = 0.0
        self._window_end = 0.0
        self._reading = False
        self._resume: asyncio.TimerHandle | None = None
        for fd in self._fds.values():
            os.set_blocking(fd, False)
            widen(fd)

    @property
    def open_streams(self) -> dict[Stream, int]:
        """The streams that have not ended, and their descriptors."""
        return dict(self._fds)

    def start(self) -> None:
        """Begin to read; harmless when it has begun."""
        if self._reading:
            return
        self._reading = True
        self._listen()

    def _listen(self) -> None:
        self._resume = None
        for stream, fd in self._fds.items():
            self._loop.add_reader(fd, self._read, stream, fd)

    def _read(self, stream: Stream, fd: int) -> None:
        began = time.monotonic()
        try:
            data = self._take(fd)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._end(stream)
            return
        self._pass_on(stream, data)
        self._account(began, time.monotonic())

    def _take(self, fd: int) -> bytes:
        """Read one byte more than may be kept: only a program that prints on is over its limit."""
        return os.read(fd, min(_CHUNK, self._left + 1))

    def _pass_on(self, stream: Stream, data: bytes) -> None:
        kept = data[: self._left]
        self._left -= len(kept)
        if kept:
            self._sink.output(stream, kept)
            if stream is Stream.STDERR:
                self.words = (self.words + kept[-_WORDS:])[-_WORDS:]
        if len(kept) < len(data):
            self._stop_reading()
            self._on_limit()

    def _stop_reading(self) -> None:
        self._full = True
        for fd in self._fds.values():
            self._loop.remove_reader(fd)
        if not self.ended.done():
            self.ended.set_result(None)

    def _account(self, began: float, now: float) -> None:
        if not self._budget_s or self._full:
            return
        if now >= self._window_end:
            self._window_end, self._spent_s = now + WINDOW_S, 0.0
        self._spent_s += now - began
        if self._spent_s >= self._budget_s and self._resume is None:
            for fd in self._fds.values():
                self._loop.remove_reader(fd)
            pause = max(self._window_end - now, 0.001)
            self._resume = self._loop.call_later(pause, self._listen)

    def catch_up(self) -> None:
        """Take what is in the pipes now."""
        for stream in self._fds:
            self._take_rest(stream, _PIPE_SIZE // _CHUNK)

    def _end(self, stream: Stream) -> None:
        self._forget(stream)
        self._sink.output_ended(stream)
        if not self._fds and not self.ended.done():
            self.ended.set_result(None)

    def _forget(self, stream: Stream) -> None:
        fd = self._fds.pop(stream)
        self._loop.remove_reader(fd)
        os.close(fd)

    def last_words(self, stream: Stream, size: int = 4096) -> bytes:
        """Take what is in the pipe of a program that never came up; the last `size` bytes."""
        words = b""
        try:
            while data := os.read(self._fds[stream], _CHUNK):
                words = (words + data)[-size:]
        except OSError:
            pass  # nothing more for now
        return words

    def _take_rest(self, stream: Stream, chunks: int = _MOST_CHUNKS) -> None:
        """Take what has already arrived: a loop that was held up has not seen it yet."""
        with suppress(OSError):
            for _chunk in range(chunks):
                if self._full:
                    return
                data = self._take(self._fds[stream])
                if not data:
                    return
                self._pass_on(stream, data)

    def close(self) -> None:
        """Stop reading and close; streams that had not ended are said to end now."""
        if self._resume is not None:
            self._resume.cancel()
        for stream in list(self._fds):
            if self._reading:
                self._take_rest(stream)
                self._end(stream)
            else:
                self._forget(stream)
        if not self.ended.done():
            self.ended.set_result(None)


def widen(fd: int) -> None:
    """Ask for a larger pipe, so that a program can run ahead while a window is used up."""
    size = getattr(fcntl, "F_SETPIPE_SZ", None)
    if size is None:
        return
    with suppress(OSError):  # over this user's limit: the usual size does
        fcntl.fcntl(fd, size, _PIPE_SIZE)
