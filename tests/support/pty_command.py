"""Drives the `playhead` command at a terminal, as a person does: types, waits, looks."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.playhead import COMMAND, environment
from tests.support.tiny_terminal import TinyTerminal

CTRL_C, CTRL_D = b"\x03", b"\x04"


class AtTerminal:
    """A command that has a terminal of its own, and what stands on it."""

    def __init__(self, process: "subprocess.Popen[bytes]", master: int, columns: int) -> None:
        self.process = process
        self.raw = bytearray()
        self._master = master
        self._columns = columns

    def type(self, data: bytes) -> None:
        """Press keys."""
        os.write(self._master, data)

    def until(self, text: str, timeout_s: float = 60) -> None:
        """Wait until `text` was written to the terminal."""
        deadline = time.monotonic() + timeout_s
        while text not in self.written:
            if not self._read(deadline - time.monotonic()):
                message = f"{text!r} never came; there is:\n{self.written}"
                raise AssertionError(message)

    def hang_up(self) -> None:
        """Close the terminal's window."""
        os.close(self._master)
        self._master = os.open(os.devnull, os.O_RDWR)

    def end(self, timeout_s: float = 60) -> int:
        """Wait for the end, with everything written, and return the exit code."""
        deadline = time.monotonic() + timeout_s
        while self._read(deadline - time.monotonic()):
            pass
        return self.process.wait(max(deadline - time.monotonic(), 1))

    def close(self) -> None:
        """Let go of the terminal."""
        os.close(self._master)

    @property
    def written(self) -> str:
        """Everything that was written, escape sequences and all."""
        return self.raw.decode("utf-8", "replace")

    @property
    def text(self) -> str:
        """What stands on the terminal now."""
        terminal = TinyTerminal(self._columns)
        terminal.feed(self.written.replace("\r\n", "\n"))
        return terminal.text

    @property
    def rows(self) -> list[str]:
        """What stands on the terminal now, row by row."""
        return self.text.split("\n")

    def _read(self, timeout_s: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], max(timeout_s, 0))
        try:
            data = os.read(self._master, 65536) if ready else b""
        except OSError:  # the last one who had the terminal open is gone
            return False
        self.raw += data
        return bool(data)


@contextmanager
def at_terminal(home: Path, *args: str, columns: int = 100, **env: str) -> Iterator[AtTerminal]:
    """Run `playhead` at a terminal of its own; whatever the test does, nothing is left."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen(
        [*COMMAND, *args],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment(home, **{"TERM": "xterm", **env}),
        start_new_session=True,
        preexec_fn=_take_terminal,
    )
    os.close(slave)
    terminal = AtTerminal(process, master, columns)
    try:
        yield terminal
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait(10)
        terminal.close()


def _take_terminal() -> None:
    """Make standard input the controlling terminal, so that Ctrl-C reaches the command."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
