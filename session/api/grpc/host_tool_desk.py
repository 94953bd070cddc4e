"""Host tools over gRPC: a caller offers functions of its own, and the worker's code calls them.

They are there for as long as the caller's stream is; then whoever waits for one is told.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Final

from session.api.grpc.json_values import read_value, write_value
from session.api.grpc.methods import Context
from session.api.grpc.playhead_pb2 import HostToolAnswer, HostToolCall, HostToolMessage
from session.runtime.host_tools import HostTools
from session.workers.worker_errors import InvalidParameters

_MOST_TOOLS: Final = 256


class HostToolFailed(Exception):
    """What the caller's tool raised, or why there is no answer."""


class HostToolDesk:
    """Puts the tools of callers among those of the host."""

    def __init__(self, tools: HostTools) -> None:
        self._tools = tools

    @property
    def names(self) -> list[str]:
        """What the worker's code may call now."""
        return self._tools.names

    async def serve(self, messages: AsyncIterator[HostToolMessage], context: Context) -> None:
        """Serve one caller for as long as it stays."""
        first = await anext(messages, None)
        if first is None or first.WhichOneof("kind") != "register":
            fault = "The first message registers tools."
            raise InvalidParameters(fault)
        caller = _Caller(context.write)
        names: list[str] = []
        try:
            self._register(list(first.register.names), caller, names)
            await context.write(HostToolCall())
            async for later in messages:
                if later.WhichOneof("kind") == "answer":
                    caller.take(later.answer)
        finally:
            for name in names:
                self._tools.unregister(name)
            caller.leave()

    def _register(self, wanted: list[str], caller: "_Caller", names: list[str]) -> None:
        if len(wanted) > _MOST_TOOLS:
            message = f"One caller may register {_MOST_TOOLS} tools, not {len(wanted)}."
            raise InvalidParameters(message)
        for name in wanted:
            try:
                self._tools.register(name, caller.tool(name))
            except ValueError as error:
                raise InvalidParameters(str(error)) from None
            names.append(name)


class _Caller:
    """One caller who offers tools; its messages are written one after the other."""

    def __init__(self, write: Callable[[HostToolCall], Coroutine[Any, Any, None]]) -> None:
        self._write = write
        self._turn = asyncio.Lock()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._gone = False

    def tool(self, name: str) -> Callable[..., Coroutine[Any, Any, Any]]:
        """Return the function that calls it."""

        async def call(**parameters: Any) -> Any:  # noqa: ANN401 - whatever it takes and returns
            return await self._call(name, parameters)

        return call

    async def _call(self, name: str, parameters: dict[str, Any]) -> Any:  # noqa: ANN401 - as above
        if self._gone:
            raise HostToolFailed(_LEFT)
        number = next(self._numbers)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        request = HostToolCall(id=number, tool=name, parameters=write_value(parameters))
        try:
            async with self._turn:
                await self._write(request)
            return await answer
        finally:
            self._waiting.pop(number, None)

    def take(self, message: HostToolAnswer) -> None:
        """Take an answer; one that nobody waits for is dropped."""
        answer = self._waiting.get(message.id)
        if answer is None or answer.done():
            return
        if message.WhichOneof("outcome") == "failure":
            answer.set_exception(HostToolFailed(message.failure.message))
            return
        try:
            answer.set_result(read_value(message.value) if message.HasField("value") else None)
        except ValueError as error:
            answer.set_exception(HostToolFailed(f"the answer makes no sense: {error}"))

    def leave(self) -> None:
        """It offers nothing any more."""
        self._gone = True
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(HostToolFailed(_LEFT))


_LEFT: Final = "whoever offered this tool has left"
