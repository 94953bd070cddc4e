"""Heartbeats of real processes: a thread answers, while the main thread does this or that."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from session.workers.defaults import HeartbeatSettings
from session.workers.heartbeat import Health, HeartbeatCalls, HeartbeatMonitor
from session.workers.process_activity import ProcessActivity

QUICK = HeartbeatSettings(
    ping_interval_ms=50, timeout_ms=700, max_missed_heartbeats=3, dependent=True
)
WORKER = """
import socket, sys, threading, time
control = socket.socket(fileno=int(sys.argv[1]))
def answer():
    while data := control.recv(1):
        control.sendall(data)
threading.Thread(target=answer, daemon=True).start()
begin = sys.stdin.readline
"""


class Worker:
    """A child that answers pings, and what its monitor told."""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket) -> None:
        self.process, self.control = process, control
        self.told: list[str] = []
        self.changed = asyncio.Event()
        self.monitor = HeartbeatMonitor(
            self.ping,
            QUICK,
            HeartbeatCalls(
                on_dead=self.teller("dead"),
                on_late=self.teller("late"),
                on_busy=lambda _: self.teller("busy")(),
                on_recovered=self.teller("recovered"),
            ),
            activity=ProcessActivity(process.pid),
        )

    def teller(self, what: str) -> Callable[[], None]:
        def tell() -> None:
            self.told.append(what)
            self.changed.set()

        return tell

    async def ping(self) -> None:
        """Send a byte and wait for one; answers to earlier pings are as good."""
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(self.control, b"p")
        if not await loop.sock_recv(self.control, 4096):
            raise ConnectionResetError

    def begin(self) -> None:
        """Let the child do what it is there for."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()

    async def until(self, *told: str) -> None:
        """Wait until exactly this was told."""
        async with asyncio.timeout(40):
            while tuple(self.told) != told:
                self.changed.clear()
                await self.changed.wait()


def started(code: str, control: int) -> subprocess.Popen[bytes]:
    """A Python that has inherited its end of the socket."""
    command = [sys.executable, "-I", "-S", "-c", WORKER + code, str(control)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[control])


@asynccontextmanager
async def working(code: str) -> AsyncIterator[Worker]:
    """A child that answers pings, and that does `code` when it is told to."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        with started(code, theirs.fileno()) as process:
            theirs.close()
            worker = Worker(process, ours)
            try:
                async with asyncio.timeout(40):
                    await worker.ping()
                worker.monitor.start()
                yield worker
            finally:
                await worker.monitor.stop()
                process.kill()


async def test_a_long_call_in_c_is_busy_and_over_it_has_recovered() -> None:
    async with working("begin()\nsum(range(10**8))\nbegin()") as worker:
        worker.begin()
        await worker.until("busy", "recovered")
        assert worker.monitor.health is Health.ALIVE


async def test_computing_in_python_does_not_keep_it_from_answering() -> None:
    async with working("begin()\nwhile True: pass") as worker:
        worker.begin()
        async with asyncio.timeout(40):
            while worker.monitor.stats().pongs_received < 5:
                await asyncio.sleep(0.05)
        assert worker.monitor.stats().misses == 0


async def test_one_that_holds_the_interpreter_and_does_nothing_is_dead() -> None:
    code = "import ctypes\nbegin()\nctypes.PyDLL(None).sleep(600)"
    async with working(code) as worker:
        worker.begin()
        await worker.until("dead")
        assert worker.process.poll() is None


async def test_one_that_is_gone_is_dead() -> None:
    async with working("begin()") as worker:
        worker.process.kill()
        await worker.until("dead")
