"""The descriptors of one run: three pipes and two socketpairs, and which end is whose."""

import os
import socket
from contextlib import suppress

#: Where the worker finds its sockets: out of the way of the program's own first descriptors.
CONTROL_FD = 250
EVENTS_FD = 251


class RunPipes:
    """Creates all ends; raises OSError and leaves nothing open when one cannot be had."""

    def __init__(self) -> None:
        self._fds: list[int] = []
        try:
            self.stdin_theirs, self.stdin = self._pipe()
            self.stdout, self.stdout_theirs = self._pipe()
            self.stderr, self.stderr_theirs = self._pipe()
            self.control, control_theirs = socket.socketpair()
            self.events, events_theirs = socket.socketpair()
        except OSError:
            self._close(self._fds)
            raise
        self.control_theirs = control_theirs.detach()
        self.events_theirs = events_theirs.detach()

    def _pipe(self) -> tuple[int, int]:
        read, write = os.pipe()
        self._fds += (read, write)
        return read, write

    @property
    def for_program(self) -> dict[int, int]:
        """The program's descriptors: its number -> ours."""
        return {
            0: self.stdin_theirs,
            1: self.stdout_theirs,
            2: self.stderr_theirs,
            CONTROL_FD: self.control_theirs,
            EVENTS_FD: self.events_theirs,
        }

    def hand_over(self) -> None:
        """Close the program's ends here, once the launcher has inherited them."""
        self._close(list(self.for_program.values()))

    def abandon(self) -> None:
        """Close everything: the launcher could not be started."""
        self.hand_over()
        self.close()

    def close(self) -> None:
        """Close our own ends."""
        self._close([self.stdin, self.stdout, self.stderr])
        self.control.close()
        self.events.close()

    @staticmethod
    def _close(fds: list[int]) -> None:
        for fd in fds:
            with suppress(OSError):
                os.close(fd)
