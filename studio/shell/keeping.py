"""Remembers layout, projects and open files soon after they changed, not only at the end.

A studio that is killed then loses some seconds of it. Gathers in the window's thread, which is
cheap; writes in another.
"""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer

from studio import loop
from studio.settings.memory import Memory

#: How long after a change it is written down, in milliseconds. Changes meanwhile go with it.
KEEP_AFTER_MS: Final = 4_000


class Keeping(QObject):
    """`note` whatever may have changed; `gather` puts it into the memory."""

    def __init__(self, memory: Memory, gather: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._memory = memory
        self._gather = gather
        self._timer = QTimer(self, singleShot=True, interval=KEEP_AFTER_MS)
        self._timer.timeout.connect(self._keep)

    def note(self) -> None:
        """Something may be different: write it down soon."""
        if not self._timer.isActive():  # no start anew, so that a steady change is kept, too
            self._timer.start()

    def stop(self) -> None:
        """Write nothing more by itself."""
        self._timer.stop()

    def _keep(self) -> None:
        import asyncio  # late: the first frame is painted without it

        self._gather()
        if self._memory.unsaved:
            loop.start(asyncio.to_thread(self._memory.save))
