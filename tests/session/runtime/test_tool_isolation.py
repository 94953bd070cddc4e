"""Tools of a preparation reach what their call names, and nothing beside."""

import asyncio
import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from session.errors import ConnectFailed
from session.log.entry import NewEntry, Severity, Stream
from session.ports import NO_TOOL_RIGHTS, ToolRights
from session.run_id import new_run_id
from session.runtime.installation import installation_of
from session.runtime.isolation import existing
from session.runtime.platforms.linux import LinuxPlatform
from session.runtime.process_runtime import ProcessRuntime
from session.settings import SessionSettings
from session.worker.isolation import landlock
from tests.support.hostile_world import listening
from tests.support.playing import Recorder, make_launch

pytestmark = pytest.mark.skipif(not landlock.abi(), reason="this kernel has no Landlock")

HOSTILE = """\
import json, os, socket, subprocess, sys, tempfile
secret, project, port = sys.argv[1:4]
def attempt(act):
    try:
        return act() or "done"
    except OSError as error:
        return type(error).__name__
def connect():
    socket.create_connection(("127.0.0.1", int(port)), 5).close()
def write(path):
    with open(path, "w") as file:
        file.write("x")
def link():
    with open("first", "w") as file:
        file.write("x")
    os.link("first", sys.argv[4] + "/second")
print(json.dumps({
    "read": attempt(lambda: open(secret).read()),
    "read by a child": subprocess.run(["cat", secret], capture_output=True, text=True).stdout,
    "write": attempt(lambda: write(project + "/planted.py")),
    "write home": attempt(lambda: write(os.path.dirname(secret) + "/planted")),
    "connect": attempt(connect),
    "scratch": attempt(lambda: tempfile.TemporaryFile().close()),
    "link": attempt(link) if len(sys.argv) > 4 else None,
}))
"""


class World(NamedTuple):
    """What a hostile tool attacks."""

    folder: Path
    secret: Path
    project: Path
    tool: Path
    port: int


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    folders = [tmp_path / name for name in ("home", "project", "tools")]
    for folder in folders:
        folder.mkdir()
    secret, tool = folders[0] / "secret.txt", folders[2] / "hostile.py"
    secret.write_text("not for tools")
    tool.write_text(HOSTILE)
    with listening(2, ("127.0.0.1", 0)) as server:
        yield World(tmp_path, secret, folders[1], tool, server.getsockname()[1])


class Ran(NamedTuple):
    """A tool's end: its code, what it printed as JSON, and what the log was told."""

    code: int
    said: Mapping[str, str]
    stderr: str
    told: list[NewEntry]


async def run(
    world: World,
    rights: ToolRights = NO_TOOL_RIGHTS,
    profile: str = "strict",
    *more: Path,
    platform: LinuxPlatform | None = None,
    times: int = 1,
) -> Ran:
    told: list[NewEntry] = []
    output: dict[Stream, bytes] = {Stream.STDOUT: b"", Stream.STDERR: b""}
    runtime = ProcessRuntime(SessionSettings(isolation=profile), platform=platform)
    tools = runtime.tool_spawner(new_run_id(), told.append)
    rights = rights._replace(read=(*rights.read, world.tool))
    where = rights.write[0] if rights.write else world.tool.parent
    names = (world.tool, world.secret, world.project, world.port, *more)

    def take(stream: Stream, data: bytes) -> None:
        output[stream] += data

    def call() -> int:
        argv = [sys.executable, "-I", "-S", *map(str, names)]
        env = {"PATH": "/usr/bin:/bin", "HOME": str(world.secret.parent)}
        output[Stream.STDOUT] = b""
        return tools.spawn(argv, cwd=where, env=env, rights=rights, on_output=take)

    codes = [await asyncio.to_thread(call) for _ in range(times)]
    await tools.stop()
    said = output[Stream.STDOUT]
    return Ran(codes[-1], json.loads(said or b"{}"), output[Stream.STDERR].decode(), told)


async def test_a_hostile_tool_reads_writes_and_reaches_nothing(world: World) -> None:
    free = await run(world, profile="none")
    assert free.said["read"] == free.said["read by a child"] == "not for tools"
    assert {free.said[name] for name in ("write", "write home", "connect")} == {"done"}
    (world.project / "planted.py").unlink()
    (world.secret.parent / "planted").unlink()

    ran = await run(world)
    assert ran.code == 0, ran.stderr
    refused = {ran.said[name] for name in ("read", "write", "write home")}
    assert refused <= {"PermissionError", "FileNotFoundError"}
    assert ran.said["read by a child"] == ""
    assert ran.said["connect"] in ("PermissionError", "OSError", "ConnectionRefusedError")
    assert ran.said["scratch"] == "done"
    assert list(world.project.iterdir()) == []
    assert [path.name for path in world.secret.parent.iterdir()] == ["secret.txt"]


async def test_what_a_call_names_is_reached(world: World) -> None:
    rights = ToolRights((world.secret,), (world.project,), net=True)
    said = (await run(world, rights)).said
    assert said["read"] == said["read by a child"] == "not for tools"
    assert (said["write"], said["connect"]) == ("done", "done")
    assert said["write home"] == "PermissionError"


async def test_what_is_written_can_be_linked_from_folder_to_folder(world: World) -> None:
    cache, target = world.folder / "cache", world.folder / "environment"
    for folder in (cache, target):
        folder.mkdir()
    ran = await run(world, ToolRights((), (cache, target)), "strict", target)
    assert ran.said["link"] == "done"
    assert os.lstat(cache / "first").st_nlink == 2


async def test_an_interpreter_that_is_done_at_once_is_told_with_its_code(tmp_path: Path) -> None:
    """In the strict profile its first process has reaped it before anybody looked."""
    runtime = ProcessRuntime(SessionSettings())
    for _ in range(10):
        execution = await runtime.start(make_launch(tmp_path, {}, python="/bin/false"), Recorder())
        with pytest.raises(ConnectFailed):
            await asyncio.wait_for(execution.connect(), 30)
        assert execution.ended is not None
        assert execution.ended.code == 1


async def test_how_tools_are_isolated_is_told_once(world: World) -> None:
    told = (await run(world, times=2)).told
    assert [(entry.severity, entry.code) for entry in told] == [(Severity.DEBUG, "isolation")]
    assert told[0].message.startswith("Isolation of tools: ")


class Bare(LinuxPlatform):
    """A system on which nothing isolates."""

    isolates = False


async def test_where_nothing_isolates_tools_run_all_the_same(world: World) -> None:
    ran = await run(world, platform=Bare())
    assert (ran.code, ran.said["read"]) == (0, "not for tools")


async def test_a_tool_leaves_no_scratch_folder(
    world: World, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tempfile

    place = tmp_path_factory.mktemp("scratch")
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    await run(world)
    assert list(place.iterdir()) == []


def test_an_interpreter_beside_much_else_opens_none_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    for folder in (home / "bin", home / "lib" / "python3.11", tmp_path / "env" / "bin"):
        folder.mkdir(parents=True)
    (home / "bin" / "python").touch()
    (tmp_path / "env" / "bin" / "python").touch()
    (tmp_path / "env" / "pyvenv.cfg").write_text("home = /bin\n")
    monkeypatch.setenv("HOME", str(home))
    found = existing(installation_of(home / "bin" / "python"))
    assert found == [str(home / "bin"), str(home / "lib" / "python3.11")]
    found = existing(installation_of(tmp_path / "env" / "bin" / "python"))
    assert str(tmp_path / "env") in found
    assert "/" not in found
    assert "/bin" in found
