"""How failures are told over gRPC: a status, what fits into metadata, and no secret of ours."""

import asyncio
from typing import TYPE_CHECKING, Any, cast

import grpc
import pytest

from session.api.grpc.event_ring import EventRing
from session.api.grpc.failures import TRAILER, refusal_of
from session.api.grpc.front_door import FrontDoor
from session.api.grpc.playhead_pb2 import Failure, PingRequest
from session.runtime.host_tools import HostTools
from session.workers.control_channel import NoAnswer
from session.workers.session_errors import WorkerSessionQuota
from session.workers.worker_errors import CallFailed, ToolFailed, WorkerError, WorkerGone

if TYPE_CHECKING:
    from session.workers.worker_port import WorkerPort

Code = grpc.StatusCode


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (WorkerGone(None, reason="has gone"), Code.UNAVAILABLE),
        (NoAnswer("ping", 1.0), Code.UNAVAILABLE),
        (WorkerSessionQuota(3), Code.RESOURCE_EXHAUSTED),
        (CallFailed("Odd."), Code.INTERNAL),
        (WorkerError("Odd."), Code.INTERNAL),
    ],
)
def test_each_kind_has_a_status(error: Any, code: grpc.StatusCode) -> None:  # noqa: ANN401 - any error
    status, failure = refusal_of(error)
    assert status is code
    assert (failure.code, failure.message, failure.error_id) == (error.code, error.message, "")


def test_what_is_told_fits_into_metadata() -> None:
    frames = [{"path": "ö" * 300, "line": n, "function": "f" * 300} for n in range(60)]
    error = ToolFailed("Odd" * 1000, "\ud800" * 100_000, frames, {"tool": "t", "session": None})
    failure = refusal_of(error).failure
    assert failure.ByteSize() < 7000
    assert failure.frames[-1].line == 59  # the innermost say most
    assert failure.frames_left_out == 60 - len(failure.frames) > 0


def test_frames_that_are_lies_harm_nobody() -> None:
    error = ToolFailed("X", "", [{"path": None, "line": "7"}, {"line": 1 << 80}], {})
    assert [frame.line for frame in refusal_of(error).failure.frames] == [0, 0]


class Faulty:
    """A worker with a fault of ours in it."""

    id = "faulty"

    async def ping(self) -> float:
        message = "a secret"
        raise RuntimeError(message)


class Context:
    """Takes a refusal."""

    def __init__(self) -> None:
        self.refused: list[tuple[grpc.StatusCode, str, Failure]] = []

    async def abort(
        self, code: grpc.StatusCode, details: str, trailer: tuple[tuple[str, bytes]]
    ) -> None:
        ((key, value),) = trailer
        assert key == TRAILER
        self.refused.append((code, details, Failure.FromString(value)))
        raise grpc.aio.AbortError


async def test_a_fault_of_ours_gets_an_id_and_is_not_told() -> None:
    faults: list[tuple[str, BaseException]] = []
    door = FrontDoor(
        cast("WorkerPort", Faulty()),
        EventRing(),
        HostTools(),
        on_fault=lambda error_id, error: faults.append((error_id, error)),
    )
    context = Context()
    with pytest.raises(grpc.aio.AbortError):
        await door.behaviour("Ping")(PingRequest(), context)
    ((code, details, failure),) = context.refused
    assert code is Code.INTERNAL
    assert failure.error_id
    assert failure.error_id in details
    assert "secret" not in details + failure.message
    assert [(error_id, str(error)) for error_id, error in faults] == [
        (failure.error_id, "a secret")
    ]
    await asyncio.sleep(0)
