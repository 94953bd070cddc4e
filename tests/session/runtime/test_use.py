"""What the runtime sees of a real program: its memory, its processes, its waiting for input."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from session.compose import build_service
from session.execution_session import ExecutionSession
from session.home import Home
from session.runtime.platforms.posix import PosixPlatform
from session.usage import Usage

_ASKS = "name = input('name? ')\nprint('hello', name)\n"
_HEAVY = """\
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
block = bytearray(b"x") * 80_000_000
print("there", flush=True)
end = time.process_time() + 0.3
while time.process_time() < end:
    pass
time.sleep(60)
"""


async def _sample(
    session: ExecutionSession, condition: Callable[[Usage], bool], timeout_s: float = 20
) -> Usage:
    async with asyncio.timeout(timeout_s):
        while True:
            usage = await session.usage()
            if usage is not None and condition(usage):
                return usage
            await asyncio.sleep(0.05)


def _play(tmp_path: Path, source: str) -> ExecutionSession:
    program = tmp_path / "main.py"
    program.write_text(source)
    session = build_service(Home.under(tmp_path / "home")).open(program)
    session.play()
    return session


async def test_a_program_that_asks_is_seen_to_wait(tmp_path: Path) -> None:
    session = _play(tmp_path, _ASKS)
    usage = await _sample(session, lambda usage: usage.awaits_input)
    assert usage.processes >= 1
    session.send_input(b"Ada\n")
    ended = await session.wait()
    assert ended.exit.code == 0
    assert await session.usage() is None
    await session.close()


async def test_the_whole_tree_counts_and_nobody_waits_on_a_pipe_of_its_own(tmp_path: Path) -> None:
    session = _play(tmp_path, _HEAVY)
    usage = await _sample(session, lambda usage: usage.memory > 80_000_000 and usage.cpu_s > 0.3)
    assert usage.processes >= 2
    assert usage.rows > 0
    assert not usage.awaits_input
    session.stop(force=True)
    await session.wait()
    await session.close()


async def test_plain_posix_sees_memory_and_processes(tmp_path: Path) -> None:
    session = _play(tmp_path, _HEAVY)
    root = (await _identities(session))[0]
    usage = await asyncio.to_thread(PosixPlatform().use, root, None)
    while usage is None or usage.memory < 80_000_000:
        await asyncio.sleep(0.05)
        usage = await asyncio.to_thread(PosixPlatform().use, root, None)
    assert usage.processes >= 2
    session.stop(force=True)
    await session.wait()
    await session.close()


async def _identities(session: ExecutionSession) -> list[int]:
    while session.record is None or not session.record.processes:
        await asyncio.sleep(0.02)
    return [process.pid for process in session.record.processes]
