"""A front door that follows a script: the other side of the gRPC adapter, without any worker."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc

from session.api.grpc import playhead_pb2 as messages
from session.api.grpc.methods import Behaviour, Context, handlers

#: A front door's answers: by method, what takes the request and the context.
Script = dict[str, Behaviour]


class FakeFrontDoor:
    """Listens on a port; `ended` is set when a request that hangs is given up by its caller."""

    def __init__(self, script: Script) -> None:
        self.asked: list[str] = []
        self.ended = threading.Event()
        self._script: Script = {
            "Describe": lambda _request, _context: messages.Description(
                worker_id="fake", info="{}", health='{"busy": false}'
            ),
            "ListTools": lambda _request, _context: messages.ToolList(),
            "Ping": lambda _request, _context: messages.PingReply(),
        } | script
        self._server = grpc.server(ThreadPoolExecutor(8), options=[("grpc.so_reuseport", 0)])
        self._server.add_generic_rpc_handlers((handlers(self._behaviour),))
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.port}"

    def _behaviour(self, method: str) -> Behaviour:
        def answer(request: object, context: Context) -> object:
            self.asked.append(method)
            carry_out = self._script.get(method)
            if carry_out is None:
                context.abort(grpc.StatusCode.UNIMPLEMENTED, f"{method} is not in the script")
            assert carry_out is not None
            return carry_out(request, context)

        return answer

    def hang(self, _request: object, context: Context) -> object:
        """Answer nothing until the caller gives up."""
        gone = threading.Event()
        context.add_callback(gone.set)
        gone.wait(60)
        self.ended.set()
        return messages.CallReply()

    def stop(self) -> None:
        """Go away at once."""
        self._server.stop(0).wait(30)


@contextmanager
def fake_front_door(script: Script | None = None) -> Iterator[FakeFrontDoor]:
    """A front door that is there for one test."""
    door = FakeFrontDoor(script or {})
    try:
        yield door
    finally:
        door.stop()


def refuse(code: grpc.StatusCode, details: str = "") -> Behaviour:
    """Return what answers with a status, and no word of ours."""

    def answer(_request: object, context: Context) -> None:
        context.abort(code, details)

    return answer


def value(json: str, payload: bytes = b"") -> messages.CallReply:
    """Return an answer with any text where JSON should be."""
    return messages.CallReply(value=messages.Value(json=json, payload=payload))
