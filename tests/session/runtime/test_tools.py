"""Tools of a preparation: their output, their codes, and their end."""

import asyncio
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from session.log.entry import NewEntry, Stream
from session.ports import Spawn, Stopped, ToolSpawner
from session.run_id import new_run_id
from session.runtime.platforms.linux import LinuxPlatform
from session.runtime.platforms.posix import PosixPlatform
from session.runtime.platforms.seam import Platform
from session.runtime.process_runtime import ProcessRuntime
from session.settings import SessionSettings
from tests.support.process_watch import members, open_fds

SETTINGS = SessionSettings(isolation="none", drain_s=0.5)
ENV = {"PATH": "/usr/bin:/bin"}
both = pytest.mark.parametrize(
    "platform", [LinuxPlatform(), PosixPlatform()], ids=lambda one: one.profile
)


class Tool:
    """Runs one tool in a thread, as a preparation does."""

    def __init__(self, spawn: Spawn, tmp_path: Path) -> None:
        self._spawn = spawn
        self._cwd = tmp_path
        self.chunks: list[tuple[Stream, bytes]] = []
        self.threads: set[int] = set()
        self.heard = threading.Event()

    def take(self, stream: Stream, data: bytes) -> None:
        self.chunks.append((stream, data))
        self.threads.add(threading.get_ident())
        self.heard.set()

    def run(self, *argv: str, stdin: bytes = b"") -> "asyncio.Future[int]":
        def call() -> int:
            return self._spawn(argv, cwd=self._cwd, env=ENV, stdin=stdin, on_output=self.take)

        return asyncio.get_running_loop().run_in_executor(None, call)

    def text(self, stream: Stream) -> str:
        return b"".join(data for one, data in self.chunks if one is stream).decode()


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., tuple[Tool, ToolSpawner, str]]:
    entries: list[NewEntry] = []

    def make(platform: Platform | None = None) -> tuple[Tool, ToolSpawner, str]:
        run_id = new_run_id()
        spawner = ProcessRuntime(SETTINGS, platform=platform).tool_spawner(run_id, entries.append)
        return Tool(spawner.spawn, tmp_path), spawner, run_id

    return make


Make = Callable[..., tuple[Tool, ToolSpawner, str]]


@both
async def test_output_code_and_input(make: Make, platform: Platform, tmp_path: Path) -> None:
    tool, _spawner, run_id = make(platform)
    script = 'read x; echo "out $x $PLAYHEAD_RUN_ID"; echo err >&2; pwd; exit 7'
    code = await tool.run("/bin/sh", "-c", script, stdin=b"hello\n")
    assert code == 7
    assert tool.text(Stream.STDOUT) == f"out hello {run_id}\n{tmp_path}\n"
    assert tool.text(Stream.STDERR) == "err\n"
    assert threading.get_ident() not in tool.threads
    assert members(run_id) == []


async def test_a_bare_name_is_looked_up(make: Make) -> None:
    tool, _spawner, _run_id = make()
    assert await tool.run("sh", "-c", "exit 3") == 3
    assert await tool.run("no-such-tool-at-all") == 127


async def test_a_signal_is_a_negative_code(make: Make) -> None:
    tool, _spawner, _run_id = make()
    assert await tool.run("/bin/sh", "-c", "kill -TERM $$") == -15


async def test_a_tool_that_is_not_there(make: Make) -> None:
    tool, _spawner, _run_id = make()
    assert await tool.run("/no/such/tool") == 127
    assert "No such file" in tool.text(Stream.STDERR)


async def test_a_lot_of_output(make: Make) -> None:
    tool, _spawner, _run_id = make()
    code = await tool.run(sys.executable, "-c", "print('x' * 20_000_000)")
    assert code == 0
    assert len(tool.text(Stream.STDOUT)) == 20_000_001


@both
async def test_what_a_tool_leaves_running_is_ended(make: Make, platform: Platform) -> None:
    tool, _spawner, run_id = make(platform)
    script = "sleep 60 & setsid sleep 60 & exit 0"
    assert await tool.run("/bin/sh", "-c", script) == 0
    assert members(run_id) == []


@both
async def test_stop_ends_every_tool(make: Make, platform: Platform) -> None:
    tool, spawner, run_id = make(platform)
    script = "trap '' TERM INT; setsid sleep 60 & echo up; sleep 60; sleep 60"
    first = tool.run("/bin/sh", "-c", script)
    second = tool.run("/bin/sh", "-c", script)
    await asyncio.to_thread(tool.heard.wait, 20)
    await spawner.stop()
    assert members(run_id) == []
    for running in (first, second):
        with pytest.raises(Stopped):
            await running
    with pytest.raises(Stopped):
        await tool.run("/bin/true")
    await spawner.stop()


async def test_tools_leak_nothing(make: Make) -> None:
    tool, _spawner, _run_id = make()
    await tool.run("/bin/true")
    fds = open_fds()
    for _ in range(5):
        await tool.run("/bin/true")
    assert open_fds() == fds


async def test_a_failing_listener_does_not_lose_the_tool(make: Make, tmp_path: Path) -> None:
    _tool, spawner, run_id = make()

    def fail(_stream: Stream, _data: bytes) -> None:
        message = "the listener failed"
        raise ValueError(message)

    def call() -> int:
        command = ["/bin/sh", "-c", "echo x; sleep 60"]
        return spawner.spawn(command, cwd=tmp_path, env=ENV, on_output=fail)

    with pytest.raises(ValueError, match="listener"):
        await asyncio.to_thread(call)
    async with asyncio.timeout(10):
        while members(run_id):
            await asyncio.sleep(0.01)
    await spawner.stop()
