"""The program's standard input: buffered on our side, so that nobody waits for the program."""

import asyncio
import os


class InputWriter:
    """Feeds one pipe. A program that does not read, or has gone, is no error."""

    def __init__(self, loop: asyncio.AbstractEventLoop, fd: int) -> None:
        os.set_blocking(fd, False)
        self._loop = loop
        self._fd = fd
        self._unsent = bytearray()
        self._ending = False
        self._open = True

    @property
    def backlog(self) -> int:
        """How many bytes wait for the program to take them."""
        return len(self._unsent)

    @property
    def pipe(self) -> int | None:
        """The inode of the pipe, by which its other end is known; None once it is closed."""
        return os.fstat(self._fd).st_ino if self._open else None

    def send(self, data: bytes) -> None:
        """Write `data` as soon as the program takes it."""
        if not self._open or self._ending:
            return
        idle = not self._unsent
        self._unsent += data
        if idle and self._unsent:
            self._loop.add_writer(self._fd, self._flush)
            self._flush()

    def end(self) -> None:
        """Close the pipe once everything sent so far is written."""
        self._ending = True
        if not self._unsent:
            self.close()

    def _flush(self) -> None:
        try:
            del self._unsent[: os.write(self._fd, self._unsent)]
        except BlockingIOError:
            return
        except OSError:
            self.close()  # the program has closed its end
            return
        if not self._unsent:
            self._loop.remove_writer(self._fd)
            if self._ending:
                self.close()

    def close(self) -> None:
        """Close the pipe now; harmless when it is closed."""
        if not self._open:
            return
        self._open = False
        self._unsent.clear()
        self._loop.remove_writer(self._fd)
        os.close(self._fd)
