"""A worker that is served elsewhere, called as one of our own is.

worker = await connect_worker("127.0.0.1:4711", token=token)
print(await worker.execute("echo", {"text": "hello"}))
await worker.stop()
"""

import asyncio
import itertools
import secrets
import time
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing, contextmanager
from typing import Any, Final, Self, Unpack

import grpc

from session.api.grpc import playhead_pb2 as messages
from session.api.grpc.connection import LARGEST, Answers, Connection
from session.api.grpc.failures import error_of_rpc
from session.api.grpc.host_offer import HostOffer
from session.api.grpc.json_values import read_table, read_value, write_value
from session.runtime.host_tools import HostTools
from session.workers.call_info import CallInfo
from session.workers.control_channel import NoAnswer
from session.workers.worker_errors import CallFailed, CallTimedOut, InvalidParameters, WorkerGone
from session.workers.worker_port import CallOptions, OnBegun
from session.workers.worker_settings import WorkerSettings

#: How much longer gRPC waits than we do: ours is the better sentence.
_MARGIN_S: Final = 1.0
#: How often a call that is on its way yet is looked for again, to be interrupted.
_TRIES: Final = 40
_TRY_AGAIN_S: Final = 0.05


class RemoteWorker:
    """One worker behind a front door; use `connect_worker`. All calls on one loop's thread.

    `stop` ends our connection and every call of ours, not the worker: it is somebody else's.
    """

    def __init__(
        self, connection: Connection, session_id: str | None, settings: WorkerSettings
    ) -> None:
        self.id = ""
        self.tools: tuple[Mapping[str, Any], ...] = ()
        self._connection = connection
        self._session_id = session_id
        self._settings = settings
        self._loop = asyncio.get_running_loop()
        self._prefix = secrets.token_hex(6)
        self._numbers = itertools.count(1)
        self._calls: dict[int, CallInfo] = {}
        self._offer: HostOffer | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def greet(self, host_tools: HostTools | None) -> None:
        """Ask who it is and what it can do, and offer our tools."""
        if not self.id:
            self.id = (await self._describe()).worker_id
        listed = await self._ask("ListTools", messages.ListToolsRequest())
        self.tools = tuple(map(_spec, listed.tools))
        if self._session_id is not None:
            await self._ask(
                "CreateSession", messages.CreateSessionRequest(session_id=self._session_id)
            )
        if host_tools is not None and host_tools.names and self._offer is None:
            offer = HostOffer(self._connection, host_tools)
            self._offer = offer
            with self._told("host tools", None):
                await offer.begin()

    # Calls

    async def execute(
        self,
        command: str,
        args: Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> Any:  # noqa: ANN401 - whatever the tool returns
        """Call a tool and return its answer, as `Worker.execute` does."""
        limit = _limit(options, self._settings.call_timeout_s)
        with self._call(command, options) as info, self._told(command, limit):
            request = self._request(info, args, options, limit)
            asked = self._connection.ask("Execute", request, limit and limit + _MARGIN_S)
            try:
                reply = await asyncio.wait_for(asked, limit)
            except TimeoutError:
                raise CallTimedOut.after(command, limit or 0.0) from None
            return _read(command, reply.value)

    async def execute_stream(
        self,
        command: str,
        args: Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> AsyncGenerator[Any]:
        """Call a streaming tool and go through what it yields, as `Worker.execute_stream` does."""
        async with aclosing(self.execute_chunks(command, args, **options)) as chunks:
            async for items in chunks:
                for item in items:
                    yield item

    async def execute_chunks(
        self,
        command: str,
        args: Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> AsyncGenerator[list[Any]]:
        """Call a streaming tool and go through it by chunks, as they arrive."""
        limit = _limit(options, self._settings.stream_timeout_s)
        with self._call(command, options) as info, self._told(command, limit):
            request = self._request(info, args, options, limit)
            stream = self._connection.stream("ExecuteStream", request, limit and limit + _MARGIN_S)
            late = _Lateness(stream, limit)
            try:
                while (chunk := await late.watch(stream.next(), command)) is not None:
                    yield _read(command, chunk.items)
            finally:
                late.end()
                stream.close()

    def _request(
        self,
        info: CallInfo,
        args: Mapping[str, Any] | None,
        options: CallOptions,
        limit: float | None,
    ) -> messages.CallRequest:
        try:
            parameters = write_value(dict(args or {}))
        except ValueError as error:
            message = f"`{info.command}` cannot be called: {error}."
            raise InvalidParameters(message) from None
        request = messages.CallRequest(
            tool=info.command,
            parameters=parameters,
            session_id=info.session_id or "",
            correlation_id=info.correlation_id or "",
            call_id=self._name(info.id),
            timeout_ms=0 if limit is None else max(1, round(limit * 1000)),
            main_thread=options.get("main_thread", False),
        )
        if request.ByteSize() > LARGEST:
            message = f"`{info.command}` cannot be called: its parameters are over {LARGEST} bytes."
            raise InvalidParameters(message)
        return request

    @contextmanager
    def _call(self, command: str, options: CallOptions) -> Iterator[CallInfo]:
        """Number a call, and know of it while it is under way."""
        if self._connection.closed:
            raise _left()
        session_id = options.get("session_id") or self._session_id
        correlation_id = options.get("correlation_id")
        info = CallInfo(next(self._numbers), command, session_id, correlation_id, time.time())
        self._calls[info.id] = info
        begun: OnBegun | None = options.get("on_begun")
        try:
            if begun is not None:
                begun(info)
            yield info
        finally:
            self._calls.pop(info.id, None)

    @contextmanager
    def _told(self, what: str, limit: float | None) -> Iterator[None]:
        """Raise what gRPC raises as a call by frames would have."""
        try:
            yield
        except grpc.FutureCancelledError:
            raise _left() from None
        except grpc.RpcError as error:
            if self._connection.closed:
                raise _left() from None
            failed: Any = error
            raise error_of_rpc(failed, self._connection.address, what, limit) from None
        except ValueError:  # gRPC's word for a channel that is closed
            if not self._connection.closed:
                raise
            raise _left() from None

    def _name(self, number: int) -> str:
        return f"{self._prefix}-{number}"

    def interrupt(self, call_id: int | None = None) -> None:
        """Interrupt one call of ours, or all of them; those of others go on."""
        for number in list(self._calls) if call_id is None else [call_id]:
            self._begin(self._reach("Interrupt", number))

    def cancel(self, call_id: int) -> None:
        """Cancel one call of ours: whoever waits for it gets `CallCancelled`."""
        self._begin(self._reach("Cancel", call_id))

    def _begin(self, work: Any) -> None:  # noqa: ANN401 - a coroutine
        task = self._loop.create_task(work, name=f"worker {self.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reach(self, method: str, number: int) -> None:
        """Tell the front door of a call; it may know of it only in a moment."""
        request = messages.CallId(call_id=self._name(number))
        for _ in range(_TRIES):
            if number not in self._calls or self._connection.closed:
                return
            try:
                found = await self._connection.ask(
                    method, request, self._settings.request_timeout_s
                )
            except (grpc.RpcError, grpc.FutureCancelledError, ValueError):
                return  # the call itself learns of it
            if found.found:
                return
            await asyncio.sleep(_TRY_AGAIN_S)

    @property
    def calls(self) -> tuple[CallInfo, ...]:
        """The calls of ours that are under way, the oldest first."""
        return tuple(self._calls.values())

    # What it says of itself

    async def ping(self, timeout: float | None = None) -> float:  # noqa: ASYNC109 - one limit
        """Return how long the answer of its control thread took to come here, in seconds."""
        began = self._loop.time()
        await self._ask("Ping", messages.PingRequest(), timeout)
        return self._loop.time() - began

    async def get_health(self) -> dict[str, Any]:
        """Return what it does right now, as `Worker.get_health` does."""
        return read_table((await self._describe()).health)

    async def get_info(self) -> dict[str, Any]:
        """Return what it is, and where it is served (`address`)."""
        said = read_table((await self._describe()).info)
        return {**said, "session_id": self._session_id, "address": self._connection.address}

    def get_session_id(self) -> str | None:
        """Return the session that its calls belong to where they name none."""
        return self._session_id

    def get_channel(self) -> grpc.Channel:
        """Return the gRPC channel, for direct use."""
        return self._connection.channel

    @property
    def alive(self) -> bool:
        """Whether we are connected; a front door that has gone is noticed by the next call."""
        return not self._connection.closed

    async def _describe(self) -> messages.Description:
        described: messages.Description = await self._ask("Describe", messages.DescribeRequest())
        return described

    async def _ask(self, method: str, request: object, timeout: float | None = None) -> Any:  # noqa: ANN401, ASYNC109 - a message of any kind
        if self._connection.closed:
            raise _left()
        limit = timeout or self._settings.request_timeout_s
        with self._told(method, limit):
            try:
                return await self._connection.ask(method, request, limit)
            except grpc.RpcError as error:
                failed: Any = error
                if failed.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
                    raise NoAnswer(method, limit) from None
                raise

    # Its end

    async def stop(self, grace: float | None = None) -> None:  # noqa: ARG002 - as the port has it
        """Leave: every call of ours ends at once, and every waiter is answered.

        `grace` is for workers of our own; this one is not ended, so that there is none.
        """
        if self._offer is not None:
            self._offer.close()
        await self._connection.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self.stop()


class _Lateness:
    """Ends a stream whose time is used up."""

    def __init__(self, stream: Answers, limit: float | None) -> None:
        self._limit = limit
        self._late = False
        self._stream = stream
        loop = asyncio.get_running_loop()
        self._timer = None if limit is None else loop.call_later(limit, self._expire)

    def _expire(self) -> None:
        self._late = True
        self._stream.close()

    async def watch(self, coming: Any, command: str) -> Any:  # noqa: ANN401 - the next answer
        try:
            return await coming
        except grpc.RpcError:
            if self._late:
                raise CallTimedOut.after(command, self._limit or 0.0) from None
            raise

    def end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


def _limit(options: CallOptions, usual: float | None) -> float | None:
    said = options.get("timeout")
    return usual if said is None else said


def _left() -> WorkerGone:
    return WorkerGone(None, reason="was left: the connection to it is closed")


def _read(command: str, value: messages.Value) -> Any:  # noqa: ANN401 - whatever was written
    try:
        return read_value(value)
    except ValueError as error:
        message = f"The answer to `{command}` makes no sense: {error}."
        raise CallFailed(message) from None


def _spec(tool: messages.Tool) -> dict[str, Any]:
    """Return a tool as a worker of our own would have told it."""
    parameters = []
    for one in tool.parameters:
        said: dict[str, Any] = {"name": one.name, "type": one.type, "required": one.required}
        if one.HasField("default"):
            said["default"] = _read(tool.name, one.default)
        parameters.append(said)
    return {
        "name": tool.name,
        "description": tool.description,
        "parameters": parameters,
        "takes_any": tool.takes_any,
        "streaming": tool.streaming,
        "main_thread": tool.main_thread,
    }
