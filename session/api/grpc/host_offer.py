"""Offers host tools of ours to a worker that is served elsewhere, for as long as we are there."""

import asyncio
import queue
import threading
from typing import Any

import grpc

from session.api.grpc.connection import Connection
from session.api.grpc.playhead_pb2 import (
    Failure,
    HostToolAnswer,
    HostToolCall,
    HostToolMessage,
    RegisterTools,
    Value,
)
from session.runtime.host_tools import HostDesk, HostTools
from session.worker.plain_json import dumps, loads
from session.worker.wire import Frame, FrameReader


class HostOffer:
    """One offer. Calls come in on a thread and are answered as those of a worker of our own."""

    def __init__(self, connection: Connection, tools: HostTools) -> None:
        self._loop = asyncio.get_running_loop()
        self._desk = HostDesk(tools, self._send)
        self._out: queue.SimpleQueue[HostToolMessage | None] = queue.SimpleQueue()
        self._out.put(HostToolMessage(register=RegisterTools(names=tools.names)))
        self._answers = connection.stream("ServeHostTools", iter(self._out.get, None))
        self._begun: asyncio.Future[None] = self._loop.create_future()
        self._thread = threading.Thread(target=self._read, name="host tools", daemon=True)

    async def begin(self) -> None:
        """Register the tools; raises `grpc.RpcError` where they are not taken."""
        self._thread.start()
        await self._begun

    def _read(self) -> None:
        error: grpc.RpcError | None = None
        try:
            for call in self._answers:
                self._loop.call_soon_threadsafe(self._take, call)
        except grpc.RpcError as failed:
            error = failed
        except RuntimeError:
            return  # the loop has ended
        try:
            self._loop.call_soon_threadsafe(self._end, error)
        except RuntimeError:
            return

    def _take(self, call: HostToolCall) -> None:
        if call.id == 0:
            if not self._begun.done():
                self._begun.set_result(None)
            return
        try:
            parameters = loads(call.parameters.json)
        except (ValueError, RecursionError):
            parameters = None
        header = {"type": "host_call", "id": call.id, "tool": call.tool, "parameters": parameters}
        self._desk.take(Frame(header, call.parameters.payload))

    def _send(self, data: bytes) -> None:
        for frame in FrameReader().feed(data):
            self._out.put(HostToolMessage(answer=_answer(frame)))

    def _end(self, error: grpc.RpcError | None) -> None:
        self._desk.close()
        if not self._begun.done():
            self._begun.set_exception(error or grpc.RpcError("the stream has ended"))

    def close(self) -> None:
        """Take the tools back."""
        self._desk.close()
        self._out.put(None)
        self._answers.close()


def _answer(frame: Frame) -> HostToolAnswer:
    header: dict[str, Any] = frame.header
    error = header.get("error")
    if error is not None:
        failure = Failure(code=str(error.get("code")), message=str(error.get("message")))
        return HostToolAnswer(id=header["id"], failure=failure)
    value = Value(json=dumps(header.get("value")), payload=frame.payload)
    return HostToolAnswer(id=header["id"], value=value)
