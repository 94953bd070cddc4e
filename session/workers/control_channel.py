"""The control channel of one worker: numbered requests, their answers, and what comes unasked.

Requests go to the worker's control thread and never wait for a call that runs.
"""

import asyncio
from typing import TYPE_CHECKING, Any

from session.runtime.channel import Channel
from session.worker.wire import Frame, FrameReader, WireError, encode
from session.workers.worker_errors import WorkerError

if TYPE_CHECKING:
    from collections.abc import Callable

#: Which answer belongs to which request.
_ANSWERS = {"pong": "ping", "health": "health", "info": "info"}


class NoAnswer(WorkerError):
    """The worker's control thread did not answer: something holds the interpreter, or it hangs."""

    code = "worker-silent"

    def __init__(self, what: str, timeout_s: float) -> None:
        super().__init__(
            f"The worker did not answer to `{what}` within {timeout_s:g} s.",
            "A long call into C code may hold its interpreter; stop it if it stays so.",
        )


class ControlChannel:
    """Speaks frames with one worker. All calls on the event loop's thread.

    `on_frame` takes what is no answer to a request; `on_lost` is called once, with the reason.
    """

    def __init__(self, channel: Channel) -> None:
        self.on_frame: Callable[[Frame], None] = lambda _frame: None
        self.on_lost: Callable[[str], None] = lambda _reason: None
        self._loop = asyncio.get_running_loop()
        self._channel = channel
        self._reader = FrameReader()
        self._last = 0
        self._waiting: dict[int, tuple[str, asyncio.Future[dict[str, Any]]]] = {}
        self._failure: WorkerError | None = None
        self._open = True

    def listen(self) -> None:
        """Start reading."""
        self._channel.listen(self._feed, lambda: self._lose("closed its control connection"))

    def drain(self) -> None:
        """Take what has arrived, without waiting."""
        self._channel.drain()

    @property
    def open(self) -> bool:
        """Whether the worker can still be reached."""
        return self._open

    def next_id(self) -> int:
        """Return a number that no request or call of this channel has had."""
        self._last += 1
        return self._last

    def send(self, header: dict[str, Any], payload: bytes = b"") -> None:
        """Send one frame, as soon as the worker takes it. Raises WireError for what is too big."""
        self.send_encoded(encode(header, payload))

    def send_encoded(self, data: bytes) -> None:
        """Send a frame that is encoded already."""
        self._channel.send(data)

    async def request(self, kind: str, timeout_s: float, **fields: object) -> dict[str, Any]:
        """Ask for `ping`, `health` or `info`; raises `NoAnswer` or what became of the worker."""
        if self._failure is not None:
            raise self._failure
        number = self.next_id()
        future: asyncio.Future[dict[str, Any]] = self._loop.create_future()
        self._waiting[number] = kind, future
        timer = self._loop.call_later(timeout_s, _give_up, future, kind, timeout_s)
        self.send({"type": kind, "id": number, **fields})
        try:
            return await future
        finally:
            timer.cancel()
            self._waiting.pop(number, None)

    async def ping(self, timeout_s: float) -> float:
        """Return how long the worker's control thread took to answer, in seconds."""
        began = self._loop.time()
        await self.request("ping", timeout_s)
        return self._loop.time() - began

    def _feed(self, data: bytes) -> None:
        try:
            frames = self._reader.feed(data)
        except WireError as error:
            self._lose(f"speaks nonsense: {error}")
            return
        for frame in frames:
            kind = _ANSWERS.get(str(frame.header.get("type")))
            if kind is None:
                self.on_frame(frame)
            else:
                self._answered(kind, frame.header)

    def _answered(self, kind: str, header: dict[str, Any]) -> None:
        number = header.get("id")
        waiting = self._waiting.get(number) if isinstance(number, int) else None
        if waiting is not None and waiting[0] == kind and not waiting[1].done():
            waiting[1].set_result(header)

    def _lose(self, reason: str) -> None:
        if self._open:
            self._open = False
            self._channel.close()
            self.on_lost(reason)

    def fail(self, error: WorkerError) -> None:
        """Let everybody who waits, and who asks from now on, have `error`."""
        self._failure = error
        for _kind, future in self._waiting.values():
            if not future.done():
                future.set_exception(error)

    def close(self) -> None:
        """Close our end; harmless when it is closed."""
        self._open = False
        self._channel.close()


def _give_up(future: "asyncio.Future[dict[str, Any]]", kind: str, timeout_s: float) -> None:
    if not future.done():
        future.set_exception(NoAnswer(kind, timeout_s))
