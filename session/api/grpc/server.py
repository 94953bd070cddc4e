"""Opens a front door at an address, and closes it again, with nothing left of either.

It needs a plain asyncio loop (gRPC adds readers of its own to it), never that of a window.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Self

import grpc

from session.api.grpc.admission import Admission
from session.api.grpc.endpoint import Endpoint, TcpEndpoint, UnixEndpoint, claim_socket
from session.api.grpc.errors import AddressTaken
from session.api.grpc.front_door import FrontDoor
from session.api.grpc.methods import handlers
from session.worker.wire import HEADER_CAP, PAYLOAD_CAP

#: The largest message: what a frame may hold.
LARGEST: Final = PAYLOAD_CAP + 2 * HEADER_CAP
#: More requests at once are refused; those that wait in the worker count, too.
_AT_ONCE: Final = 1024
_GRACE_S: Final = 1.0


class GrpcServer:
    """One open front door; `endpoint` is where it is, with the port that it got."""

    def __init__(self, door: FrontDoor, endpoint: Endpoint, token: str | None) -> None:
        """Use `open_door`."""
        self.endpoint = endpoint
        interceptors = [Admission(token)] if token is not None else []
        options: list[tuple[str, Any]] = [
            ("grpc.max_receive_message_length", LARGEST),
            ("grpc.max_send_message_length", LARGEST),
            ("grpc.so_reuseport", 0),  # a second server would share the port, unnoticed
        ]
        self._server = grpc.aio.server(
            interceptors=interceptors, options=options, maximum_concurrent_rpcs=_AT_ONCE
        )
        self._server.add_generic_rpc_handlers((handlers(door.behaviour),))

    async def open(self) -> None:
        """Listen; raises `ServeFailed`."""
        endpoint = self.endpoint
        if isinstance(endpoint, UnixEndpoint):
            claim_socket(endpoint)
        try:
            with _ours_alone():
                port = self._server.add_insecure_port(endpoint.target)
        except RuntimeError:
            raise AddressTaken(endpoint.target) from None
        if isinstance(endpoint, TcpEndpoint):
            self.endpoint = endpoint._replace(port=port)
        await self._server.start()

    async def close(self) -> None:
        """Take no more calls, give those under way a moment, and free the address."""
        await self._server.stop(_GRACE_S)
        if isinstance(self.endpoint, UnixEndpoint):
            self.endpoint.path.unlink(missing_ok=True)

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self.close()


def open_door(door: FrontDoor, endpoint: Endpoint, token: str | None = None) -> GrpcServer:
    """Return the server of a front door, to be entered. Without a `token` everybody comes in."""
    return GrpcServer(door, endpoint, token)


@contextmanager
def _ours_alone() -> Iterator[None]:
    """A socket that is made meanwhile can be opened by us, and by nobody else."""
    before = os.umask(0o177)
    try:
        yield
    finally:
        os.umask(before)
