"""Interrupts the code of a call, and nothing else: not our own code, not the call after it."""

from __future__ import annotations

import _thread
import time

from ..host_link import HostLink
from .call import INTERRUPTED

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from types import FrameType

    from .call import Call
    from .coroutines import EventLoops
else:
    import _signal as signal  # the C part: the rest of `signal` costs an `enum`

_OURS = __file__[: -len("serving/interrupts.py")]
_REST_S = 0.02
#: How long an async tool may take to end that was cancelled.
_PATIENCE_S = 1.0
#: Where user code waits inside ours, and may be interrupted.
_OPEN = {HostLink.request.__code__, HostLink.tell.__code__}


class Interrupts:
    """SIGINT for calls on the main thread, an asynchronous exception for those on others.

    An async tool is cancelled; only when it does not listen is an exception thrown into it. Make
    it on the main thread. Where a tool waits in a C call on another thread, it is interrupted
    when that returns.
    """

    def __init__(self, running: dict[int, Call], loops: EventLoops) -> None:
        self._running = running
        self._loops = loops
        self._main = _thread.get_ident()
        #: Which calls a SIGINT of ours is meant for; one from outside is meant for any.
        self._meant: list[Call] = []
        signal.signal(signal.SIGINT, self._on_signal)

    def allow(self) -> None:
        """From now on the main thread takes SIGINT."""
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT,))

    def _on_signal(self, _number: int, frame: FrameType | None) -> None:
        meant, self._meant = self._meant, []
        call = self._running.get(self._main)
        if call is None or (meant and call not in meant):
            return
        call.wanted = call.wanted or INTERRUPTED
        if self._may_throw(call, frame):
            call.met = True
            raise KeyboardInterrupt
        if not meant:  # from outside: nobody insists yet
            self.interrupt(call)

    def _may_throw(self, call: Call, frame: FrameType | None) -> bool:
        if frame is not None and _is_ours(frame):
            return False
        return call.impatient or not self._loops.runs_in(self._main)

    def interrupt(self, call: Call) -> None:
        """Raise KeyboardInterrupt in the code of `call`, which runs, or cancel it."""
        call.met = False
        _thread.start_new_thread(self._insist, (call,))

    def _insist(self, call: Call) -> None:
        """Try until it meets the call's own code, or that has ended.

        It may meet ours, which must not be torn; and a signal that comes just before a system
        call that waits is noticed after it only.
        """
        began = time.monotonic()
        while not (call.met or call.over or call.answered):
            if self._loops.runs_in(call.thread) and time.monotonic() - began < _PATIENCE_S:
                self._loops.cancel_in(call.thread)
            else:
                call.impatient = self._loops.runs_in(call.thread)
                self._throw(call)
            time.sleep(_REST_S)

    def _throw(self, call: Call) -> None:
        if call.thread == self._main:
            self._meant.append(call)
            signal.pthread_kill(self._main, signal.SIGINT)
        else:
            call.met = call.interrupt_with(_interrupt_thread)


def _is_ours(frame: FrameType) -> bool:
    code = frame.f_code
    return code.co_filename.startswith(_OURS) and code not in _OPEN


def _interrupt_thread(ident: int) -> None:
    try:
        from ctypes import c_ulong, py_object, pythonapi
    except ImportError:
        return  # an interpreter of another make: the call ends when it looks at `wanted`
    pythonapi.PyThreadState_SetAsyncExc(c_ulong(ident), py_object(KeyboardInterrupt))
