"""Garbage collection on the window's thread only.

Python collects cycles in whatever thread happens to allocate; a Qt object that dies in another
thread than its own takes the process with it. So the automatic collector is switched off and
its own rule, generation by generation, is applied here, between events.
"""

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

#: How often the counters are looked at, in milliseconds.
_INTERVAL_MS: Final = 500


class GarbageCollector(QObject):
    """Collects on the thread it lives on, from its making until `stop`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        gc.disable()
        self._timer = QTimer(self, interval=_INTERVAL_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> int | None:
        """Collect the oldest generation that is due; return which, None for none."""
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] > self._thresholds[generation]:
                gc.collect(generation)
                return generation
        return None

    @staticmethod
    def spare_what_is_there() -> None:
        """Never look at today's objects again: modules and widgets made at the start stay.

        A full collection then costs what came since, not what the libraries brought.
        """
        gc.freeze()

    def stop(self) -> None:
        """Collect once more, and leave it to Python from now on."""
        self._timer.stop()
        gc.collect()
        gc.unfreeze()
        gc.enable()
