"""The worker's ends of the two socketpairs. Nothing here may fail because the peer is gone.

User code shares our descriptors: it may close them all, and a number may then mean one of its
own files. So a channel remembers which socket it is and checks before it writes.
"""

from __future__ import annotations

import _thread
import os

from .wire import Frame, FrameReader, WireError, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Channel:
    """Frames in and out of one inherited socket, whole or not at all."""

    def __init__(self, fd: int) -> None:
        os.set_inheritable(fd, False)
        self._fd = fd
        self._identity = _identity(fd)
        self._lock = _thread.allocate_lock()
        self._reader = FrameReader()
        self._frames: list[Frame] = []

    @property
    def fd(self) -> int:
        """The descriptor."""
        return self._fd

    @property
    def ours(self) -> bool:
        """Whether the descriptor still is the socket it was."""
        return self._identity is not None and _identity(self._fd) == self._identity

    def send(self, header: dict[str, Any], payload: bytes = b"") -> bool:
        """Write one frame; whether that worked. Blocks while the session does not read."""
        data = encode(header, payload)
        with self._lock:
            return self._write(data)

    def _write(self, data: bytes) -> bool:
        if not self.ours:
            return False
        try:
            while data:
                data = data[os.write(self._fd, data) :]
        except OSError:
            return False
        return True

    def receive(self) -> Frame | None:
        """Return the next frame, or None when the session's side has ended."""
        while not self._frames:
            try:
                data = os.read(self._fd, 65536) if self.ours else b""
                frames = self._reader.feed(data)
            except (OSError, WireError):
                return None
            if not data:
                return None
            if len(frames) == 1:
                return frames[0]
            self._frames = frames
        return self._frames.pop(0)

    def close(self) -> None:
        """Let go of the socket: a forked child of the program has no business with it."""
        if self.ours:
            os.close(self._fd)
        self._identity = None


def _identity(fd: int) -> tuple[int, int] | None:
    try:
        stat = os.fstat(fd)
    except OSError:
        return None
    return stat[2], stat[1]  # device and inode: an index is a third of an attribute's price


class Answering:
    """Answers the session, on a thread, while user code has the main thread.

    `link` is who waits for answers of the host: there is none until user code asks for something.
    """

    def __init__(self, control: Channel) -> None:
        self.link: Any = None
        self._control = control
        self._ended = False

    def start(self) -> None:
        """Start the thread."""
        _thread.start_new_thread(self._serve, ())

    def connect(self, link: Any) -> None:
        """Let `link` hear of answers, and of the end."""
        self.link = link
        if self._ended:
            link.lost()

    def _serve(self) -> None:
        while True:
            frame = self._control.receive()
            if frame is None:
                break  # the session's side died: ending us is the launcher's business
            if frame.header.get("type") == "ping":
                self._control.send({"type": "pong", "id": frame.header.get("id")})
            elif frame.header.get("type") == "host_result":
                if self.link is not None:
                    self.link.answered(frame)
            else:
                self.other(frame)
        self._ended = True
        if self.link is not None:
            self.link.lost()
        self.ended()

    def other(self, frame: Frame) -> None:
        """Take a frame of another kind; a played program gets none."""

    def ended(self) -> None:
        """The session's side has ended; a played program is not told."""
