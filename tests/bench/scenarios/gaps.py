"""How long an event loop was away: the longest time between two ticks of a precise timer."""

import time

from PySide6.QtCore import QObject, Qt, QTimer

_TICK_MS = 5


class Gaps(QObject):
    """Watches the loop from its making on; `worst` is in seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._last = time.perf_counter()
        self.worst = 0.0
        self._timer = QTimer(self, interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def begin(self) -> None:
        """Forget what was."""
        self._last, self.worst = time.perf_counter(), 0.0

    def _tick(self) -> None:
        now = time.perf_counter()
        self.worst = max(self.worst, now - self._last)
        self._last = now
