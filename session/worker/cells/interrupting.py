"""Interrupts the code of a cell, and nothing else: neither our own code nor the next cell."""

from __future__ import annotations

import _thread
import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from types import FrameType
    from typing import Any

    from ..serving.coroutines import EventLoops
else:
    import _signal as signal  # the C part: the rest of `signal` costs an `enum`

_OURS = __file__[: -len("cells/interrupting.py")]
_REST_S = 0.005
#: How a shell says that its command was interrupted.
_BY_SIGINT = 130
#: A second signal so soon is a repeat of ours, not somebody who insists.
_INSISTS_S = 0.05


class Interrupts:
    """SIGINT for the cell that runs. A top-level await is cancelled; who insists, interrupts it."""

    def __init__(self, loops: EventLoops) -> None:
        self._loops = loops
        self._main = _thread.get_ident()
        self._number = 0
        #: The cell that may be interrupted now, by a number of its own; 0: none.
        self._open = 0
        self._first_at = 0.0
        self._owed = False
        #: Whether an interrupt has reached the cell.
        self.met = False

    def enter(self) -> None:
        """A cell begins; whatever the one before has done to SIGINT is undone."""
        signal.signal(signal.SIGINT, self._on_signal)
        self._number += 1
        self.met, self._first_at, self._owed = False, 0.0, False
        self._open = self._number

    def leave(self) -> None:
        """The cell has ended: from here on an interrupt is too late."""
        self._open = 0

    def watch_system(self) -> None:
        """Let `os.system` be interrupted: the C library keeps SIGINT to the command alone."""
        plain = os.system

        def system(command: Any) -> int:
            status = plain(command)
            if self._open and (status & 0x7F == signal.SIGINT or status >> 8 == _BY_SIGINT):
                self.met = True
                raise KeyboardInterrupt
            return status

        system.__doc__ = plain.__doc__
        os.system = system

    def _on_signal(self, _number: int, frame: FrameType | None) -> None:
        if not self._open:
            return
        self.met = True
        now = time.monotonic()
        first = self._first_at == 0.0
        self._first_at = self._first_at or now
        awaits = self._loops.runs_in(self._main)
        if awaits and (first or now - self._first_at < _INSISTS_S):
            self._loops.cancel_in(self._main)
        elif frame is not None and frame.f_code.co_filename.startswith(_OURS):
            self._insist()
        else:
            raise KeyboardInterrupt

    def _insist(self) -> None:
        """It met our own code, which must not be torn: try again in a moment."""
        if not self._owed:
            self._owed = True
            _thread.start_new_thread(self._again, (self._number,))

    def _again(self, number: int) -> None:
        time.sleep(_REST_S)
        self._owed = False
        if self._open == number:
            signal.pthread_kill(self._main, signal.SIGINT)
