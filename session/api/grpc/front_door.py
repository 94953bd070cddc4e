"""The front door: what each method of the service does, and what its failures are told as.

It owns no worker: whoever opens it starts one, and stops it.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc

from session.api.grpc import playhead_pb2 as messages
from session.api.grpc.call_desk import CallDesk
from session.api.grpc.event_desk import EventDesk
from session.api.grpc.event_ring import Journal
from session.api.grpc.failures import TRAILER, refusal_of
from session.api.grpc.host_tool_desk import HostToolDesk
from session.api.grpc.json_values import write_table
from session.api.grpc.methods import Behaviour, Context
from session.api.grpc.session_desk import SessionDesk
from session.api.grpc.telemetry_desk import TelemetryDesk
from session.runtime.host_tools import HostTools
from session.workers.sessions import SessionStore
from session.workers.telemetry import Telemetry
from session.workers.worker_port import WorkerPort

#: Told of a fault of ours: what our answer calls it, and what it was.
OnFault = Callable[[str, BaseException], None]


class FrontDoor:
    """Serves one worker. All calls on the event loop's thread."""

    def __init__(
        self,
        worker: WorkerPort,
        journal: Journal,
        host_tools: HostTools,
        *,
        sessions: SessionStore | None = None,
        telemetry: Telemetry | None = None,
        version: str = "",
        on_fault: OnFault = lambda _error_id, _error: None,
    ) -> None:
        """`journal` has the worker's events; `host_tools` are those that it was started with."""
        telemetry = telemetry or Telemetry(asyncio.get_running_loop())
        self._worker = worker
        self._version = version
        self._on_fault = on_fault
        self._sessions = SessionDesk(sessions or SessionStore(emit=telemetry.emit))
        self._calls = CallDesk(worker, self._sessions, telemetry.emit)
        self._host = HostToolDesk(host_tools)
        self._event_desk = EventDesk(journal, worker.id)
        self._telemetry_desk = TelemetryDesk(telemetry)

    def behaviour(self, method: str) -> Behaviour:
        """Return what carries out a method, its failures told as statuses."""
        carry_out = getattr(self, f"_{_snake(method)}")

        async def guarded(request: object, context: Context) -> object:
            try:
                answer: object = await carry_out(request, context)
            except (asyncio.CancelledError, grpc.aio.AbortError):
                raise
            except Exception as error:
                await self._refuse(error, context)
                raise  # not reached: a refusal ends the request
            return answer

        return guarded

    async def _refuse(self, error: Exception, context: Context) -> None:
        status, failure = refusal_of(error)
        if failure.error_id:
            self._on_fault(failure.error_id, error)
        trailer = ((TRAILER, failure.SerializeToString()),)
        await context.abort(status, failure.message, trailer)

    # The methods. The context is gRPC's own, and has no one type.

    async def _ping(self, _request: messages.PingRequest, _context: object) -> messages.PingReply:
        seconds = await self._worker.ping()
        return messages.PingReply(seconds=seconds, server_time=time.time())

    async def _describe(
        self, _request: messages.DescribeRequest, _context: object
    ) -> messages.Description:
        info, health = await asyncio.gather(self._worker.get_info(), self._worker.get_health())
        return messages.Description(
            worker_id=self._worker.id,
            info=write_table(info),
            health=write_table(health),
            version=self._version,
        )

    async def _create_session(
        self, request: messages.CreateSessionRequest, _context: object
    ) -> messages.Session:
        return self._sessions.create(request)

    async def _get_session(
        self, request: messages.SessionRequest, _context: object
    ) -> messages.Session:
        return self._sessions.get(request.session_id)

    async def _list_sessions(
        self, _request: messages.ListSessionsRequest, _context: object
    ) -> messages.SessionList:
        return self._sessions.list()

    async def _delete_session(
        self, request: messages.SessionRequest, _context: object
    ) -> messages.DeleteSessionReply:
        return messages.DeleteSessionReply(found=self._sessions.delete(request.session_id))

    async def _heartbeat(
        self, request: messages.HeartbeatRequest, _context: object
    ) -> messages.HeartbeatReply:
        return messages.HeartbeatReply(
            session_valid=bool(request.session_id) and self._sessions.touch(request.session_id),
            worker_alive=self._worker.alive,
            server_time=time.time(),
        )

    async def _execute(self, request: messages.CallRequest, context: Context) -> messages.CallReply:
        return await self._calls.execute(request, context)

    async def _execute_stream(self, request: messages.CallRequest, context: Context) -> None:
        await self._calls.execute_stream(request, context)

    async def _interrupt(self, request: messages.CallId, _context: object) -> messages.Found:
        return messages.Found(found=self._calls.interrupt(request.call_id))

    async def _cancel(self, request: messages.CallId, _context: object) -> messages.Found:
        return messages.Found(found=self._calls.cancel(request.call_id))

    async def _list_tools(
        self, _request: messages.ListToolsRequest, _context: object
    ) -> messages.ToolList:
        tools = [_tool(one) for one in self._worker.tools]
        return messages.ToolList(tools=tools, host_tools=self._host.names)

    async def _serve_host_tools(
        self,
        requests: AsyncIterator[messages.HostToolMessage],
        context: Context,
    ) -> None:
        await self._host.serve(requests, context)

    async def _events(self, request: messages.EventsRequest, context: Context) -> None:
        await self._event_desk.stream(request, context)

    async def _telemetry(self, request: messages.TelemetryRequest, context: Context) -> None:
        await self._telemetry_desk.stream(request, context)


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).removeprefix("_")


def _tool(spec: Any) -> messages.Tool:  # noqa: ANN401 - as a worker said it
    """Return a tool as a message; nothing that a worker says of it is believed to be there."""
    said = spec.get("parameters")
    parameters = [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []
    return messages.Tool(
        name=str(spec.get("name")),
        description=str(spec.get("description") or ""),
        parameters=[_parameter(one) for one in parameters],
        takes_any=bool(spec.get("takes_any")),
        streaming=bool(spec.get("streaming")),
        main_thread=bool(spec.get("main_thread")),
    )


def _parameter(said: dict[str, Any]) -> messages.Parameter:
    parameter = messages.Parameter(
        name=str(said.get("name")),
        type=str(said.get("type") or "any"),
        required=bool(said.get("required")),
    )
    if "default" in said:
        parameter.default.CopyFrom(messages.Value(json=write_table(said["default"])))
    return parameter
