"""A queue between threads, without the imports of `queue`: one lock to wait at, a deque."""

from __future__ import annotations

import _thread
from collections import deque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Mailbox:
    """Calls, or frames, that wait for a thread. Any number of threads may take."""

    def __init__(self) -> None:
        self._calls: deque[Any] = deque()
        self._waiting: deque[_thread.LockType] = deque()
        self._lock = _thread.allocate_lock()
        self._closed = False

    def put(self, call: Any) -> None:
        """Add a call, and wake one thread that waits."""
        with self._lock:
            self._calls.append(call)
            self._wake(1)

    def _wake(self, count: int) -> None:
        while self._waiting and count:
            self._waiting.popleft().release()
            count -= 1

    def take(self) -> Any:
        """Return the next call; waits for one. None once the box is closed."""
        while True:
            with self._lock:
                if self._closed:
                    return None
                if self._calls:
                    return self._calls.popleft()
                turn = _thread.allocate_lock()
                turn.acquire()
                self._waiting.append(turn)
            self._wait(turn)

    def _wait(self, turn: _thread.LockType) -> None:
        try:
            turn.acquire()
        except BaseException:  # an interrupt: whoever is woken next must be somebody who waits
            with self._lock:
                if turn in self._waiting:
                    self._waiting.remove(turn)
                elif self._calls:
                    self._wake(1)
            raise

    def remove(self, call: Any) -> bool:
        """Take a call out that no thread has taken; whether it was still here."""
        with self._lock:
            try:
                self._calls.remove(call)
            except ValueError:
                return False
            return True

    def find(self, number: int) -> Any:
        """Return the waiting call of that id."""
        with self._lock:
            return next((call for call in self._calls if call.id == number), None)

    def has_news(self) -> bool:
        """Whether `take` would return at once."""
        return self._closed or bool(self._calls)

    def __len__(self) -> int:
        return len(self._calls)

    def close(self) -> None:
        """Wake every thread for the last time; what waits is not taken any more."""
        with self._lock:
            self._closed = True
            self._wake(len(self._waiting))
