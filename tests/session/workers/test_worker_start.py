"""Starts that fail: a clear reason, no hang, and nothing left (A13.1-6)."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from session.errors import ConnectFailed
from session.ports import ProcessIdentity
from session.runtime.host_tools import HostTools
from session.worker.process_table import stat_of
from session.workers.adapter import Adapter, ProgramAdapter, PythonAdapter
from session.workers.control_channel import NoAnswer
from session.workers.registry import ProcessRegistry
from session.workers.start import start_worker
from session.workers.worker import Worker
from session.workers.worker_errors import CallInterrupted, WorkerGone, WorkerStartFailed
from session.workers.worker_settings import WorkerSettings
from tests.support.process_watch import alive, members, open_fds, survivors, zombie_children
from tests.support.pythons import find
from tests.support.serving import PLAIN, script, serving

pytestmark = pytest.mark.timeout(120)

#: Speaks the frames without anything of ours, to lie, to die or to be silent.
PEER = """
import json, os, sys, time
control, events = int(sys.argv[1]), int(sys.argv[2])
def say(**header):
    text = json.dumps(header).encode()
    os.write(control, len(text).to_bytes(4, "big") + bytes(4) + text)
def hear():
    head = b""
    while len(head) < 8: head += os.read(control, 8 - len(head))
    size, body = int.from_bytes(head[:4], "big") + int.from_bytes(head[4:], "big"), b""
    while len(body) < size: body += os.read(control, size - len(body))
    return json.loads(body[:int.from_bytes(head[:4], "big")])
def hello(**more):
    say(**{"type": "hello", "protocol": 1, "pid": os.getpid(), "python": "3.0", **more})
"""


class NotingRegistry:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def reserve(self, worker_id: str) -> None:
        self.told.append("reserved")

    def activate(self, worker_id: str, identities: tuple[ProcessIdentity, ...]) -> None:
        self.told.append(f"active with {len(identities)} processes")

    def release(self, worker_id: str) -> None:
        self.told.append("released")


def peer(tmp_path: Path, source: str) -> ProgramAdapter:
    """A worker of another make, which does what `source` says."""
    path = script(tmp_path, PEER + source, "peer.py")
    return ProgramAdapter(sys.executable, path, ("{control}", "{events}"))


async def fail(adapter: Adapter, settings: WorkerSettings = PLAIN) -> WorkerStartFailed:
    """Start what cannot be started; nothing of it may be left."""
    registry = NotingRegistry()
    before = open_fds()
    with pytest.raises(WorkerStartFailed) as caught:
        await asyncio.wait_for(start_worker(adapter, settings=settings, registry=registry), 30)
    assert registry.told == ["reserved", "released"]
    assert open_fds() == before
    return caught.value


async def test_readiness_is_a_frame(tmp_path: Path) -> None:
    """A13.1: what a tool prints while it is loaded confuses nobody, and the numbers agree."""
    registry = NotingRegistry()
    async with serving(tmp_path, "print('GRPC_READY:1')\nprint('{}')", registry=registry) as worker:  # type: ignore[arg-type]  # any registry does
        assert worker.hello["pid"] == worker.pid
        assert worker.hello["protocol"] == 1
    assert registry.told == ["reserved", "active with 2 processes", "released"]


async def test_a_missing_interpreter(tmp_path: Path) -> None:
    """A13.4."""
    error = await fail(PythonAdapter(script=script(tmp_path, ""), python="/no/such/python"))
    assert error.code == "interpreter-missing"


async def test_a_broken_environment(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'no module encodings' >&2\nexit 7\n")
    python.chmod(0o755)
    error = await fail(PythonAdapter(script=script(tmp_path, ""), python=python))
    assert error.code == "interpreter-broken"
    assert "exit code 7" in error.message
    assert error.last_words == "no module encodings\n"


async def test_only_the_end_of_the_last_words_is_kept(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nseq 1 5000 >&2\nexit 7\n")
    python.chmod(0o755)
    error = await fail(PythonAdapter(script=script(tmp_path, ""), python=python))
    assert len(error.last_words) == 4096
    assert error.last_words.endswith("5000\n")


async def test_a_script_that_raises(tmp_path: Path) -> None:
    error = await fail(PythonAdapter(script=script(tmp_path, "x = 1\nimport no_such_module\n")))
    assert error.code == "script-failed"
    assert "ModuleNotFoundError: No module named 'no_such_module'" in error.message
    assert "tools.py:2" in error.message
    assert "Traceback" in error.last_words


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("import sys\nsys.exit(3)", "SystemExit"),
        ("def f(:", "SyntaxError"),
        ("import playhead\n@playhead.tool(name='two words')\ndef f(): pass", "ValueError"),
        (
            "import playhead\n@playhead.tool\ndef f(): pass\n@playhead.tool\ndef f(): pass",
            "there are two tools named `f`",
        ),
    ],
)
async def test_a_script_that_cannot_be_served(tmp_path: Path, source: str, word: str) -> None:
    error = await fail(PythonAdapter(script=script(tmp_path, source)))
    assert error.code == "script-failed"
    assert word in error.message


async def test_a_script_that_is_not_there(tmp_path: Path) -> None:
    error = await fail(PythonAdapter(script=tmp_path / "none.py"))
    assert error.code == "script-failed"


async def test_a_script_that_crashes_while_it_is_loaded(tmp_path: Path) -> None:
    source = "import os\nos.kill(os.getpid(), 11)"
    error = await fail(PythonAdapter(script=script(tmp_path, source)))
    assert "signal 11" in error.message


async def test_a_worker_of_another_protocol(tmp_path: Path) -> None:
    error = await fail(peer(tmp_path, "hello(protocol=99)\ntime.sleep(60)"))
    assert error.code == "worker-protocol"


async def test_a_worker_that_says_it_is_another_process(tmp_path: Path) -> None:
    error = await fail(peer(tmp_path, "hello(pid=1)\nsay(type='ready')\ntime.sleep(60)"))
    assert error.code == "worker-lied"
    assert "process 1" in error.message


async def test_a_worker_that_is_ready_without_a_hello(tmp_path: Path) -> None:
    settings = WorkerSettings(isolation="none", connect_timeout_s=1)
    error = await fail(peer(tmp_path, "say(type='ready')\ntime.sleep(60)"), settings)
    assert error.code == "connect-timeout"


@pytest.mark.parametrize(("fd", "which"), [("control", "control"), ("events", "events")])
async def test_a_worker_that_closes_one_socket(tmp_path: Path, fd: str, which: str) -> None:
    error = await fail(peer(tmp_path, f"hello()\nos.close({fd})\ntime.sleep(60)"))
    assert error.code == "worker-closed"
    assert f"closed its {which} connection before it was ready" in error.message


async def test_a_worker_that_talks_nonsense(tmp_path: Path) -> None:
    error = await fail(peer(tmp_path, "os.write(control, b'\\xff' * 99)\ntime.sleep(60)"))
    assert error.code == "worker-wire"


async def test_a_worker_that_dies_during_the_handshake(tmp_path: Path) -> None:
    error = await fail(peer(tmp_path, "hello()\nsys.stderr.write('bad\\n')\nos._exit(9)"))
    assert error.code == "interpreter-broken"
    assert "exit code 9" in error.message
    assert error.last_words == "bad\n"


async def test_a_worker_that_never_answers(tmp_path: Path) -> None:
    settings = WorkerSettings(isolation="none", connect_timeout_s=0.5)
    error = await fail(peer(tmp_path, "time.sleep(60)"), settings)
    assert error.code == "connect-timeout"
    assert isinstance(error, ConnectFailed)


async def test_a_worker_of_another_make_serves(tmp_path: Path) -> None:
    source = (
        "hello()\nconfig = hear()\nassert os.environ['PLAYHEAD_CONTROL_FD'] == sys.argv[1]\n"
        "say(type='tools', tools=[{'name': 'up'}])\nsay(type='ready')\n"
        "while True:\n    one = hear()\n    if one['type'] == 'stop': break\n"
        "    text = one['parameters']['text'].upper()\n"
        "    say(type='result', id=one['id'], value=text)\n"
    )
    for isolation in ("none", "strict"):
        settings = WorkerSettings(isolation=isolation)
        worker = await start_worker(peer(tmp_path, source), settings=settings)
        assert [tool["name"] for tool in worker.tools] == ["up"]
        assert await worker.execute("up", {"text": "a"}) == "A"
        ending = await worker.stop(10)
        assert ending.exit is not None
        assert ending.exit.code == 0


async def test_an_adapter_knows_how_long_a_command_takes(tmp_path: Path) -> None:
    class Impatient(PythonAdapter):
        def command_timeout(self, command: str, args: object) -> int | None:
            return 300 if command == "nap" else None

    source = "import playhead, time\n@playhead.tool\ndef nap(): time.sleep(60)\n"
    worker = await start_worker(Impatient(script=script(tmp_path, source)), settings=PLAIN)
    try:
        with pytest.raises(Exception, match=r"within 0.3 s"):
            await worker.execute("nap")
        assert await worker.execute("echo") == {}
    finally:
        await worker.stop()


async def test_stop_during_the_start_takes_no_time(tmp_path: Path) -> None:
    """A13.3."""
    registry = NotingRegistry()
    adapter = peer(tmp_path, "time.sleep(60)")
    task = asyncio.ensure_future(start_worker(adapter, settings=PLAIN, registry=registry))
    await asyncio.sleep(0.5)
    began = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - began < 5
    assert registry.told == ["reserved", "released"]


async def test_on_ready_is_awaited_before_anybody_gets_the_worker(tmp_path: Path) -> None:
    seen: list[object] = []

    async def ready(worker: Worker) -> None:
        await asyncio.sleep(0.05)
        seen.append(await worker.execute("echo", {"a": 1}))

    worker = await start_worker(
        PythonAdapter(script=script(tmp_path, "")), settings=PLAIN, on_ready=ready
    )
    assert seen == [{"a": 1}]
    await worker.stop()


async def test_what_on_ready_raises_ends_the_start(tmp_path: Path) -> None:
    """A13.2: whoever waits for the worker is gone, so it ends as well."""
    pids: list[int] = []

    def refuse(worker: Worker) -> None:
        assert worker.pid is not None
        pids.append(worker.pid)
        raise LookupError

    adapter = PythonAdapter(script=script(tmp_path, ""))
    with pytest.raises(LookupError):
        await start_worker(adapter, settings=PLAIN, on_ready=refuse)
    assert survivors(pids) == []


async def test_the_host_can_be_called_while_the_script_is_loaded(tmp_path: Path) -> None:
    source = (
        "import playhead\nvalue = playhead.call('config')\n"
        "@playhead.tool\ndef get(): return value\n"
    )
    tools = HostTools({"config": lambda: {"a": 1}})
    async with serving(tmp_path, source, host_tools=tools) as worker:
        assert await worker.execute("get") == {"a": 1}


async def test_a_module_is_served_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text("")
    source = "import playhead\n@playhead.tool\ndef hi(): return __name__\n"
    (tmp_path / "package" / "tools.py").write_text(source)
    adapter = PythonAdapter(module="package.tools", folder=tmp_path)
    async with await start_worker(adapter, settings=PLAIN) as worker:
        assert await worker.execute("hi") == "package.tools"


async def test_a_script_may_have_modules_of_our_names_beside_it(tmp_path: Path) -> None:
    for name in ("wire", "session", "values", "queue", "tools_"):
        (tmp_path / f"{name}.py").write_text("mine = True\n")
    source = (
        "import playhead, wire, session, values, queue\n"
        "@playhead.tool\ndef mine(): return [m.mine for m in (wire, session, values, queue)]\n"
    )
    async with serving(tmp_path, source) as worker:
        assert await worker.execute("mine") == [True] * 4


async def test_isolation_is_on_by_default(tmp_path: Path) -> None:
    secret = tmp_path.parent / "secret.txt"
    secret.write_text("secret")
    source = (
        "import os, playhead, socket\n"
        "def attempt(what):\n"
        "    try:\n        what()\n    except OSError:\n        return 'no'\n    return 'yes'\n"
        "@playhead.tool\ndef look(secret: str, own: str):\n"
        "    return [attempt(lambda: open(secret)), attempt(lambda: open(own)),\n"
        "        attempt(lambda: open(own, 'a')),\n"
        "        attempt(lambda: open(os.environ['TMPDIR'] + '/x', 'w')),\n"
        "        attempt(lambda: socket.create_connection(('192.0.2.1', 9), 1))]\n"
    )
    async with serving(tmp_path, source, settings=WorkerSettings()) as worker:
        info = await worker.get_info()
        assert info["isolation"]["profile"] in ("strict", "portable")
        parameters = {"secret": str(secret), "own": str(tmp_path / "tools.py")}
        answers = await worker.execute("look", parameters)
        assert answers[0] == answers[2] == answers[4] == "no"
        assert answers[1] == answers[3] == "yes"


async def test_the_whole_group_is_ended(tmp_path: Path) -> None:
    """A13.5: what a tool leaves behind is swept, also in a session of its own."""
    source = (
        "import playhead, subprocess\n@playhead.tool\ndef leave():\n"
        "    return [subprocess.Popen(['sleep', '300']).pid,\n"
        "        subprocess.Popen(['sleep', '300'], start_new_session=True).pid]\n"
    )
    async with serving(tmp_path, source) as worker:
        pids = await worker.execute("leave")
        assert all(map(alive, pids))
        assert os.getpgid(worker.pid or 0) == worker.pid
    assert survivors(pids) == []
    assert members(worker.id) == []


async def test_a_worker_that_is_deaf_is_killed_after_the_grace(tmp_path: Path) -> None:
    """A13.6: the ladder of the end, and an end that was there before it."""
    source = (
        "import playhead, time\n@playhead.tool\ndef deaf():\n"
        "    while True:\n        try:\n            time.sleep(60)\n"
        "        except KeyboardInterrupt:\n            pass\n"
    )
    async with serving(tmp_path, source) as worker:
        call = asyncio.ensure_future(worker.execute("deaf"))
        await asyncio.sleep(0.3)
        ending = await worker.stop(0.3)
        with pytest.raises(WorkerGone):
            await call
        assert ending.exit is None or ending.exit.signal == signal.SIGKILL
        assert await worker.stop() == ending


async def test_a_registry_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    registry = ProcessRegistry(tmp_path / "file" / "workers.jsonl")
    before = open_fds()
    with pytest.raises(WorkerStartFailed) as caught:
        await start_worker(PythonAdapter(script=script(tmp_path, "")), registry=registry)
    assert caught.value.code == "registry-unwritable"
    assert open_fds() == before


async def until_stopped(pid: int) -> None:
    async with asyncio.timeout(20):
        while (stat := stat_of(pid)) is None or stat.state != "T":
            await asyncio.sleep(0.005)


async def test_a_worker_that_hangs_is_silent_until_it_is_ended(tmp_path: Path) -> None:
    """A13.13: nothing answers while it is stopped; ended, its process is gone at once."""
    async with serving(tmp_path, "") as worker:
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGSTOP)
        # Its threads go on until the main one has been scheduled and has seen the signal.
        await until_stopped(worker.pid)
        with pytest.raises(NoAnswer):
            await worker.ping(0.3)
        assert worker.alive
        os.kill(worker.pid, signal.SIGCONT)
        assert await worker.ping(20) < 20
        os.kill(worker.pid, signal.SIGSTOP)
        worker.kill()
        await asyncio.wait_for(asyncio.shield(worker.ended), 5)
        assert survivors([worker.pid]) == []


async def test_a_launcher_that_is_killed_takes_its_worker_along(tmp_path: Path) -> None:
    source = "import os, playhead, time\n@playhead.tool\ndef nap(): time.sleep(60)\n"
    source += "@playhead.tool\ndef parent(): return os.getppid()\n"
    async with serving(tmp_path, source) as worker:
        launcher = await worker.execute("parent")
        call = asyncio.ensure_future(worker.execute("nap"))
        await asyncio.sleep(0.2)
        os.kill(launcher, signal.SIGKILL)
        with pytest.raises(WorkerGone):
            await asyncio.wait_for(call, 20)
        await asyncio.wait_for(asyncio.shield(worker.ended), 20)
        assert worker.pid is not None
        assert survivors([worker.pid, launcher]) == []


class TurnByTurn:
    """A pool that is not ours: it knows `start_worker` and `Worker`, and nothing below."""

    def __init__(self) -> None:
        self.ready: list[str] = []
        self._free: asyncio.Queue[Worker] = asyncio.Queue()
        self._workers: list[Worker] = []

    async def take_in(self, worker: Worker) -> None:
        """Called by the start, before anybody else gets the worker."""
        assert await worker.ping() < 20
        self.ready.append(worker.id)

    async def grow(self, adapter: Adapter, count: int) -> None:
        starts = (
            start_worker(adapter, settings=PLAIN, on_ready=self.take_in) for _ in range(count)
        )
        self._workers = await asyncio.gather(*starts)
        for worker in self._workers:
            self._free.put_nowait(worker)

    async def call(self, command: str) -> object:
        worker = await self._free.get()
        try:
            return await worker.execute(command)
        finally:
            self._free.put_nowait(worker)

    async def close(self) -> None:
        await asyncio.gather(*(worker.stop() for worker in self._workers))


async def test_a_foreign_pool_drives_the_same_workers(tmp_path: Path) -> None:
    source = "import os, playhead\n@playhead.tool\ndef pid(): return os.getpid()\n"
    pool = TurnByTurn()
    await pool.grow(PythonAdapter(script=script(tmp_path, source)), 3)
    assert len(set(pool.ready)) == 3
    pids = await asyncio.gather(*(pool.call("pid") for _ in range(30)))
    assert len(set(pids)) == 3
    await pool.close()


@pytest.mark.parametrize("version", ["3.9", "3.10", "3.12", "3.13", "3.14"])
async def test_other_pythons_serve_alike(tmp_path: Path, version: str) -> None:
    source = (
        "import playhead, time\n"
        "@playhead.tool\ndef nap(): time.sleep(60)\n"
        "@playhead.tool\nasync def count(n: int):\n    for i in range(n): yield i\n"
    )
    python = find(version)
    adapter = PythonAdapter(script=script(tmp_path, source), python=python, threads=2)
    async with await start_worker(adapter) as worker:
        assert str(worker.hello["python"]).startswith(version)
        assert [one async for one in worker.execute_stream("count", {"n": 3})] == [0, 1, 2]
        call = asyncio.ensure_future(worker.execute("nap", main_thread=True))
        await asyncio.sleep(0.3)
        worker.interrupt()
        with pytest.raises(CallInterrupted):
            await asyncio.wait_for(call, 20)


async def test_a_start_that_fails_leaks_nothing(tmp_path: Path) -> None:
    """A13.8 in small: again and again, and the descriptors are those of before."""
    for _round in range(3):
        await fail(PythonAdapter(script=script(tmp_path, "raise OSError")))
    assert zombie_children() == []
