"""Calls over gRPC: forwarded to the worker, with one deadline, and ended when the caller leaves."""

import asyncio
import secrets
import time
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from typing import Any, Final

from session.api.grpc.json_values import read_parameters, write_value
from session.api.grpc.methods import Context
from session.api.grpc.playhead_pb2 import CallReply, CallRequest, Chunk
from session.api.grpc.session_desk import SessionDesk
from session.errors import SessionError
from session.workers.call_info import CallInfo
from session.workers.telemetry import Emit
from session.workers.worker_errors import InvalidParameters, ResultUnserializable
from session.workers.worker_port import CallOptions, WorkerPort

#: The most characters of a name that are announced.
_LONGEST: Final = 128


class CallDesk:
    """Forwards calls to one worker, and knows those under way by the names that callers gave."""

    def __init__(self, worker: WorkerPort, sessions: SessionDesk, emit: Emit) -> None:
        self._worker = worker
        self._sessions = sessions
        self._emit = emit
        #: The worker's number of each call, by the caller's name for it.
        self._calls: dict[str, int] = {}

    async def execute(self, request: CallRequest, context: Context) -> CallReply:
        """Carry out a call that has one answer."""
        parameters = _parameters(request)
        with self._call(request, "call.started", "call.finished") as call_id:
            options = self._options(request, context, call_id)
            value = await self._worker.execute(request.tool, parameters, **options)
            return CallReply(value=_written(request.tool, value))

    async def execute_stream(self, request: CallRequest, context: Context) -> None:
        """Carry out a call that streams; a caller who does not keep up slows the tool down."""
        parameters, index = _parameters(request), 0
        with self._call(request, "stream.opened", "stream.closed") as call_id:
            options = self._options(request, context, call_id)
            stream = self._worker.execute_chunks(request.tool, parameters, **options)
            async with aclosing(stream) as chunks:
                async for items in chunks:
                    await context.write(Chunk(index=index, items=_written(request.tool, items)))
                    index += 1

    def interrupt(self, call_id: str) -> bool:
        """Interrupt one call, or all; whether there was one."""
        if not call_id:
            self._worker.interrupt()
            return bool(self._worker.calls)
        number = self._calls.get(call_id)
        if number is not None:
            self._worker.interrupt(number)
        return number is not None

    def cancel(self, call_id: str) -> bool:
        """Cancel one call; whether there was one."""
        number = self._calls.get(call_id)
        if number is not None:
            self._worker.cancel(number)
        return number is not None

    def _options(self, request: CallRequest, context: Any, call_id: str) -> CallOptions:  # noqa: ANN401 - gRPC's
        def note(info: CallInfo) -> None:
            self._calls[call_id] = info.id

        return {
            "timeout": _limit(request, context),
            "session_id": request.session_id or None,
            "correlation_id": request.correlation_id or None,
            "main_thread": request.main_thread,
            "on_begun": note,
        }

    @contextmanager
    def _call(self, request: CallRequest, begun: str, ended: str) -> Iterator[str]:
        """Announce a call and its end; the name it goes by is free again afterwards."""
        call_id = request.call_id or secrets.token_hex(8)
        if call_id in self._calls:
            message = f"A call named `{call_id}` is under way already."
            raise InvalidParameters(message, "Give every call a name of its own.")
        if request.session_id:
            self._sessions.use(request.session_id, self._worker.id)
        about = self._about(request, call_id)
        self._emit(begun, **about)
        began = time.monotonic()
        try:
            yield call_id
        except BaseException as error:
            took = time.monotonic() - began
            self._emit("call.failed", **about, duration_s=took, kind=_kind(error))
            raise
        else:
            self._emit(ended, **about, duration_s=time.monotonic() - began)
        finally:
            self._calls.pop(call_id, None)

    def _about(self, request: CallRequest, call_id: str) -> dict[str, str]:
        """Return what is announced of a call; what a caller wrote may be of any length."""
        return {
            "worker_id": self._worker.id,
            "call_id": call_id[:_LONGEST],
            "command": request.tool[:_LONGEST],
            "session_id": request.session_id[:_LONGEST],
            "correlation_id": request.correlation_id[:_LONGEST],
        }


def _kind(error: BaseException) -> str:
    if isinstance(error, asyncio.CancelledError):
        return "caller-left"
    return error.code if isinstance(error, SessionError) else "internal-error"


def _parameters(request: CallRequest) -> dict[str, Any]:
    try:
        return read_parameters(request.parameters)
    except ValueError as error:
        message = f"`{request.tool}` cannot be called: {error}."
        raise InvalidParameters(message, "Parameters are a JSON object.") from None


def _written(tool: str, value: object) -> Any:  # noqa: ANN401 - a message
    try:
        return write_value(value)
    except ValueError as error:
        message = f"What `{tool}` returned cannot be sent: {error}."
        raise ResultUnserializable(message) from None


def _limit(request: CallRequest, context: Context) -> float | None:
    """Return the seconds that a call has: what it says, or what is left of its request's time."""
    said = request.timeout_ms / 1000 if request.timeout_ms else None
    left = context.time_remaining()
    limits = [limit for limit in (said, left) if limit is not None]
    return max(min(limits), 0.001) if limits else None
