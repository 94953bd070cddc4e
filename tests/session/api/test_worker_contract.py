"""What holds for a worker, wherever it is: the same calls by frames and by gRPC."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from session.runtime.host_tools import HostTools
from session.workers.worker_errors import (
    CallCancelled,
    CallInterrupted,
    CallTimedOut,
    InvalidParameters,
    ResultUnserializable,
    ToolFailed,
    ToolNotFound,
    ToolNotStreaming,
    WorkerError,
    WorkerGone,
)
from session.workers.worker_port import WorkerPort
from tests.support.served_worker import Served, connected, serve
from tests.support.serving import script, serving

if TYPE_CHECKING:
    from session.workers.call_info import CallInfo

pytestmark = [pytest.mark.timeout(180), pytest.mark.e2e]

TOOLS = """
import os, threading, time
import playhead

meeting = threading.Barrier(2, timeout=60)
produced = 0

@playhead.tool
def add(a: int, b: int = 2) -> int:
    "Add two numbers."
    return a + b

@playhead.tool
def kinds(**given):
    return {name: type(value).__name__ for name, value in given.items()}

@playhead.tool
def fail(text: str, kind: str = "ValueError"):
    raise getattr(__builtins__, kind, ValueError)(text)

@playhead.tool
def unsendable():
    return object()

@playhead.tool
def sleep(seconds: float):
    end = time.monotonic() + seconds
    while time.monotonic() < end:  # on a thread of its own, one long sleep is not interrupted
        time.sleep(0.01)
    return seconds

@playhead.tool
def meet():
    return meeting.wait() in (0, 1)

@playhead.tool
def on_main():
    return threading.current_thread() is threading.main_thread()

@playhead.tool
def count(n: int, fail_at: int = -1):
    for number in range(n):
        if number == fail_at:
            raise RuntimeError("enough")
        yield number

@playhead.tool
def count_for_ever():
    number = 0
    while True:
        yield number
        number += 1
        time.sleep(0.01)

@playhead.tool
def pour(n: int):
    global produced
    produced = 0
    for _ in range(n):
        produced += 1
        yield "x" * 1000

@playhead.tool
def poured():
    return produced

@playhead.tool
def ask(name: str, value: int = 0):
    try:
        return playhead.call(name, value=value)
    except playhead.CallFailed as error:
        return [error.kind, str(error)]

@playhead.tool
def die():
    os._exit(7)
"""

Start = Callable[..., AbstractAsyncContextManager[WorkerPort]]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One front door for all tests that leave it as it was."""
    folder = tmp_path_factory.mktemp("served")
    with serve(folder / "home", script(folder, TOOLS), "--threads", "3") as one:
        yield one


@pytest.fixture(params=["frames", "grpc"])
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Start:
    """Start a worker of one's own, with three threads."""

    @asynccontextmanager
    async def by_grpc(*, own: bool = False, **options: Any) -> AsyncIterator[WorkerPort]:  # noqa: ANN401 - as `connect_worker` has them
        if not own:
            async with connected(request.getfixturevalue("served"), **options) as worker:
                yield worker
            return
        with serve(tmp_path / "home", script(tmp_path, TOOLS), "--threads", "3") as ours:
            async with connected(ours, **options) as worker:
                yield worker

    @asynccontextmanager
    async def by_frames(*, own: bool = False, **options: Any) -> AsyncIterator[WorkerPort]:  # noqa: ANN401 - as `serving` has them
        async with serving(tmp_path, TOOLS, threads=3, **options) as worker:
            yield worker

    return by_frames if request.param == "frames" else by_grpc


async def idle(worker: WorkerPort) -> None:
    """Wait until nothing runs in it."""
    for _ in range(600):
        if not (await worker.get_health())["busy"]:
            return
        await asyncio.sleep(0.05)
    pytest.fail("something runs on and on")


async def running(worker: WorkerPort, tool: str) -> None:
    """Wait until a call of `tool` runs."""
    for _ in range(600):
        if any(one["tool"] == tool for one in (await worker.get_health())["running"]):
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"`{tool}` never ran")


async def test_values_keep_what_they_are(start: Start) -> None:
    values = {
        "whole": 3,
        "huge": 1 << 70,
        "truth": True,
        "real": 3.0,
        "nothing": None,
        "bytes": b"\0\xff" * 1000,
        "text": "ö\ud800\n",
        "list": [1, True, 1.0, [b"", {}]],
        "keys": {1: "one", "$odd": "three"},
        "large": "x" * 300_000,
    }
    async with start() as worker:
        found = await worker.execute("echo", values)
        assert found == values
        assert [type(one) for one in found["list"][:3]] == [int, bool, float]
        assert math.isnan((await worker.execute("echo", {"x": math.nan}))["x"])
        kinds = await worker.execute("kinds", {"a": 1, "b": False, "c": 1.0, "d": b"", "e": None})
        assert list(kinds.values()) == ["int", "bool", "float", "bytes", "NoneType"]


async def test_a_call_that_cannot_be_made_says_why(start: Start) -> None:
    async with start() as worker:
        with pytest.raises(ToolNotFound, match=r"`nothing`.*add"):
            await worker.execute("nothing")
        with pytest.raises(InvalidParameters, match="`a`"):
            await worker.execute("add", {"a": True})
        with pytest.raises(InvalidParameters, match="`c`"):
            await worker.execute("add", {"a": 1, "c": 1})
        with pytest.raises(InvalidParameters, match="object"):
            await worker.execute("echo", {"x": object()})
        with pytest.raises(ToolNotStreaming):
            await worker.execute("count", {"n": 1})
        with pytest.raises(ToolNotStreaming):
            await anext(worker.execute_stream("add", {"a": 1}))
        assert await worker.execute("add", {"a": 1}) == 3


async def test_what_a_tool_raises_comes_with_its_place(start: Start) -> None:
    async with start() as worker:
        with pytest.raises(ToolFailed) as failed:
            await worker.execute("fail", {"text": "wrong ö"}, session_id="mine")
        error = failed.value
        assert (error.type, error.text, error.code) == ("ValueError", "wrong ö", "tool-failed")
        assert error.message == "`fail` failed: ValueError: wrong ö"
        assert error.frames[-1]["function"] == "fail"
        assert error.frames[-1]["path"].endswith("tools.py")
        assert error.context == {"tool": "fail", "session": "mine"}
        with pytest.raises(ToolFailed, match=r"^`fail` failed: ValueError: xxx"):
            await worker.execute("fail", {"text": "x" * 100_000})
        with pytest.raises(ResultUnserializable, match="object"):
            await worker.execute("unsendable")


async def test_a_call_has_one_deadline(start: Start) -> None:
    async with start() as worker:
        with pytest.raises(CallTimedOut, match=r"`sleep` did not end within 0\.3 s"):
            await worker.execute("sleep", {"seconds": 60}, timeout=0.3)
        with pytest.raises(CallTimedOut):
            async for _ in worker.execute_stream("count_for_ever", timeout=0.3):
                pass
        await idle(worker)
        assert await worker.execute("add", {"a": 1}, timeout=60) == 3


async def test_one_call_is_interrupted_or_cancelled_by_its_number(start: Start) -> None:
    numbers: list[CallInfo] = []
    async with start() as worker:
        calls = [
            asyncio.create_task(worker.execute("sleep", {"seconds": wait}, on_begun=numbers.append))
            for wait in (2.5, 60, 60)
        ]
        await asyncio.sleep(0.1)
        assert [info.command for info in worker.calls] == ["sleep"] * 3
        worker.interrupt(numbers[1].id)
        worker.cancel(numbers[2].id)
        first, second, third = await asyncio.gather(*calls, return_exceptions=True)
        assert first == 2.5
        assert isinstance(second, CallInterrupted)
        assert isinstance(third, CallCancelled)
        assert worker.calls == ()


async def test_all_calls_are_interrupted_at_once(start: Start) -> None:
    async with start() as worker:
        call = asyncio.create_task(worker.execute("sleep", {"seconds": 60}, main_thread=True))
        stream = asyncio.create_task(_items(worker, "count_for_ever"))
        await running(worker, "sleep")
        await running(worker, "count_for_ever")
        worker.interrupt()
        for ended in await asyncio.gather(call, stream, return_exceptions=True):
            assert isinstance(ended, CallInterrupted)
        assert await worker.execute("add", {"a": 1}) == 3


async def _items(worker: WorkerPort, tool: str, **args: object) -> list[Any]:
    return [item async for item in worker.execute_stream(tool, args)]


async def test_giving_up_a_call_ends_it_in_the_worker(start: Start) -> None:
    async with start() as worker:
        call = asyncio.create_task(worker.execute("sleep", {"seconds": 60}, main_thread=True))
        await running(worker, "sleep")
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await idle(worker)


async def test_a_stream_comes_whole_and_in_order(start: Start) -> None:
    async with start() as worker:
        assert await _items(worker, "count", n=20_000) == list(range(20_000))
        assert await _items(worker, "count", n=0) == []
        async with aclosing(worker.execute_stream("count", {"n": 9, "fail_at": 4})) as stream:
            assert [await anext(stream) for _ in range(4)] == [0, 1, 2, 3]
            with pytest.raises(ToolFailed, match="enough"):
                await anext(stream)


async def test_a_reader_who_leaves_ends_the_stream(start: Start) -> None:
    async with start() as worker:
        async with aclosing(worker.execute_stream("count_for_ever")) as stream:
            assert [await anext(stream) for _ in range(3)] == [0, 1, 2]
        await idle(worker)
        assert worker.calls == ()


async def test_a_slow_reader_slows_the_tool_down(start: Start) -> None:
    async with start() as worker:
        async with aclosing(worker.execute_stream("pour", {"n": 400_000})) as stream:
            await anext(stream)
            counts = [-1, -2]
            while counts[-1] != counts[-2]:
                await asyncio.sleep(1)
                counts.append(await worker.execute("poured"))
            assert 0 < counts[-1] < 100_000
        await idle(worker)


async def test_control_requests_do_not_wait_for_calls(start: Start) -> None:
    async with start() as worker:
        calls = [
            asyncio.create_task(worker.execute("sleep", {"seconds": 120}, main_thread=main))
            for main in (True, False, False, False, False)
        ]
        await running(worker, "sleep")
        assert await worker.ping() < 30
        assert (await worker.get_health())["busy"]
        assert (await worker.get_info())["threads"] == 3
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        await idle(worker)


async def test_calls_overlap_where_threads_are_declared(start: Start) -> None:
    async with start() as worker:
        met = await asyncio.gather(worker.execute("meet"), worker.execute("meet"))
        assert list(met) == [True, True]
        assert await worker.execute("on_main", main_thread=True)
        assert not await worker.execute("on_main")


async def test_tools_are_told_with_their_parameters(start: Start) -> None:
    async with start() as worker:
        add = {tool["name"]: tool for tool in worker.tools}["add"]
        assert add == {
            "name": "add",
            "description": "Add two numbers.",
            "parameters": [
                {"name": "a", "type": "integer", "required": True},
                {"name": "b", "type": "integer", "required": False, "default": 2},
            ],
            "takes_any": False,
            "streaming": False,
            "main_thread": False,
        }
        assert {t["name"] for t in worker.tools if t["streaming"]} == {
            "count",
            "count_for_ever",
            "pour",
        }


async def test_code_calls_tools_of_the_host(start: Start) -> None:
    async def twice(value: int) -> int:
        await asyncio.sleep(0)
        return 2 * value

    def broken(value: int) -> None:
        raise LookupError(value)

    tools = HostTools({"twice": twice, "broken": broken, "whole": lambda value: [value, True]})
    async with start(host_tools=tools) as worker:
        assert await worker.execute("ask", {"name": "twice", "value": 21}) == 42
        assert await worker.execute("ask", {"name": "whole", "value": 1}) == [1, True]
        kind, text = await worker.execute("ask", {"name": "broken", "value": 5})
        assert kind == "tool-failed"
        assert "LookupError: 5" in text
        kind, text = await worker.execute("ask", {"name": "nobody"})
        assert kind == "tool-not-found"
        asked = [worker.execute("ask", {"name": "twice", "value": n}) for n in range(40)]
        assert await asyncio.gather(*asked) == [2 * n for n in range(40)]


async def test_it_belongs_to_a_session(start: Start) -> None:
    async with start(session_id="ours") as worker:
        assert worker.get_session_id() == "ours"
        with pytest.raises(ToolFailed) as failed:
            await worker.execute("fail", {"text": ""})
        assert failed.value.context["session"] == "ours"
        assert (await worker.get_info())["session_id"] == "ours"


async def test_when_it_dies_everybody_is_answered(start: Start) -> None:
    async with start(own=True) as worker:
        waiting = [
            asyncio.create_task(worker.execute("sleep", {"seconds": 120})),
            asyncio.create_task(_items(worker, "count_for_ever")),
            *(asyncio.create_task(worker.execute("sleep", {"seconds": 120})) for _ in range(5)),
        ]
        await running(worker, "sleep")
        await running(worker, "count_for_ever")
        with pytest.raises(WorkerGone):
            await worker.execute("die", main_thread=True)
        for answer in await asyncio.gather(*waiting, return_exceptions=True):
            assert isinstance(answer, WorkerGone)
        with pytest.raises(WorkerGone):
            await worker.execute("add", {"a": 1})


async def test_when_it_is_stopped_everybody_is_answered(start: Start) -> None:
    async with start() as worker:
        waiting = [
            asyncio.create_task(worker.execute("sleep", {"seconds": 120})),
            asyncio.create_task(_items(worker, "count_for_ever")),
        ]
        await running(worker, "sleep")
        await running(worker, "count_for_ever")
        await worker.stop()
        for answer in await asyncio.gather(*waiting, return_exceptions=True):
            assert isinstance(answer, WorkerError)
        assert not worker.alive
        with pytest.raises(WorkerGone):
            await worker.execute("add", {"a": 1})
        await worker.stop()
