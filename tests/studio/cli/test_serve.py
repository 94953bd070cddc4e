"""`playhead serve`, as a user has it: where it listens, who comes in, and what is left: nothing."""

import asyncio
import os
import signal
import socket
import stat
from pathlib import Path
from typing import Any

import pytest

from session.workers.worker_errors import WorkerError, WorkerGone
from tests.support.playhead import processes_of, run_command
from tests.support.process_watch import survivors
from tests.support.served_worker import Served, connected, serve
from tests.support.serving import script

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

TOOLS = """
import os, time
import playhead

@playhead.tool
def sleep(seconds: float):
    time.sleep(seconds)

@playhead.tool
def speak(text: str):
    print(text, flush=True)

@playhead.tool
def die():
    os._exit(9)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    return script(tmp_path, TOOLS)


def there(path: Path) -> bool:
    """Whether there is such a file."""
    return path.exists()


def mode(path: Path) -> int:
    """Who may do what with a file."""
    return stat.S_IMODE(path.lstat().st_mode)


async def echoed(served: Served) -> object:
    """Call it once."""
    async with connected(served) as worker:
        return await worker.execute("echo", {"text": "hello"})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_serves_until_it_is_asked_to_end(
    home: Path, tools: Path, number: signal.Signals
) -> None:
    with serve(home, tools) as served:
        assert served.said["tools"] == ["die", "echo", "sleep", "speak"]
        assert served.address.startswith("127.0.0.1:")
        token_file = Path(served.said["token_file"])
        assert mode(token_file) == 0o600
        assert token_file.is_relative_to(home / "state")
        assert await echoed(served) == {"text": "hello"}
        worker = processes_of(served.said["worker"])
        assert worker
        code = await asyncio.to_thread(served.end, number)
    assert code == 0, served.errors
    assert not there(token_file)
    assert survivors(worker) == []
    assert b"Traceback" not in b"".join(served.errors)


async def test_calls_under_way_are_answered_at_its_end(home: Path, tools: Path) -> None:
    with serve(home, tools) as served:
        async with connected(served) as worker:
            call = asyncio.create_task(worker.execute("sleep", {"seconds": 100}))
            while not (await worker.get_health())["busy"]:
                await asyncio.sleep(0.05)
            assert await asyncio.to_thread(served.end) == 0
            with pytest.raises(WorkerError):
                await call
            with pytest.raises(WorkerGone):
                await worker.execute("echo")


async def test_what_tools_print_goes_to_standard_error(home: Path, tools: Path) -> None:
    with serve(home, tools) as served:
        async with connected(served) as worker:
            await worker.execute("speak", {"text": "heard"})
        await asyncio.to_thread(served.end)
    assert b"heard\n" in b"".join(served.errors)


async def test_a_socket_is_for_its_owner_alone(home: Path, tools: Path, tmp_path: Path) -> None:
    path = tmp_path / "our.sock"
    with serve(home, tools, "--unix", str(path)) as served:
        assert served.said["token_file"] is None
        assert mode(path) == 0o600
        assert await echoed(served) == {"text": "hello"}
        second = await asyncio.to_thread(
            run_command, home, "serve", "--grpc", "--tools", str(tools), "--unix", str(path)
        )
        assert second.returncode != 0
        assert "[grpc-address-taken]" in second.stderr
        assert await echoed(served) == {"text": "hello"}
        assert await asyncio.to_thread(served.end) == 0
    assert not there(path)


async def test_a_socket_that_a_killed_server_left_is_taken_over(
    home: Path, tools: Path, tmp_path: Path
) -> None:
    path = tmp_path / "our.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    with serve(home, tools, "--unix", str(path)) as served:
        assert await echoed(served) == {"text": "hello"}


def refusal(home: Path, tools: Path, *args: str, path: str | None = None) -> str:
    """Return what a `playhead serve` says that cannot be."""
    command = ["serve", "--grpc", "--tools", str(tools), *args]
    env: Any = {} if path is None else {"PYTHONPATH": path}
    done = run_command(home, *command, **env)
    assert done.returncode not in (0, 2), done.stderr
    assert done.stdout == ""
    assert "internal-error" not in done.stderr
    return done.stderr


def test_what_cannot_be_served_is_said(home: Path, tools: Path, tmp_path: Path) -> None:
    file = tmp_path / "plain.txt"
    file.write_text("mine")
    assert "[grpc-address]" in refusal(home, tools, "--unix", str(file))
    assert file.read_text() == "mine"
    assert "[grpc-address]" in refusal(home, tools, "--unix", str(tmp_path / ("x" * 120)))
    assert "--allow-remote" in refusal(home, tools, "--host", "0.0.0.0")
    assert "[grpc-address]" in refusal(home, tools, "--port", "70000")
    assert "[grpc-token]" in refusal(home, tools, "--token-file", str(tmp_path / "none"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = refusal(home, tools, "--port", str(taken.getsockname()[1]))
    assert "[grpc-address-taken]" in said
    assert list((home / "state").rglob("*.token")) == []


def test_a_script_that_cannot_be_loaded_is_said(home: Path, tmp_path: Path) -> None:
    broken = script(tmp_path, "import playhead\n1 / 0\n", "broken.py")
    said = refusal(home, broken)
    assert "[script-failed]" in said
    assert "ZeroDivisionError" in said
    assert "broken.py:2" in said


def test_without_the_extra_it_says_what_to_install(home: Path, tools: Path, tmp_path: Path) -> None:
    folder = tmp_path / "without"
    folder.mkdir()
    (folder / "grpc.py").write_text("raise ImportError(name='grpc')\n")
    path = f"{folder}{os.pathsep}{Path(__file__).parents[3]}"
    said = refusal(home, tools, path=path)
    assert "[grpc-missing]" in said
    assert "playhead[grpc]" in said


def test_a_wrong_command_line_is_2(home: Path, tools: Path) -> None:
    assert run_command(home, "serve", "--tools", str(tools)).returncode == 2
    assert run_command(home, "serve", "--grpc").returncode == 2
    grants = run_command(home, "serve", "--grpc", "--tools", str(tools), "--grant", "everything")
    assert grants.returncode == 2
    assert "everything" in grants.stderr


async def test_when_the_worker_ends_so_does_it(home: Path, tools: Path) -> None:
    with serve(home, tools) as served:
        token_file = Path(served.said["token_file"])
        async with connected(served) as worker:
            with pytest.raises(WorkerGone, match="exit code 9"):
                await worker.execute("die")
        assert await asyncio.to_thread(served.process.wait, 60) == 1
    assert b"exit code 9" in b"".join(served.errors)
    assert not there(token_file)


async def test_when_it_is_killed_the_worker_ends_too(home: Path, tools: Path) -> None:
    with serve(home, tools) as served:
        worker = processes_of(served.said["worker"])
        token_file = Path(served.said["token_file"])
        served.process.kill()
        await asyncio.to_thread(served.process.wait, 60)
        for _ in range(400):
            if survivors(worker) == []:
                break
            await asyncio.sleep(0.05)
        assert survivors(worker) == []
        assert there(token_file)
    with serve(home, tools):
        assert not there(token_file)  # of one that was killed: the next start removes it


async def test_a_token_of_ones_own_is_used(home: Path, tools: Path, tmp_path: Path) -> None:
    token_file = tmp_path / "token"
    token_file.write_text("open-sesame\n")
    with serve(home, tools, "--token-file", str(token_file)) as served:
        assert served.token == "open-sesame"
        assert await echoed(served) == {"text": "hello"}
    assert there(token_file)


async def test_the_settings_say_where(home: Path, tools: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = home / "config" / "settings.json"
    settings.parent.mkdir(parents=True)
    listener = f'{{"mode": "external", "host": "127.0.0.1", "port": {port}}}'
    settings.write_text(f'{{"worker": {{"grpc_listener": {listener}}}}}')
    with serve(home, tools) as served:
        assert served.address == f"127.0.0.1:{port}"
        assert await echoed(served) == {"text": "hello"}
