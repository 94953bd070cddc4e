"""Writes small files in the order they were given, in a thread of its own."""

import logging
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Final

logger = logging.getLogger(__name__)

#: How long the end waits for what is still to be written, in seconds: a disk may hang.
_CLOSING_S: Final = 5.0


class Writer:
    """Whoever writes is never waited for, but at the end: `close`."""

    def __init__(self) -> None:
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: Thread | None = None

    def write(self, work: Callable[[], None]) -> None:
        """Do `work` soon, behind what was given before; it handles its own failures."""
        self._work.put(work)
        if self._thread is None:
            self._thread = Thread(target=self._run, name="settings", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Wait until everything is written, or for some seconds; blocking."""
        if self._thread is not None:
            self._work.put(None)
            self._thread.join(_CLOSING_S)
            self._thread = None

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            try:
                work()
            except Exception:  # the next one is to be written all the same
                logger.exception("a file could not be written")
