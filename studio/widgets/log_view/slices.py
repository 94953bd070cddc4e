"""Long work on the event loop in short slices, so that nothing else has to wait for it."""

import time
from collections.abc import Callable, Iterator
from typing import Final

from PySide6.QtCore import QObject, QTimer

#: Seconds that one slice may take; a step of the work is never cut.
BUDGET_S: Final = 0.004
#: Milliseconds between slices, in which everything else has its turn.
_PAUSE_MS: Final = 1


class Slices(QObject):
    """One piece of work at a time; beginning another drops the one before."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work: Iterator[object] | None = None
        self._on_end: Callable[[], None] | None = None
        self._timer = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._timer.timeout.connect(self._slice)

    @property
    def busy(self) -> bool:
        """Whether work is left."""
        return self._work is not None

    def begin(self, work: Iterator[object], on_end: Callable[[], None] | None = None) -> None:
        """Do the first slice now and the rest bit by bit; `on_end` is called after the last."""
        self._work, self._on_end = work, on_end
        self._slice()

    def cancel(self) -> None:
        """Drop the work; `on_end` is not called."""
        self._work = self._on_end = None
        self._timer.stop()

    def _slice(self) -> None:
        work, until = self._work, time.perf_counter() + BUDGET_S
        if work is None:
            return
        while time.perf_counter() < until:
            if next(work, self) is self:  # the work is done
                self._end(work)
                return
            if self._work is not work:  # it began or cancelled something itself
                return
        self._timer.start()

    def _end(self, work: Iterator[object]) -> None:
        if self._work is work:
            on_end, self._work, self._on_end = self._on_end, None, None
            if on_end is not None:
                on_end()
