"""One call, as the worker sees it: what is asked for, its credit, and how far it has come."""

from __future__ import annotations

import _thread
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

CANCELLED, INTERRUPTED = "call-cancelled", "interrupted"


class Call:
    """A call from the host; made by the control thread, carried out by another.

    `wanted` says that somebody wants it to end, and as what. `credit` is how many more chunks
    the host takes.
    """

    def __init__(self, header: dict[str, Any], parameters: dict[str, Any], tool: Any) -> None:
        self.id: int = header["id"]
        self.tool = tool
        self.parameters = parameters
        self.session = header.get("session")
        self.stream = bool(header.get("stream"))
        self.credit = int(header.get("credit") or 0)
        timeout_ms = header.get("timeout_ms")
        self.deadline = None if timeout_ms is None else time.monotonic() + timeout_ms / 1000
        self.main_thread = bool(header.get("main_thread")) or tool.main_thread
        self.wanted = ""
        self.began: float | None = None
        self.thread = 0
        self.over = False
        self.sending = False
        #: Whether an interrupt has met its code.
        self.met = False
        #: Whether it was cancelled, and has not ended of that.
        self.impatient = False
        self.answered = False
        #: What a streaming tool has yielded and is not sent yet.
        self.batches: Any = None
        self._lock = _thread.allocate_lock()
        self._more = _thread.allocate_lock()
        self._more.acquire()

    @property
    def late(self) -> bool:
        """Whether its time was used up before it began."""
        return self.deadline is not None and time.monotonic() > self.deadline

    def end_as(self, wanted: str) -> None:
        """Ask it to end; the first who asks says as what."""
        with self._lock:
            self.wanted = self.wanted or wanted
        self._let_go()

    def add_credit(self, count: int) -> None:
        """Let it send `count` more chunks."""
        with self._lock:
            self.credit += count
        self._let_go()
        if self.batches is not None:
            self.batches.rearm()

    def _let_go(self) -> None:
        try:
            self._more.release()
        except RuntimeError:
            pass  # nobody waits

    def take_credit(self, *, wait: bool) -> bool:
        """Use up one credit; without any, wait for one or answer False."""
        while True:
            with self._lock:
                if self.credit > 0:
                    self.credit -= 1
                    return True
                if self.wanted:
                    return False
            if not wait:
                return False
            self._more.acquire()

    def answer_once(self) -> bool:
        """Whether it is for the caller to answer it: True for the first, and no other."""
        with self._lock:
            first, self.answered = not self.answered, True
            return first

    def interrupt_with(self, how: Callable[[int], None]) -> bool:
        """Call `how` with the thread that it runs on; whether that could be done.

        Not before its code has begun, after it has ended, and while a chunk is sent, which must
        not be torn.
        """
        with self._lock:
            if not self.thread or self.over or self.sending:
                return False
            how(self.thread)
            return True

    def leave(self) -> None:
        """Its code has ended: nothing is interrupted any more, nor is what comes late."""
        with self._lock:
            self.over = True
        if self.wanted:
            try:
                for _ in range(64):  # an exception that was set from another thread comes here
                    pass
            except KeyboardInterrupt:
                pass

    def shown(self) -> dict[str, Any]:
        """Return what the host may want to know of a call that runs."""
        took = time.monotonic() - self.began if self.began is not None else 0.0
        return {"id": self.id, "tool": self.tool.name, "seconds": round(took, 3)}
