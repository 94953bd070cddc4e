"""A non-blocking end of a socketpair on the event loop: writes are buffered, reads called back.

It moves bytes and knows nothing of what they mean.
"""

import asyncio
import socket
from collections.abc import Callable

_CHUNK = 1 << 16


class Channel:
    """One end of a connection to a child. All calls on the event loop's thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, end: socket.socket) -> None:
        end.setblocking(False)
        self._loop = loop
        self._socket = end
        self._unsent = bytearray()
        self._on_data: Callable[[bytes], None] | None = None
        self._on_end: Callable[[], None] | None = None
        self._open = True

    def listen(self, on_data: Callable[[bytes], None], on_end: Callable[[], None]) -> None:
        """Start reading; `on_end` is called once, when the other side has closed."""
        self._on_data = on_data
        self._on_end = on_end
        self._loop.add_reader(self._socket.fileno(), self._read)

    def send(self, data: bytes) -> None:
        """Write `data` as soon as the other side takes it; a peer that is gone is no error."""
        if not self._open:
            return
        if not self._unsent:
            data = data[self._try(data) :]
            if not data:
                return
            self._loop.add_writer(self._socket.fileno(), self._flush)
        self._unsent += data

    def _try(self, data: bytes | bytearray) -> int:
        try:
            return self._socket.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            return len(data)  # nobody will read it; the reading side notices the end

    def _flush(self) -> None:
        del self._unsent[: self._try(self._unsent)]
        if not self._unsent:
            self._loop.remove_writer(self._socket.fileno())

    def _read(self) -> None:
        data = self._receive()
        if data is None:
            return
        if data:
            assert self._on_data is not None
            self._on_data(data)
        else:
            self._end()

    def _receive(self) -> bytes | None:
        try:
            return self._socket.recv(_CHUNK)
        except BlockingIOError:
            return None
        except OSError:
            return b""

    def drain(self) -> None:
        """Read what has arrived, without waiting for more."""
        while self._open and self._on_data is not None:
            data = self._receive()
            if data is None:
                return
            if not data:
                self._end()
                return
            self._on_data(data)

    def _end(self) -> None:
        on_end = self._on_end
        self.close()
        if on_end is not None:
            on_end()

    def close(self) -> None:
        """Close our end; calling it twice is harmless."""
        if not self._open:
            return
        self._open = False
        self._loop.remove_reader(self._socket.fileno())
        self._loop.remove_writer(self._socket.fileno())
        self._socket.close()
