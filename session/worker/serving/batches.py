"""What a streaming tool yields, sent in chunks: at once in a quiet moment, else within 20 ms."""

from __future__ import annotations

import _thread
import time

from ..streams import WINDOW_S
from ..values import LARGE, Packer, sealed, texts
from ..wire import WireError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..peer import Channel
    from ..streams import Flusher
    from .call import Call

FULL = 16 * 1024
#: What an item is taken to weigh that is neither text nor bytes.
_SOME = 64

_now = time.monotonic


class Batches:
    """Collects the items of one call and sends them in order, as far as the host has given credit.

    Each item is written down when it is yielded: what the tool does to it later changes nothing.
    """

    def __init__(self, call: Call, control: Channel, policy: str, flusher: Flusher) -> None:
        self._call = call
        self._control = control
        self._policy = policy
        self._flusher = flusher
        self._lock = _thread.allocate_lock()
        self._index = 0
        self._last = 0.0
        self._size = 0
        #: Whether the flusher will send what is added now, at the latest.
        self._collecting = False
        self._items: list[Any] = []
        self._packer = Packer(policy)
        #: Whether anything but text is among the items.
        self._mixed = False

    def add(self, item: Any) -> None:
        """Take one item; waits for the host when it does not keep up. Raises Unserializable."""
        with self._lock:
            if item.__class__ is str and len(item) < LARGE:
                self._items.append(item)
                self._size += len(item)
            else:
                self._mixed = True
                before = self._packer.size
                self._items.append(self._packer.write(item))
                self._size += self._packer.size - before + _SOME
            if self._size < FULL and self._collecting:
                return
            self._collecting = True
        self._move_on()

    def _move_on(self) -> None:
        """Send what there is, or begin a window in which more is collected."""
        full = self._size >= FULL
        if full or _now() - self._last > WINDOW_S:
            self.send(wait=full)
        else:
            self._flusher.arm(self._end_window)

    def _end_window(self) -> None:
        try:
            self.send(wait=False)
        except WireError:
            pass  # told when the tool yields again or ends

    def send(self, *, wait: bool) -> None:
        """Send what there is; without credit wait for some, or leave it for later."""
        if not self._items:
            return
        if not self._call.take_credit(wait=wait):
            return  # when there is some, the control thread has the flusher look again
        self._call.sending = True
        try:
            with self._lock:
                self._send_all()
        finally:
            self._call.sending = False

    def _send_all(self) -> None:
        items, self._items = self._items, []
        packer, self._packer = self._packer, Packer(self._policy)
        mixed, self._mixed = self._mixed, False
        if not items:
            self._call.add_credit(1)  # the flusher was faster
            return
        self._size = 0
        self._collecting = False
        self._last = _now()
        said = items if mixed else texts(items, packer)
        header = {"type": "chunk", "id": self._call.id, "index": self._index, "items": said}
        self._index += 1
        try:
            self._control.send(header, b"".join(packer.parts))
        except WireError:  # too much for a header: all of it goes beside
            header["items"] = sealed(items, packer)
            self._control.send(header, b"".join(packer.parts))

    def rearm(self) -> None:
        """There is credit again: send soon what waits for it."""
        if self._items:
            self._flusher.arm(self._end_window)

    def finish(self) -> int:
        """Send the rest; return how many chunks there were."""
        while self._items and not self._call.wanted:
            self.send(wait=True)
        return self._index
