"""A connection to a front door: requests that are awaited on any asyncio loop, a window's too.

gRPC's own asyncio client wants a loop that takes its readers, and only one of them a process;
the plain client has a thread of its own, from which answers are handed over.
"""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import grpc

from session.api.grpc.methods import caller, method_names
from session.worker.wire import HEADER_CAP, PAYLOAD_CAP

#: The largest message: what a frame may hold.
LARGEST: Final = PAYLOAD_CAP + 2 * HEADER_CAP
_BACKOFF_MS: Final = 50
_LONGEST_BACKOFF_MS: Final = 500
_OPTIONS: Final = (
    ("grpc.max_receive_message_length", LARGEST),
    ("grpc.max_send_message_length", LARGEST),
    ("grpc.initial_reconnect_backoff_ms", _BACKOFF_MS),
    ("grpc.min_reconnect_backoff_ms", _BACKOFF_MS),
    ("grpc.max_reconnect_backoff_ms", _LONGEST_BACKOFF_MS),
    ("grpc.enable_retries", 0),  # a call is never made twice behind its caller's back
)


class Connection:
    """Speaks with one address. To be used on the event loop's thread that made it."""

    def __init__(self, address: str, token: str | None = None) -> None:
        self.address = address
        self.channel = grpc.insecure_channel(address, options=_OPTIONS)
        self._metadata = (("authorization", f"Bearer {token}"),) if token is not None else ()
        self._loop = asyncio.get_running_loop()
        self._callers = {name: caller(self.channel, name) for name in method_names()}
        self.closed = False

    async def ask(self, method: str, request: object, timeout: float | None) -> Any:  # noqa: ANN401, ASYNC109 - a message of any kind; gRPC's own limit
        """Make one request and return its answer; raises `grpc.RpcError`.

        Cancelling the task cancels the request.
        """
        rpc = self._callers[method].future(request, timeout=timeout, metadata=self._metadata)
        done: asyncio.Future[None] = self._loop.create_future()
        rpc.add_done_callback(lambda _rpc: self._hand_over(done))
        try:
            await done
        except asyncio.CancelledError:
            rpc.cancel()
            raise
        return rpc.result()

    def _hand_over(self, done: "asyncio.Future[None]") -> None:
        try:
            self._loop.call_soon_threadsafe(_settle, done)
        except RuntimeError:
            return  # the loop has ended: nobody waits

    def stream(self, method: str, request: object, timeout: float | None = None) -> "Answers":
        """Make a request that is answered with a stream; `request` may be an iterator."""
        rpc = self._callers[method](request, timeout=timeout, metadata=self._metadata)
        return Answers(rpc)

    async def close(self) -> None:
        """End the connection; whatever is under way fails."""
        self.closed = True
        await asyncio.to_thread(self.channel.close)


def _settle(done: "asyncio.Future[None]") -> None:
    if not done.done():
        done.set_result(None)


class Answers:
    """The answers of one streaming request. Each is fetched when it is asked for, and no sooner,
    so that gRPC's own window is all that is held here.
    """

    def __init__(self, rpc: Any) -> None:  # noqa: ANN401 - gRPC's own
        self._rpc = rpc
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="grpc answers")

    async def next(self) -> Any:  # noqa: ANN401 - a message of any kind
        """Return the next answer, None at the end; raises `grpc.RpcError`."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, next, self._rpc, None)

    def __iter__(self) -> Iterator[Any]:
        """Go through them in a thread of one's own."""
        return iter(self._rpc)

    def close(self) -> None:
        """Cancel what is not over."""
        self._rpc.cancel()
        self._thread.shutdown(wait=False)
