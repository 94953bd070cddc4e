"""Errors as gRPC statuses, and back: the status for everybody, a `Failure` for who reads it.

Metadata is small (8 KiB is what many clients take), so that frames and long texts are cut.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

import grpc
from google.protobuf.message import DecodeError

from session.api.grpc.errors import NotAdmitted, ServedWorkerGone, ServerLost
from session.api.grpc.playhead_pb2 import Failure, Frame
from session.errors import SessionError
from session.workers import worker_errors as kinds
from session.workers.control_channel import NoAnswer
from session.workers.session_errors import (
    WorkerSessionInvalid,
    WorkerSessionNotFound,
    WorkerSessionQuota,
)
from session.workers.worker_errors import CallTimedOut, ToolFailed, WorkerError, WorkerGone

#: The key of the trailing metadata; `-bin` makes it bytes.
TRAILER: Final = "playhead-failure-bin"
_MOST_BYTES: Final = 4096
_LONGEST_TEXT: Final = 800

_Code = grpc.StatusCode
_STATUSES: Final[Sequence[tuple[type[SessionError], grpc.StatusCode]]] = (
    (kinds.InvalidParameters, _Code.INVALID_ARGUMENT),
    (kinds.ToolNotStreaming, _Code.INVALID_ARGUMENT),
    (kinds.ToolNotFound, _Code.NOT_FOUND),
    (kinds.ResultUnserializable, _Code.INTERNAL),
    (CallTimedOut, _Code.DEADLINE_EXCEEDED),
    (kinds.CallInterrupted, _Code.ABORTED),
    (kinds.CallCancelled, _Code.CANCELLED),
    (WorkerGone, _Code.UNAVAILABLE),
    (NoAnswer, _Code.UNAVAILABLE),
    (WorkerSessionNotFound, _Code.NOT_FOUND),
    (WorkerSessionInvalid, _Code.INVALID_ARGUMENT),
    (WorkerSessionQuota, _Code.RESOURCE_EXHAUSTED),
)
#: What a tool raised, by the name of its type.
_RAISED: Final[Mapping[str, grpc.StatusCode]] = {
    "ValueError": _Code.INVALID_ARGUMENT,
    "NotImplementedError": _Code.UNIMPLEMENTED,
    "TimeoutError": _Code.DEADLINE_EXCEEDED,
    "PermissionError": _Code.PERMISSION_DENIED,
    "FileNotFoundError": _Code.NOT_FOUND,
}
#: The kinds of error that are made again from their code and sentence alone.
_BY_CODE: Final[Mapping[str, type[WorkerError]]] = {
    kind.code: kind
    for kind in (
        kinds.CallFailed,
        kinds.CallCancelled,
        kinds.CallInterrupted,
        kinds.InvalidParameters,
        kinds.ResultUnserializable,
        kinds.ToolNotFound,
        kinds.ToolNotStreaming,
    )
}


class Refusal(NamedTuple):
    """What a request is answered with when it fails."""

    status: grpc.StatusCode
    failure: Failure


class RpcFailure(Protocol):
    """What gRPC raises at a client."""

    def code(self) -> grpc.StatusCode:
        """The status."""
        ...

    def details(self) -> str | None:
        """Its sentence."""
        ...

    def trailing_metadata(self) -> Sequence[tuple[str, str | bytes]] | None:
        """What came with it."""
        ...


def refusal_of(error: BaseException) -> Refusal:
    """Return how an error is answered. A fault of ours gets an id, and no word of its own."""
    if isinstance(error, ToolFailed):
        return Refusal(_RAISED.get(error.type, _Code.INTERNAL), _raised(error))
    if isinstance(error, SessionError):
        for kind, status in _STATUSES:
            if isinstance(error, kind):
                return Refusal(status, _plain(error))
        return Refusal(_Code.INTERNAL, _plain(error))
    error_id = secrets.token_hex(6)
    message = f"Something inside Playhead went wrong; its notes call it {error_id}."
    return Refusal(
        _Code.INTERNAL, Failure(code="internal-error", message=message, error_id=error_id)
    )


def _plain(error: SessionError) -> Failure:
    return Failure(code=error.code, message=_cut(error.message), hint=_cut(error.hint or ""))


def _raised(error: ToolFailed) -> Failure:
    failure = Failure(
        code=error.code,
        message=_cut(error.message),
        type=_cut(error.type),
        text=_cut(error.text),
        tool=_cut(str(error.context.get("tool") or "")),
        session_id=_cut(str(error.context.get("session") or "")),
    )
    left = len(error.frames)
    for frame in reversed(error.frames):  # the innermost say most
        written = _frame(frame)
        if failure.ByteSize() + written.ByteSize() > _MOST_BYTES:
            break
        failure.frames.insert(0, written)
        left -= 1
    failure.frames_left_out = left
    return failure


def _frame(said: Mapping[str, Any]) -> Frame:
    line = said.get("line")
    number = line if isinstance(line, int) and abs(line) < 1 << 62 else 0
    path, function = str(said.get("path") or ""), str(said.get("function") or "")
    return Frame(path=_cut(path), line=number, function=_cut(function))


def _cut(text: str) -> str:
    """Return what fits, as UTF-8 can write it."""
    plain = text.encode("utf-8", "replace")
    if len(plain) <= _LONGEST_TEXT:
        return plain.decode("utf-8", "replace")
    return plain[: _LONGEST_TEXT - 4].decode("utf-8", "ignore") + " …"


def error_of_rpc(error: RpcFailure, address: str, tool: str, limit: float | None) -> WorkerError:
    """Return what went wrong with a request, as a call by frames would have raised it."""
    failure = _trailer(error)
    if failure is not None:
        return _told(failure, tool)
    status, details = error.code(), error.details() or ""
    if status is _Code.UNAUTHENTICATED:
        return NotAdmitted(address)
    if status is _Code.DEADLINE_EXCEEDED:
        return CallTimedOut.after(tool, limit or 0.0)
    if status in (_Code.UNAVAILABLE, _Code.CANCELLED):
        # Of gRPC's chain of reasons the last one says it.
        return ServerLost(address, details.rpartition(": ")[2] or "the connection was closed")
    return kinds.CallFailed(f"`{tool}` was refused ({status.name}): {details}")


def _trailer(error: RpcFailure) -> Failure | None:
    for key, value in error.trailing_metadata() or ():
        if key == TRAILER and isinstance(value, bytes):
            try:
                return Failure.FromString(value)
            except DecodeError:
                return None
    return None


def _told(failure: Failure, tool: str) -> WorkerError:
    code = failure.code
    if code == ToolFailed.code:
        frames = [{"path": f.path, "line": f.line, "function": f.function} for f in failure.frames]
        context = {"tool": failure.tool or tool, "session": failure.session_id or None}
        return ToolFailed(failure.type, failure.text, frames, context)
    if code == CallTimedOut.code:
        return CallTimedOut(failure.message)
    if code == WorkerGone.code:
        return ServedWorkerGone(failure.message, failure.hint or None)
    error = _BY_CODE.get(code, kinds.CallFailed)(failure.message, failure.hint or None)
    error.code = code or error.code
    return error
