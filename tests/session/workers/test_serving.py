"""Real workers: calls, streams, interrupts, threads, and tools that misbehave (A13.16-20)."""

import asyncio
import os
import signal
import time
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from session.log.entry import NewEntry, Severity, Stream
from session.runtime.host_tools import HostTools
from session.worker.values import Lost
from session.workers.worker_errors import (
    CallCancelled,
    CallFailed,
    CallInterrupted,
    CallTimedOut,
    InvalidParameters,
    ResultUnserializable,
    ToolFailed,
    ToolNotFound,
    ToolNotStreaming,
    WorkerGone,
)
from session.workers.worker_settings import WorkerSettings
from tests.support.process_watch import survivors
from tests.support.serving import serving

if TYPE_CHECKING:
    from session.runtime.program_events import Progress
    from session.workers.worker import Worker

pytestmark = pytest.mark.timeout(120)

TOOLS = """
import asyncio, os, sys, threading, time
import playhead

@playhead.tool
def add(a: int, b: int = 2) -> int:
    "Add two numbers.\\n\\nNo more."
    return a + b

@playhead.tool
def slow(seconds: float = 60.0, leave: str = ""):
    try:
        time.sleep(seconds)
    finally:
        if leave:
            open(leave, "w").close()
    return "slept"

@playhead.tool
def flag(value: bool):
    return value, type(value).__name__

@playhead.tool
def fail():
    raise KeyError("missing")

@playhead.tool
def leave(how: str):
    if how == "exit": sys.exit(3)
    if how == "os": os._exit(4)
    if how == "kill": os.kill(os.getpid(), 9)
    if how == "segfault":
        import ctypes
        ctypes.string_at(0)

@playhead.tool
def count(n: int, pause: float = 0.0, leave: str = ""):
    try:
        for i in range(n):
            yield i
            time.sleep(pause)
    finally:
        if leave:
            open(leave, "w").close()

@playhead.tool
async def count_async(n: int, leave: str = ""):
    try:
        for i in range(n):
            yield i
            await asyncio.sleep(0)
    finally:
        if leave:
            open(leave, "w").close()

@playhead.tool
async def nap(seconds: float):
    await asyncio.sleep(seconds)
    return "rested"

@playhead.tool
def odd(what: str):
    return {"object": object(), "set": {1}, "loop": None}[what]

@playhead.tool
def here():
    return threading.current_thread() is threading.main_thread(), threading.get_ident()

@playhead.tool(main_thread=True)
def on_main():
    return threading.current_thread() is threading.main_thread()

@playhead.tool
def wait(seconds: float):
    time.sleep(seconds)

@playhead.tool
def busy(seconds: float):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass
"""


async def test_lifecycle(tmp_path: Path) -> None:
    """A13.17: ping, echo, statistics, errors survived, memory, graceful stop, nothing left."""
    async with serving(tmp_path, TOOLS, session_id="mine") as worker:
        assert await worker.ping() < 10
        sent = {"a": b"\0\xff", "b": [1, 2.5, None, True], "c": {"d": "ö", 7: "seven"}}
        assert await worker.execute("echo", sent) == sent
        assert await worker.execute("add", {"a": 4}) == 6
        with pytest.raises(ToolFailed):
            await worker.execute("fail")
        health = await worker.get_health()
        assert (health["busy"], health["results"], health["errors"]) == (False, 2, 1)
        assert health["memory"] > 1 << 20
        info = await worker.get_info()
        assert info["pid"] == worker.pid
        assert info["session_id"] == worker.get_session_id() == "mine"
        assert worker.get_channel().open
        pid = worker.pid
    assert pid is not None
    assert survivors([pid]) == []
    ending = worker.ended.result()
    assert ending.exit is not None
    assert ending.exit.code == 0


async def test_tools_are_declared_with_their_parameters(tmp_path: Path) -> None:
    async with serving(tmp_path, TOOLS) as worker:
        tools = {tool["name"]: tool for tool in worker.tools}
        assert tools["add"]["description"] == "Add two numbers."
        assert tools["add"]["parameters"] == [
            {"name": "a", "type": "integer", "required": True},
            {"name": "b", "type": "integer", "required": False, "default": 2},
        ]
        assert tools["count"]["streaming"]
        assert tools["count_async"]["streaming"]
        assert not tools["nap"]["streaming"]
        assert tools["on_main"]["main_thread"]
        assert tools["echo"]["takes_any"]


async def test_a_boolean_stays_one(tmp_path: Path) -> None:
    """A13.20."""
    async with serving(tmp_path, TOOLS) as worker:
        assert await worker.execute("flag", {"value": True}) == [True, "bool"]
        with pytest.raises(InvalidParameters, match="is of type boolean, not int"):
            await worker.execute("flag", {"value": 1})
        with pytest.raises(InvalidParameters, match="is of type integer, not bool"):
            await worker.execute("add", {"a": True})


async def test_wrong_calls_say_what_is_wrong(tmp_path: Path) -> None:
    async with serving(tmp_path, TOOLS) as worker:
        with pytest.raises(ToolNotFound, match="there are: add, busy"):
            await worker.execute("nothing")
        with pytest.raises(InvalidParameters, match="needs the parameter `a`"):
            await worker.execute("add")
        with pytest.raises(InvalidParameters, match="has no parameter `c`; it has `a`, `b`"):
            await worker.execute("add", {"a": 1, "c": 1})
        with pytest.raises(ToolNotStreaming, match="ask for it as a stream"):
            await worker.execute("count", {"n": 1})
        with pytest.raises(ToolNotStreaming, match="does not stream"):
            async for _item in worker.execute_stream("add", {"a": 1}):
                pass


async def test_a_tool_that_raises(tmp_path: Path) -> None:
    async with serving(tmp_path, TOOLS) as worker:
        with pytest.raises(ToolFailed) as caught:
            await worker.execute("fail")
        assert (caught.value.type, caught.value.text) == ("KeyError", "'missing'")
        (frame,) = caught.value.frames
        assert frame["path"].endswith("tools.py")
        assert frame["function"] == "fail"


@pytest.mark.parametrize(
    ("how", "words"),
    [("os", "exit code 4"), ("kill", "signal 9"), ("segfault", "signal 11")],
)
async def test_a_tool_that_ends_the_process(tmp_path: Path, how: str, words: str) -> None:
    async with serving(tmp_path, TOOLS) as worker:
        waiting = asyncio.ensure_future(worker.execute("add", {"a": 1}))
        await asyncio.sleep(0)  # it is sent before the next
        with pytest.raises(WorkerGone, match=words):
            await worker.execute("leave", {"how": how})
        assert await waiting == 3
        assert not worker.alive


async def test_sys_exit_in_a_tool_does_not_end_the_worker(tmp_path: Path) -> None:
    async with serving(tmp_path, TOOLS) as worker:
        with pytest.raises(ToolFailed, match=r"SystemExit: the tool called sys.exit\(3\)"):
            await worker.execute("leave", {"how": "exit"})
        assert await worker.execute("add", {"a": 1}) == 3


async def test_an_interrupt_ends_the_call_and_not_the_worker(tmp_path: Path) -> None:
    left = tmp_path / "left"
    async with serving(tmp_path, TOOLS) as worker:
        task = asyncio.ensure_future(worker.execute("slow", {"leave": str(left)}))
        await running(worker, "slow")
        worker.interrupt()
        with pytest.raises(CallInterrupted):
            await asyncio.wait_for(task, 20)
        assert left.exists()
        assert await worker.execute("add", {"a": 1}) == 3


async def test_sigint_from_outside_is_an_interrupt(tmp_path: Path) -> None:
    async with serving(tmp_path, TOOLS) as worker:
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGINT)  # nothing runs: nothing happens
        task = asyncio.ensure_future(worker.execute("slow"))
        await running(worker, "slow")
        os.kill(worker.pid, signal.SIGINT)
        with pytest.raises(CallInterrupted):
            await asyncio.wait_for(task, 20)


async def test_an_async_tool_is_interrupted_where_it_awaits(tmp_path: Path) -> None:
    async with serving(tmp_path, TOOLS) as worker:
        assert await worker.execute("nap", {"seconds": 0.0}) == "rested"
        task = asyncio.ensure_future(worker.execute("nap", {"seconds": 60.0}))
        await running(worker, "nap")
        worker.interrupt()
        with pytest.raises(CallInterrupted):
            await asyncio.wait_for(task, 20)
        assert await worker.execute("nap", {"seconds": 0.0}) == "rested"


async def test_a_timeout_frees_the_worker(tmp_path: Path) -> None:
    """A13.17: a command's timeout is a structured error, and the worker goes on."""
    left = tmp_path / "left"
    async with serving(tmp_path, TOOLS) as worker:
        with pytest.raises(CallTimedOut):
            await worker.execute("slow", {"leave": str(left)}, timeout=0.3)
        assert await worker.execute("add", {"a": 1}) == 3
        assert left.exists()


async def test_calls_queue_in_order_and_a_queued_one_can_be_interrupted(tmp_path: Path) -> None:
    async with serving(tmp_path, TOOLS) as worker:
        first = asyncio.ensure_future(worker.execute("slow", {"seconds": 0.5}))
        second = asyncio.ensure_future(worker.execute("slow", {"seconds": 60.0}))
        third = asyncio.ensure_future(worker.execute("add", {"a": 1}))
        await running(worker, "slow")
        worker.interrupt(worker.calls[1].id)
        with pytest.raises(CallInterrupted, match="before it began"):
            await asyncio.wait_for(second, 20)
        assert not first.done()
        assert await first == "slept"
        assert await third == 3


async def test_a_call_that_waited_too_long_never_begins(tmp_path: Path) -> None:
    left = tmp_path / "left"
    async with serving(tmp_path, TOOLS) as worker:
        first = asyncio.ensure_future(worker.execute("slow", {"seconds": 0.6}))
        late = {"seconds": 0.0, "leave": str(left)}
        await asyncio.sleep(0)  # it is sent before the next
        with pytest.raises(CallTimedOut):
            await worker.execute("slow", late, timeout=0.2)
        assert await first == "slept"
        await worker.execute("add", {"a": 1})
        assert not left.exists()


async def test_control_requests_are_answered_while_a_call_runs(tmp_path: Path) -> None:
    async with serving(tmp_path, TOOLS) as worker:
        task = asyncio.ensure_future(worker.execute("busy", {"seconds": 1.5}))
        await running(worker, "busy")
        assert await worker.ping() < 1
        health = await worker.get_health()
        assert health["running"][0]["tool"] == "busy"
        assert not task.done()
        await task


async def test_threads_overlap(tmp_path: Path) -> None:
    """A13.29: four calls of a second each take less than two seconds."""
    async with serving(tmp_path, TOOLS, threads=4) as worker:
        assert worker.threads == 4
        began = time.monotonic()
        calls = (worker.execute("wait", {"seconds": 1.0}) for _ in range(4))
        await asyncio.gather(*calls)
        assert time.monotonic() - began < 3.5


async def test_which_thread_a_tool_runs_on(tmp_path: Path) -> None:
    """A13.20: off the main thread where there are threads, unless it asks for the main one."""
    async with serving(tmp_path, TOOLS, threads=2) as worker:
        assert (await worker.execute("here"))[0] is False
        assert (await worker.execute("here", main_thread=True))[0] is True
        assert await worker.execute("on_main") is True
    async with serving(tmp_path, TOOLS) as worker:
        assert (await worker.execute("here"))[0] is True


async def test_a_call_on_a_thread_is_interrupted(tmp_path: Path) -> None:
    async with serving(tmp_path, TOOLS, threads=2) as worker:
        task = asyncio.ensure_future(worker.execute("busy", {"seconds": 60.0}))
        await running(worker, "busy")
        worker.interrupt()
        with pytest.raises(CallInterrupted):
            await asyncio.wait_for(task, 20)
        assert await worker.execute("add", {"a": 1}) == 3


@pytest.mark.parametrize("tool", ["count", "count_async"])
async def test_a_stream_without_loss(tmp_path: Path, tool: str) -> None:
    """A13.19: more items than may wait, all of them in order, also of an async generator."""
    left = tmp_path / "left"
    settings = WorkerSettings(isolation="none", stream_window=4)
    async with serving(tmp_path, TOOLS, settings=settings) as worker:
        items = [
            item async for item in worker.execute_stream(tool, {"n": 5000, "leave": str(left)})
        ]
        assert items == list(range(5000))
        assert left.exists()


@pytest.mark.parametrize("tool", ["count", "count_async"])
async def test_a_reader_that_leaves_stops_the_producer(tmp_path: Path, tool: str) -> None:
    """A13.18 and 19: the generator is closed, and the worker is free."""
    left = tmp_path / "left"
    async with serving(tmp_path, TOOLS) as worker:
        parameters = {"n": 10**9, "leave": str(left)}
        async with aclosing(worker.execute_stream(tool, parameters)) as reading:
            assert [await anext(reading) for _ in range(3)] == [0, 1, 2]
        assert await worker.execute("add", {"a": 1}, timeout=30) == 3
        assert left.exists()


async def test_a_reader_that_stops_reading_stops_the_producer(tmp_path: Path) -> None:
    settings = WorkerSettings(isolation="none", stream_window=4)
    async with serving(tmp_path, TOOLS, settings=settings) as worker:
        async with aclosing(worker.execute_stream("count", {"n": 10**9})) as reading:
            await anext(reading)
            await asyncio.sleep(0.5)
            before = (await worker.get_health())["memory"]
            await asyncio.sleep(0.5)
            assert (await worker.get_health())["memory"] - before < 1 << 20
        assert await worker.execute("add", {"a": 1}, timeout=30) == 3


async def test_items_of_a_slow_producer_come_one_by_one(tmp_path: Path) -> None:
    async with serving(tmp_path, TOOLS) as worker:
        reading = worker.execute_stream("count", {"n": 3, "pause": 0.4})
        seen = [(item, time.monotonic()) async for item in reading]
        assert [item for item, _at in seen] == [0, 1, 2]
        assert seen[2][1] - seen[0][1] > 0.6


async def test_results_that_have_no_form(tmp_path: Path) -> None:
    """A13.26: refused, or marked where the caller wants that."""
    async with serving(tmp_path, TOOLS) as worker:
        with pytest.raises(ResultUnserializable, match="type `object`"):
            await worker.execute("odd", {"what": "object"})
        assert await worker.execute("add", {"a": 1}) == 3
    settings = WorkerSettings(isolation="none", unserializable="type")
    async with serving(tmp_path, TOOLS, settings=settings) as worker:
        assert await worker.execute("odd", {"what": "set"}) == Lost("set")


async def test_large_values_both_ways(tmp_path: Path) -> None:
    async with serving(tmp_path, TOOLS) as worker:
        sent = {"bytes": bytes(8 << 20), "text": "ä" * 2_000_000, "list": list(range(300_000))}
        assert await worker.execute("echo", sent) == sent


async def test_what_a_tool_says_and_prints(tmp_path: Path) -> None:
    source = (
        "import playhead, sys\n@playhead.tool\ndef work():\n"
        "    playhead.progress(0.5, 'half')\n    playhead.log('done', severity='warning', n=1)\n"
        "    print('out')\n    print('err', file=sys.stderr)\n"
    )
    entries: list[NewEntry] = []
    told: list[Progress] = []
    printed: list[tuple[Stream, bytes]] = []
    async with serving(
        tmp_path,
        source,
        on_log=entries.append,
        on_progress=told.append,
        on_output=lambda stream, data: printed.append((stream, data)),
    ) as worker:
        await worker.execute("work")
    assert [(entry.message, entry.severity) for entry in entries] == [
        ("done n=1", Severity.WARNING)
    ]
    assert [(one.fraction, one.text) for one in told] == [(0.5, "half")]
    assert told[0].call is not None
    assert sorted(printed) == [(Stream.STDERR, b"err\n"), (Stream.STDOUT, b"out\n")]


async def test_host_tools(tmp_path: Path) -> None:
    """A13.23: called by name; unknown ones list what there is; failures have their kind."""
    source = (
        "import playhead\n@playhead.tool\ndef use(name: str, x: int = 1):\n"
        "    try:\n        return playhead.call(name, x=x)\n"
        "    except playhead.CallFailed as error:\n        return [error.kind, str(error)]\n"
        "@playhead.tool\ndef question():\n    return playhead.ask('?', default='nobody')\n"
    )

    def double(x: int) -> int:
        return 2 * x

    async def later(x: int) -> bytes:
        await asyncio.sleep(0.01)
        return bytes([x])

    def broken(x: int) -> None:
        message = f"no {x}"
        raise OSError(message)

    tools = HostTools({"double": double, "later": later, "broken": broken})
    async with serving(tmp_path, source, host_tools=tools) as worker:
        assert await worker.execute("use", {"name": "double", "x": 21}) == 42
        assert await worker.execute("use", {"name": "later", "x": 7}) == b"\7"
        assert await worker.execute("use", {"name": "broken"}) == ["tool-failed", "OSError: no 1"]
        kind, text = await worker.execute("use", {"name": "none"})
        assert kind == "tool-not-found"
        assert text == "the host has no tool `none`; it has: broken, double, later"
        with pytest.raises(ToolFailed, match=r"the host has no tool `playhead\.ask`"):
            await worker.execute("question")
        tools.register("playhead.ask", lambda prompt: f"answer to {prompt}")
        assert await worker.execute("question") == "answer to ?"


async def test_a_forked_child_does_not_serve(tmp_path: Path) -> None:
    source = (
        "import os, playhead\n@playhead.tool\ndef fork():\n"
        "    pid = os.fork()\n    if pid == 0:\n        return 'child'\n"
        "    os.waitpid(pid, 0)\n    return 'parent'\n"
    )
    async with serving(tmp_path, source) as worker:
        assert await worker.execute("fork") == "parent"
        assert await worker.execute("echo", {"a": 1}) == {"a": 1}


async def test_stop_interrupts_what_runs_and_answers_everyone(tmp_path: Path) -> None:
    left = tmp_path / "left"
    async with serving(tmp_path, TOOLS) as worker:
        running_call = asyncio.ensure_future(worker.execute("slow", {"leave": str(left)}))
        waiting = asyncio.ensure_future(worker.execute("add", {"a": 1}))
        await running(worker, "slow")
        ending = await worker.stop(20)
        assert ending.exit is not None
        assert ending.exit.code == 0
        assert left.exists()
        for call in (running_call, waiting):
            with pytest.raises((WorkerGone, CallInterrupted, CallCancelled, CallFailed)):
                await call


async def running(worker: "Worker", tool: str) -> None:
    """Wait until the worker says that it runs `tool`."""
    while not any(one["tool"] == tool for one in (await worker.get_health())["running"]):
        await asyncio.sleep(0.01)
