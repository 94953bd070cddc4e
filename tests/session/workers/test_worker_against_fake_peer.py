"""The host's side of a worker, without any process: the test speaks the other side's frames."""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

import pytest

from session.runtime.launcher_process import ProgramExit
from session.workers.control_channel import NoAnswer
from session.workers.worker_errors import (
    CallFailed,
    CallInterrupted,
    CallTimedOut,
    InvalidParameters,
    ToolFailed,
    ToolNotFound,
    WorkerGone,
)
from session.workers.worker_settings import WorkerSettings
from tests.support.serving import FakePeer, fake_peer

SHORT = WorkerSettings(request_timeout_s=0.2, stream_window=4)


def begin(
    peer: FakePeer,
    command: str,
    args: Mapping[str, Any] | None = None,
    *,
    timeout: float | None = None,
    session_id: str | None = None,
    correlation_id: str | None = None,
) -> "asyncio.Task[Any]":
    """Call without waiting."""
    work = peer.worker.execute(
        command, args, timeout=timeout, session_id=session_id, correlation_id=correlation_id
    )
    return asyncio.ensure_future(work)


async def test_a_call_and_its_answer() -> None:
    async with fake_peer() as peer:
        task = begin(peer, "add", {"a": 1, "b": b"xyz"}, session_id="s", correlation_id="c")
        frame = await peer.next()
        assert frame.header["type"] == "call"
        assert frame.header["tool"] == "add"
        assert frame.header["session"] == "s"
        assert frame.header["correlation_id"] == "c"
        assert frame.header["parameters"] == {"a": 1, "b": {"$bytes": [0, 3]}}
        assert frame.payload == b"xyz"
        assert 299_000 < frame.header["timeout_ms"] < 300_000
        peer.say({"type": "result", "id": frame.header["id"], "value": 3})
        assert await task == 3


async def test_answers_find_their_calls_in_any_order() -> None:
    async with fake_peer() as peer:
        first, second = begin(peer, "a"), begin(peer, "b")
        one, two = await peer.header(), await peer.header()
        peer.say({"type": "result", "id": two["id"], "value": "b"})
        peer.say({"type": "result", "id": one["id"], "value": "a"})
        assert [await first, await second] == ["a", "b"]


async def test_callers_do_not_block_each_other_while_a_call_is_open() -> None:
    """A13.16: health, info and streams are answered while a call waits."""
    async with fake_peer() as peer:
        gated = begin(peer, "slow")
        call = await peer.header()
        asking = asyncio.ensure_future(peer.worker.get_health())
        health = await peer.header()
        peer.say({"type": "health", "id": health["id"], "busy": True})
        assert await asking == {"busy": True}
        assert not gated.done()
        assert [info.command for info in peer.worker.calls] == ["slow"]
        peer.say({"type": "result", "id": call["id"], "value": 1})
        assert await gated == 1
        assert peer.worker.calls == ()


async def test_every_waiter_is_answered_when_the_worker_ends() -> None:
    """A13.16: terminate cancels what is pending and answers every caller."""
    async with fake_peer() as peer:
        tasks = [begin(peer, "slow") for _ in range(5)]
        asking = asyncio.ensure_future(peer.worker.get_info())
        for _ in range(6):
            await peer.header()
        peer.process.end(ProgramExit(3, None, 0, 0.0))
        for answer in await asyncio.gather(*tasks, asking, return_exceptions=True):
            assert isinstance(answer, WorkerGone)
            assert "exit code 3" in answer.message
            assert answer.last_words == "so long\n"
        with pytest.raises(WorkerGone):
            await peer.worker.execute("more")


async def test_what_was_answered_before_the_end_still_counts() -> None:
    async with fake_peer() as peer:
        task = begin(peer, "last")
        call = await peer.header()
        peer.say({"type": "result", "id": call["id"], "value": "done"})
        peer.process.end(ProgramExit(0, None, 0, 0.0))
        assert await task == "done"


async def test_a_worker_that_hangs_up_is_ended() -> None:
    async with fake_peer() as peer:
        task = begin(peer, "slow")
        await peer.header()
        peer.hang_up()
        with pytest.raises(WorkerGone, match="closed its control connection"):
            await task
        await asyncio.wait_for(peer.process.ended, 5)
        assert peer.process.killed


@pytest.mark.parametrize("nonsense", [b"\xff" * 99, b"\0\0\0\2\0\0\0\0[]"])
async def test_a_worker_that_talks_nonsense_is_ended(nonsense: bytes) -> None:
    async with fake_peer() as peer:
        task = begin(peer, "slow")
        await peer.header()
        peer.say_raw(nonsense)
        with pytest.raises(WorkerGone, match="nonsense"):
            await task
        assert peer.process.killed


async def test_a_call_has_one_deadline() -> None:
    async with fake_peer() as peer:
        task = begin(peer, "slow", timeout=0.2)
        call = await peer.header()
        assert 0 < call["timeout_ms"] < 200
        with pytest.raises(CallTimedOut, match=r"`slow` did not end within 0.2 s"):
            await task
        assert await peer.header() == {"type": "cancel", "id": call["id"]}
        peer.say({"type": "result", "id": call["id"], "value": 1})  # too late, and dropped
        again = begin(peer, "next")
        peer.say({"type": "result", "id": (await peer.header())["id"], "value": 2})
        assert await again == 2


async def test_a_caller_that_leaves_cancels_the_call() -> None:
    async with fake_peer() as peer:
        task = begin(peer, "slow")
        call = await peer.header()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await peer.header() == {"type": "cancel", "id": call["id"]}


async def test_errors_by_their_kind() -> None:
    async with fake_peer() as peer:
        kinds: dict[str, type[Exception]] = {
            "tool-not-found": ToolNotFound,
            "invalid-parameters": InvalidParameters,
            "interrupted": CallInterrupted,
            "of-another-version": CallFailed,
        }
        for code, kind in kinds.items():
            task = begin(peer, "x")
            error = {"code": code, "message": "it went wrong"}
            peer.say({"type": "error", "id": (await peer.header())["id"], "error": error})
            with pytest.raises(kind, match="It went wrong"):
                await task


async def test_a_tools_own_error_has_type_message_frames_and_context() -> None:
    async with fake_peer() as peer:
        task = begin(peer, "x")
        said = {
            "code": "tool-failed",
            "type": "KeyError",
            "message": "'a'",
            "frames": [{"path": "t.py", "line": 3}, "nonsense"],
            "context": {"tool": "x", "session": None},
        }
        peer.say({"type": "error", "id": (await peer.header())["id"], "error": said})
        with pytest.raises(ToolFailed) as caught:
            await task
        error = caught.value
        assert (error.type, error.text) == ("KeyError", "'a'")
        assert error.frames == ({"path": "t.py", "line": 3},)
        assert error.context["tool"] == "x"
        assert error.message == "`x` failed: KeyError: 'a'"


async def test_parameters_that_have_no_form_never_leave() -> None:
    async with fake_peer() as peer:
        with pytest.raises(InvalidParameters, match="type `object`"):
            await peer.worker.execute("x", {"a": object()})
        with pytest.raises(InvalidParameters, match="over the cap"):
            await peer.worker.execute("x", {"a": bytes(65 << 20)})


async def test_an_answer_that_makes_no_sense_fails_the_call_only() -> None:
    async with fake_peer() as peer:
        task = begin(peer, "x")
        header = {"type": "result", "id": (await peer.header())["id"], "value": {"$bytes": [0, 9]}}
        peer.say(header, b"short")
        with pytest.raises(CallFailed, match="makes no sense"):
            await task
        assert peer.worker.alive


async def test_control_requests_that_are_not_answered() -> None:
    async with fake_peer(SHORT) as peer:
        with pytest.raises(NoAnswer, match="`ping`"):
            await peer.worker.ping()
        assert peer.worker.alive


async def test_an_interrupt_names_its_call() -> None:
    async with fake_peer() as peer:
        peer.worker.interrupt(7)
        peer.worker.interrupt()
        assert await peer.header() == {"type": "interrupt", "id": 7}
        assert await peer.header() == {"type": "interrupt"}


async def test_a_stream_in_order_to_its_end() -> None:
    """A13.18: five chunks in order, then nothing."""
    async with fake_peer(SHORT) as peer:

        async def read() -> list[Any]:
            return [item async for item in peer.worker.execute_stream("count")]

        task = asyncio.ensure_future(read())
        call = await peer.header()
        assert (call["stream"], call["credit"]) == (True, 4)
        for index in range(5):
            if index == 4:
                assert (await peer.header())["type"] == "credit"
            peer.say({"type": "chunk", "id": call["id"], "index": index, "items": [index, "x"]})
        peer.say({"type": "end", "id": call["id"], "chunks": 5})
        expected = [part for index in range(5) for part in (index, "x")]
        assert await asyncio.wait_for(task, 20) == expected


async def test_a_reader_that_does_not_read_gives_no_credit() -> None:
    async with fake_peer(SHORT) as peer, aclosing(peer.worker.execute_stream("count")) as reading:
        first = asyncio.ensure_future(anext(reading))
        call = await peer.header()
        for index in range(4):
            peer.say({"type": "chunk", "id": call["id"], "index": index, "items": [index]})
        assert await first == 0
        assert await peer.header() == {"type": "credit", "id": call["id"], "n": 1}
        peer.say({"type": "pong", "id": 0})  # nothing more comes before this is asked for
        asking = asyncio.ensure_future(peer.worker.ping(5))
        ping = await peer.header()
        assert ping["type"] == "ping"
        peer.say({"type": "pong", "id": ping["id"]})
        await asking


async def test_a_reader_that_leaves_ends_the_tool() -> None:
    """A13.18: halt at the third chunk frees the worker."""
    async with fake_peer(SHORT) as peer:

        async def read_three() -> int:
            read = 0
            async with aclosing(peer.worker.execute_stream("count")) as reading:
                async for _item in reading:
                    read += 1
                    if read == 3:
                        break
            return read

        task = asyncio.ensure_future(read_three())
        call = await peer.header()
        for index in range(3):
            peer.say({"type": "chunk", "id": call["id"], "index": index, "items": [index]})
        assert await task == 3
        seen = [await peer.header()]
        while seen[-1]["type"] == "credit":
            seen.append(await peer.header())
        assert seen[-1] == {"type": "cancel", "id": call["id"]}
        assert peer.worker.calls == ()


@pytest.mark.parametrize("indexes", [[0, 2], [0, 0], [0, 1, 2, 3, 4]])
async def test_a_stream_that_breaks_the_rules_fails(indexes: list[int]) -> None:
    """Chunks that are missing, come twice, or come without credit."""
    async with fake_peer(SHORT) as peer, aclosing(peer.worker.execute_stream("count")) as reading:
        first = asyncio.ensure_future(anext(reading))
        call = await peer.header()
        for index in indexes:
            peer.say({"type": "chunk", "id": call["id"], "index": index, "items": [index]})
        assert await first == 0
        with pytest.raises(CallFailed, match="chunk"):
            async for _item in reading:
                pass


async def test_a_stream_ends_with_the_worker_after_what_came_before() -> None:
    async with fake_peer(SHORT) as peer, aclosing(peer.worker.execute_stream("count")) as reading:
        first = asyncio.ensure_future(anext(reading))
        call = await peer.header()
        peer.say({"type": "chunk", "id": call["id"], "index": 0, "items": ["a", "b"]})
        assert await first == "a"
        peer.process.end(ProgramExit(None, 11, 0, 0.0))
        assert await anext(reading) == "b"
        with pytest.raises(WorkerGone, match="signal 11"):
            await anext(reading)


async def test_a_stream_has_one_deadline() -> None:
    async with fake_peer(SHORT) as peer:
        with pytest.raises(CallTimedOut):
            async for _item in peer.worker.execute_stream("slow", timeout=0.2):
                pass
        assert (await peer.header())["type"] == "call"
        assert (await peer.header())["type"] == "cancel"


async def test_a_host_tool_that_is_not_there_is_refused() -> None:
    async with fake_peer() as peer:
        peer.say({"type": "host_call", "id": 5, "tool": "lookup", "parameters": {}})
        header = await peer.header()
        assert header["type"] == "host_result"
        assert header["error"]["code"] == "tool-not-found"


async def test_stop_asks_first() -> None:
    async with fake_peer() as peer:
        stopping = asyncio.ensure_future(peer.worker.stop(5))
        assert await peer.header() == {"type": "stop"}
        assert not peer.process.killed
        with pytest.raises(WorkerGone, match="being stopped"):
            await peer.worker.execute("x")
        peer.process.end(ProgramExit(0, None, 0, 0.0))
        assert (await stopping).exit == ProgramExit(0, None, 0, 0.0)
