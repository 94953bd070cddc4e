"""The gRPC adapter against a front door that follows a script: no worker, no other process."""

import asyncio
import threading
from collections.abc import Callable, Iterator

import grpc
import pytest

from session.api.grpc import playhead_pb2 as messages
from session.api.grpc.connect import CONNECTING, connect_worker
from session.api.grpc.errors import NotAdmitted, ServedWorkerGone, ServerLost
from session.api.grpc.failures import TRAILER
from session.api.grpc.methods import Behaviour, Context
from session.runtime.host_tools import HostTools
from session.workers.control_channel import NoAnswer
from session.workers.worker_errors import (
    CallFailed,
    CallInterrupted,
    CallTimedOut,
    InvalidParameters,
    ToolFailed,
    WorkerError,
    WorkerGone,
)
from session.workers.worker_settings import WorkerSettings
from tests.support.fake_front_door import FakeFrontDoor, fake_front_door, refuse, value

Code = grpc.StatusCode


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """What was begun for a connection ends with it."""
    yield
    for thread in threading.enumerate():
        if thread.name.startswith(("grpc answers", "host tools")):
            thread.join(20)
            assert not thread.is_alive(), thread.name


async def test_it_says_who_it_is() -> None:
    with fake_front_door() as door:
        async with await connect_worker(door.address, session_id=None) as worker:
            assert worker.id == "fake"
            assert worker.alive
            assert await worker.get_health() == {"busy": False}
            assert (await worker.get_info())["address"] == door.address
            assert await worker.ping() < 20
            assert isinstance(worker.get_channel(), grpc.Channel)
        assert not worker.alive


async def test_connecting_is_tried_again_and_then_given_up() -> None:
    tries: list[int] = []

    def shy(_request: object, context: Context) -> messages.Description:
        tries.append(1)
        if len(tries) < 3:
            context.abort(Code.UNAVAILABLE, "not yet")
        return messages.Description(worker_id="late")

    waits: list[float] = []
    with fake_front_door({"Describe": shy}) as door:
        async with await connect_worker(
            door.address, on_retry=lambda _attempt, wait, _kind: waits.append(wait)
        ) as worker:
            assert worker.id == "late"
    assert len(waits) == 2
    assert all(0.03 < wait < 0.14 for wait in waits)

    waits.clear()
    with pytest.raises(ServerLost, match=door.address) as lost:  # nobody listens there any more
        await connect_worker(
            door.address, on_retry=lambda _attempt, wait, _kind: waits.append(wait)
        )
    assert len(waits) == CONNECTING.max_attempts - 1
    assert lost.value.code == "grpc-unreachable"
    assert lost.value.hint


async def test_a_refusal_to_be_admitted_is_not_tried_again() -> None:
    with fake_front_door({"Describe": refuse(Code.UNAUTHENTICATED)}) as door:
        with pytest.raises(NotAdmitted, match="token"):
            await connect_worker(door.address, token="wrong")
        assert door.asked == ["Describe"]


async def test_a_front_door_that_hangs_is_given_up() -> None:
    with fake_front_door() as door:
        door._script |= {"Execute": door.hang, "Ping": door.hang}
        settings = WorkerSettings(request_timeout_s=0.3, call_timeout_s=0.3)
        async with await connect_worker(door.address, settings=settings) as worker:
            with pytest.raises(CallTimedOut, match=r"`echo` did not end within 0\.3 s"):
                await worker.execute("echo")
            assert await asyncio.to_thread(door.ended.wait, 20), "the request was never cancelled"
            with pytest.raises(NoAnswer, match="Ping"):
                await worker.ping()
            assert worker.calls == ()


async def test_a_call_that_is_given_up_is_cancelled_there() -> None:
    with fake_front_door() as door:
        door._script |= {"Execute": door.hang}
        async with await connect_worker(door.address) as worker:
            call = asyncio.create_task(worker.execute("echo"))
            await until(lambda: "Execute" in door.asked)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            assert await asyncio.to_thread(door.ended.wait, 20)


async def until(true: Callable[[], bool]) -> None:
    """Wait until something holds."""
    for _ in range(400):
        if true():
            return
        await asyncio.sleep(0.05)
    pytest.fail("it never came true")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (Code.UNAVAILABLE, ServerLost),
        (Code.CANCELLED, ServerLost),
        (Code.UNAUTHENTICATED, NotAdmitted),
        (Code.DEADLINE_EXCEEDED, CallTimedOut),
        (Code.RESOURCE_EXHAUSTED, CallFailed),
        (Code.UNIMPLEMENTED, CallFailed),
        (Code.INTERNAL, CallFailed),
    ],
)
async def test_a_bare_status_becomes_an_error_of_ours(
    code: grpc.StatusCode, kind: type[WorkerError]
) -> None:
    with fake_front_door({"Execute": refuse(code, "so it is")}) as door:
        async with await connect_worker(door.address) as worker:
            with pytest.raises(kind) as failed:
                await worker.execute("echo")
            assert type(failed.value) is kind


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (messages.Failure(code="worker-gone", message="It has gone."), ServedWorkerGone),
        (messages.Failure(code="interrupted", message="It was."), CallInterrupted),
        (messages.Failure(code="tool-failed", type="KeyError", text="x"), ToolFailed),
        (messages.Failure(code="call-timed-out", message="Late."), CallTimedOut),
        (messages.Failure(code="never-heard-of", message="Odd."), CallFailed),
        (messages.Failure(), CallFailed),
    ],
)
async def test_a_failure_that_comes_with_it_counts_more(
    failure: messages.Failure, kind: type[WorkerError]
) -> None:
    def fail(_request: object, context: Context) -> None:
        context.set_trailing_metadata(((TRAILER, failure.SerializeToString()),))
        context.abort(Code.INTERNAL, "whatever")

    with fake_front_door({"Execute": fail}) as door:
        async with await connect_worker(door.address) as worker:
            with pytest.raises(kind) as failed:
                await worker.execute("echo")
            assert type(failed.value) is kind


async def test_a_trailer_that_is_nonsense_is_passed_over() -> None:
    def fail(_request: object, context: Context) -> None:
        context.set_trailing_metadata(((TRAILER, b"\xff\xff\xff"),))
        context.abort(Code.UNAVAILABLE, "gone")

    with fake_front_door({"Execute": fail}) as door:
        async with await connect_worker(door.address) as worker:
            with pytest.raises(ServerLost):
                await worker.execute("echo")


@pytest.mark.parametrize(
    "reply",
    [
        value(""),
        value("{"),
        value('{"$bytes": [0, 5]}', b"abc"),
        value('{"$bytes": "x"}'),
        value('{"$unknown": 1}'),
        value("[" * 100_000),
        value('{"$json": [0, 3]}', b"\xff\xff\xff"),
    ],
)
async def test_an_answer_that_makes_no_sense_fails_the_call(reply: messages.CallReply) -> None:
    with fake_front_door({"Execute": lambda _request, _context: reply}) as door:
        async with await connect_worker(door.address) as worker:
            with pytest.raises(CallFailed, match="makes no sense"):
                await worker.execute("echo")


async def test_a_stream_that_breaks_gives_out_what_came_before() -> None:
    def stream(_request: object, context: Context) -> Iterator[messages.Chunk]:
        yield messages.Chunk(index=0, items=messages.Value(json="[1, 2]"))
        context.abort(Code.UNAVAILABLE, "gone")

    with fake_front_door({"ExecuteStream": stream}) as door:
        async with await connect_worker(door.address) as worker:
            items = worker.execute_stream("count")
            assert [await anext(items), await anext(items)] == [1, 2]
            with pytest.raises(ServerLost):
                await anext(items)
            await items.aclose()


async def test_when_the_front_door_goes_away_every_waiter_is_answered() -> None:
    with fake_front_door() as door:
        door._script |= {"Execute": door.hang}
        async with await connect_worker(door.address) as worker:
            calls = [asyncio.create_task(worker.execute("echo")) for _ in range(5)]
            await until(lambda: door.asked.count("Execute") == 5)
            await asyncio.to_thread(door.stop)
            for answer in await asyncio.gather(*calls, return_exceptions=True):
                assert isinstance(answer, WorkerGone)


async def test_leaving_answers_every_waiter() -> None:
    with fake_front_door() as door:
        door._script |= {"Execute": door.hang, "ExecuteStream": stream_and_hang(door)}
        async with await connect_worker(door.address) as worker:
            stream = worker.execute_stream("count")
            assert await anext(stream) == 1
            waiting = [asyncio.create_task(worker.execute("echo")) for _ in range(3)]
            waiting.append(asyncio.create_task(anext(stream)))
            await until(lambda: door.asked.count("Execute") == 3)
            await worker.stop()
            for answer in await asyncio.gather(*waiting, return_exceptions=True):
                assert isinstance(answer, WorkerGone), answer
            worker.interrupt()  # of nobody: no fault
            with pytest.raises(WorkerGone):
                await worker.ping()


def stream_and_hang(door: FakeFrontDoor) -> Behaviour:
    """Return what sends one item and then nothing."""

    def stream(request: object, context: Context) -> Iterator[messages.Chunk]:
        yield messages.Chunk(items=messages.Value(json="[1]"))
        door.hang(request, context)

    return stream


async def test_a_call_that_is_not_known_there_yet_is_interrupted_in_a_moment() -> None:
    asked: list[str] = []

    def interrupt(request: messages.CallId, _context: object) -> messages.Found:
        asked.append(request.call_id)
        return messages.Found(found=len(asked) == 3)

    with fake_front_door({"Interrupt": interrupt}) as door:
        door._script |= {"Execute": door.hang}
        async with await connect_worker(door.address) as worker:
            call = asyncio.create_task(worker.execute("echo"))
            await asyncio.sleep(0)
            worker.interrupt()
            await until(lambda: len(asked) == 3)
            await asyncio.sleep(0.3)
            assert len(asked) == 3
            assert len(set(asked)) == 1
            call.cancel()


async def test_parameters_that_are_too_large_never_leave() -> None:
    with fake_front_door({"Execute": lambda _request, _context: value("1")}) as door:
        async with await connect_worker(door.address) as worker:
            with pytest.raises(InvalidParameters, match="over"):
                await worker.execute("echo", {"x": bytes(70 << 20)})
            assert "Execute" not in door.asked


async def test_tools_that_are_not_taken_fail_the_connection() -> None:
    tools = HostTools({"mine": lambda: 1})
    script = {"ServeHostTools": refuse(Code.INVALID_ARGUMENT, "taken")}
    with fake_front_door(script) as door, pytest.raises(CallFailed, match="taken"):
        await connect_worker(door.address, host_tools=tools)
