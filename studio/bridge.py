"""The one object between a session's events and Qt: coalesced signals, and samples of use.

Widgets listen here and read the session's own properties; no widget subscribes to a session.
The log's growth is told at most once a frame; whoever listens pulls rows by cursor.
"""

import time
from collections import deque
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from session.events import (
    LogGrew,
    RunEnded,
    RunStarted,
    SessionEvent,
    StateChanged,
    StopRequested,
    TailChanged,
)
from studio import loop
from studio.controls import Controls, controls_for

if TYPE_CHECKING:
    from session.execution_session import ExecutionSession
    from session.usage import Usage

#: One frame, in milliseconds.
FRAME_MS: Final = 16
#: How often a running program's use is looked at, in milliseconds.
SAMPLE_MS: Final = 500
#: Samples kept for the plots: ten minutes.
_KEPT: Final = 10 * 60 * 1000 // SAMPLE_MS


class SessionBridge(QObject):
    """Tells Qt what happens to one session. Lives as long as the project is open."""

    #: A new run exists (its id); the session's `log` is that run's from now on.
    run_started = Signal(str)
    #: State, stop request or exit changed; read them off the session, or `controls`.
    state_changed = Signal()
    #: The log has more rows; at most once a frame.
    log_grew = Signal()
    #: An unfinished line changed; at most once a frame.
    tail_changed = Signal()
    #: A new sample stands at the end of `usage`.
    usage_changed = Signal()
    #: The run is over and filed (`RunEnded`).
    run_ended = Signal(object)

    def __init__(self, session: "ExecutionSession", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        #: Samples of the current or last run, oldest first.
        self.usage: deque[Usage] = deque(maxlen=_KEPT)
        #: When the run was first asked to stop, in seconds since the epoch; None if it was not.
        self.stop_asked: float | None = None
        self._grew = self._tail = False
        self._frame = QTimer(self, interval=FRAME_MS, singleShot=True)
        self._frame.timeout.connect(self._tell)
        self._sampler = QTimer(self, interval=SAMPLE_MS)
        self._sampler.timeout.connect(self._sample)
        self._sampling = False
        self._unsubscribe = session.subscribe(self._take)

    @property
    def controls(self) -> Controls:
        """What can be pressed now."""
        return controls_for(self.session.state, stop_requested=self.session.stop_requested)

    def close(self) -> None:
        """Listen no more."""
        self._unsubscribe()
        self._frame.stop()
        self._sampler.stop()

    def _take(self, event: SessionEvent) -> None:
        match event:
            case LogGrew():
                self._grew = True
                self._next_frame()
            case TailChanged():
                self._tail = True
                self._next_frame()
            case RunStarted(run_id):
                self.usage.clear()
                self.stop_asked = None
                self.run_started.emit(run_id)
            case StateChanged() | StopRequested():
                if isinstance(event, StopRequested) and self.stop_asked is None:
                    self.stop_asked = time.time()
                self._watch_use()
                self.state_changed.emit()
            case RunEnded():
                self._tell()
                self.state_changed.emit()
                self.run_ended.emit(event)
            case _:
                pass

    def _next_frame(self) -> None:
        if not self._frame.isActive():
            self._frame.start()

    def _tell(self) -> None:
        grew, tail = self._grew, self._tail
        self._grew = self._tail = False
        if grew:
            self.log_grew.emit()
        if tail:
            self.tail_changed.emit()

    def _watch_use(self) -> None:
        active = self.session.state.active
        if active and not self._sampler.isActive():
            self._sampler.start()
        elif not active:
            self._sampler.stop()

    def _sample(self) -> None:
        if not self._sampling:
            loop.start(self._take_sample())

    async def _take_sample(self) -> None:
        self._sampling = True
        try:
            run_id = self.session.run_id
            usage = await self.session.usage()
            if usage is not None and self.session.run_id == run_id:
                self.usage.append(usage)
                self.usage_changed.emit()
        finally:
            self._sampling = False
