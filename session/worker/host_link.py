"""The worker's line to its host: tells events, asks for host tools, and notices when it is gone.

Any thread of the program may use it; the thread that reads the control socket gives the answers.
"""

from __future__ import annotations

import _thread
import os

from .values import Unserializable, pack, unpack
from .wire import WireError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from collections.abc import Callable
    from typing import Any

    from .peer import Channel
    from .wire import Frame

    #: What came of a request: what went wrong, or None; and the value.
    Answer = tuple[dict[str, Any] | None, Any]
else:
    import _signal as signal  # the C part: the rest of `signal` costs an `enum`

_FORKED = "a forked child has no line to the host"
_ENDED = "the host has ended"


class HostLink:
    """What the guest module `playhead` speaks over.

    `asks_by_input`: questions go by standard input and output, where somebody reads them.
    """

    def __init__(
        self,
        control: Channel,
        events: Channel,
        declare: Callable[[Any, dict[str, Any]], None] | None = None,
        current: Callable[[], Any] | None = None,
        *,
        asks_by_input: bool = True,
    ) -> None:
        self.asks_by_input = asks_by_input
        self._control = control
        self._events = events
        self._declare = declare
        #: Names the call that a thread works on, so that the host can tell them apart.
        self._current = current
        self._pid = os.getpid()
        self._lock = _thread.allocate_lock()
        self._last = 0
        self._waiting: dict[int, _Waiter] = {}
        self._gone = ""

    def declare(self, function: Any, about: dict[str, Any]) -> None:
        """Take a tool; a played program has nobody who could call it, and loses nothing."""
        if self._declare is not None:
            self._declare(function, about)

    def tell(self, event: dict[str, Any]) -> bool:
        """Send one event; whether there is still somebody to hear it."""
        if self._is_child():
            return False
        call = self._current() if self._current else None
        return _whole(self._events, {**event, "call": call} if call is not None else event)

    def _is_child(self) -> bool:
        return os.getpid() != self._pid

    def why_gone(self) -> str:
        """Say why there is no host."""
        return _FORKED if self._is_child() else self._gone or _ENDED

    @property
    def orphaned(self) -> bool:
        """Whether this is a process that has no line to the host, and never had one."""
        return self._is_child()

    def request(self, name: str, parameters: dict[str, Any]) -> Answer | None:
        """Ask the host for a tool and wait for its answer; None: there is no host."""
        if self._is_child() or self._gone:
            return None
        try:
            written, payload = pack(parameters)
        except Unserializable as error:
            return {"code": "invalid-parameters", "message": f"`{name}`: {error}"}, None
        waiter = self._enter()
        call = self._current() if self._current else None
        header = {"type": "host_call", "id": waiter.id, "tool": name, "parameters": written}
        try:
            if not _whole(self._control, {**header, "call": call}, payload):
                return None
            waiter.done.acquire()  # an interrupt gets past it, and the answer is dropped then
        except WireError as error:
            return {"code": "invalid-parameters", "message": f"`{name}`: {error}"}, None
        finally:
            with self._lock:
                self._waiting.pop(waiter.id, None)
        return waiter.answer

    def _enter(self) -> _Waiter:
        with self._lock:
            self._last += 1
            waiter = self._waiting[self._last] = _Waiter(self._last)
            if self._gone:
                waiter.done.release()
        return waiter

    def answered(self, frame: Frame) -> None:
        """Take a `host_result` and wake who waits for it."""
        header = frame.header
        with self._lock:
            waiter = self._waiting.pop(header.get("id", 0), None)
        if waiter is None:
            return
        try:
            failure = header.get("error")
            value = None if failure else unpack(header.get("value"), frame.payload)
            waiter.answer = failure, value
        except ValueError as error:
            waiter.answer = {"code": "worker-wire", "message": str(error)}, None
        waiter.done.release()

    def lost(self) -> None:
        """The host's side has ended: nobody waits for it any longer."""
        with self._lock:
            self._gone = _ENDED
            waiting, self._waiting = list(self._waiting.values()), {}
        for waiter in waiting:
            waiter.done.release()


def _whole(channel: Channel, header: dict[str, Any], payload: bytes = b"") -> bool:
    """Send one frame; an interrupt waits until all of it is written."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    try:
        return channel.send(header, payload)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Waiter:
    """One request that waits; `done` is held until there is an answer, or no host."""

    def __init__(self, number: int) -> None:
        self.id = number
        self.answer: Answer | None = None
        self.done = _thread.allocate_lock()
        self.done.acquire()
