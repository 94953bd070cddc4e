"""The calls of one worker that are under way, as the host sees them: each is answered once."""

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

from session.worker.values import unpack
from session.worker.wire import Frame
from session.workers.control_channel import ControlChannel
from session.workers.worker_errors import CallFailed, WorkerError, error_of

if TYPE_CHECKING:
    from collections.abc import Mapping


class CallInfo(NamedTuple):
    """A call under way, for whoever wants to show or interrupt it. `began`: seconds, epoch."""

    id: int
    command: str
    session_id: str | None
    correlation_id: str | None
    began: float


class ValueCall:
    """A call that is answered with one value; wait for `answer`."""

    def __init__(self, info: CallInfo, loop: asyncio.AbstractEventLoop) -> None:
        self.info = info
        self.answer: asyncio.Future[Any] = loop.create_future()

    @property
    def over(self) -> bool:
        """Whether it has been answered, or given up."""
        return self.answer.done()

    def take(self, frame: Frame) -> None:
        """Take the answer."""
        header = frame.header
        if header["type"] == "result":
            self.answer.set_result(unpack(header.get("value"), frame.payload))
        else:
            message = f"The worker answered `{self.info.command}` with a stream."
            self.answer.set_exception(CallFailed(message))

    def fail(self, error: WorkerError) -> None:
        """End it with an error."""
        if not self.answer.done():
            self.answer.set_exception(error)
            self.answer.exception()  # nobody may be waiting any more, and that is no fault


class StreamCall:
    """A call that is answered with chunks. At most `window` of them wait; then the tool does."""

    def __init__(self, info: CallInfo, control: ControlChannel, window: int) -> None:
        self.info = info
        self.over = False
        self._control = control
        self._window = window
        self._chunks: deque[list[Any]] = deque()
        self._index = 0
        self._taken = 0
        self._failure: WorkerError | None = None
        self._waiter: asyncio.Future[None] | None = None

    def take(self, frame: Frame) -> None:
        """Take a chunk, or the end."""
        header = frame.header
        if header["type"] == "end":
            self.over = True
        elif header["type"] == "chunk" and header.get("index") == self._index:
            items = unpack(header["items"], frame.payload)
            if not isinstance(items, list) or len(self._chunks) >= self._window:
                msg = "a chunk too many"
                raise ValueError(msg)
            self._index += 1
            self._chunks.append(items)
        else:
            msg = "a chunk is missing"
            raise ValueError(msg)
        self._wake()

    def fail(self, error: WorkerError) -> None:
        """End it with an error; what has come before is still given out."""
        if not self.over:
            self.over = True
            self._failure = error
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def next_chunk(self) -> list[Any] | None:
        """Return the next items in order; None at the end. Raises what the call failed with."""
        while not self._chunks:
            if self._failure is not None:
                raise self._failure
            if self.over:
                return None
            self._give_credit()
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        items = self._chunks.popleft()
        self._taken += 1
        if self._taken * 4 >= self._window:
            self._give_credit()
        return items

    def _give_credit(self) -> None:
        if self._taken and not self.over:
            self._control.send({"type": "credit", "id": self.info.id, "n": self._taken})
        self._taken = 0


class CallTable:
    """All calls under way, by number."""

    def __init__(self, control: ControlChannel) -> None:
        self._control = control
        self._calls: dict[int, ValueCall | StreamCall] = {}

    def new_info(
        self, command: str, session_id: str | None, correlation_id: str | None
    ) -> CallInfo:
        """Return a number for a call, and what is known of it."""
        number = self._control.next_id()
        return CallInfo(number, command, session_id, correlation_id, time.time())

    def add(self, call: ValueCall | StreamCall) -> None:
        """Await answers for a call."""
        self._calls[call.info.id] = call

    def leave(self, call: ValueCall | StreamCall) -> None:
        """Forget a call; one that is not over is cancelled in the worker."""
        if self._calls.pop(call.info.id, None) is not None and not call.over:
            self.cancel(call)

    def cancel(self, call: ValueCall | StreamCall) -> None:
        """Ask the worker to end a call."""
        if self._control.open:
            self._control.send({"type": "cancel", "id": call.info.id})

    def take(self, frame: Frame) -> None:
        """Take a frame of the worker's; those of calls that are over are dropped."""
        number = frame.header.get("id")
        call = self._calls.get(number) if isinstance(number, int) else None
        if call is None or call.over:
            return
        if frame.header.get("type") == "error":
            error: Mapping[str, Any] = frame.header.get("error") or {}
            call.fail(error_of(error))
            return
        try:
            call.take(frame)
        except (ValueError, KeyError) as error:
            self.cancel(call)
            call.fail(CallFailed(f"The worker's answer makes no sense: {error}."))

    def fail_all(self, error: WorkerError) -> None:
        """Answer everybody who waits with `error`."""
        for call in list(self._calls.values()):
            call.fail(error)

    @property
    def infos(self) -> tuple[CallInfo, ...]:
        """The calls under way, the oldest first."""
        return tuple(call.info for call in self._calls.values() if not call.over)
