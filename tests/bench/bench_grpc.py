"""Figures of gRPC: its plain round trip beside the one by frames, and what the front door adds."""

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from session.api.grpc import playhead_pb2 as messages
from session.api.grpc.connection import Connection
from session.api.grpc.endpoint import UnixEndpoint
from session.workers.adapter import PythonAdapter
from session.workers.start import start_worker
from tests.bench.figure import Figure
from tests.support.playhead import environment
from tests.support.served_worker import connected, serve

_ROUNDS = 4000
#: One after the other of a kind: the threads of gRPC's are awake for a while after each.
_IN_A_ROW = 100
_LINES = 300_000
_TOOLS = """
import playhead

@playhead.tool
def lines(n: int):
    line = "x" * 200
    for _ in range(n):
        yield line
"""
#: The quickest that gRPC offers here: both ends without asyncio, a socket in the file system.
_PLAIN = """
import sys
from concurrent.futures import ThreadPoolExecutor
import grpc
from session.api.grpc.methods import handlers
from session.api.grpc.playhead_pb2 import PingReply
server = grpc.server(ThreadPoolExecutor(2))
server.add_generic_rpc_handlers((handlers(lambda name: lambda request, context: PingReply()),))
server.add_insecure_port("unix:" + sys.argv[1])
server.start()
print("up", flush=True)
sys.stdin.read()
"""


def figures() -> list[Figure]:
    """Measure everything; takes some seconds."""
    with tempfile.TemporaryDirectory(prefix="playhead-bench-") as name:
        folder = Path(name)
        (folder / "tools.py").write_text(_TOOLS)
        with _plain_server(folder) as address:
            round_trips = asyncio.run(_round_trips(folder, address))
        return [round_trips, *asyncio.run(_front_door(folder))]


@contextmanager
def _plain_server(folder: Path) -> Iterator[str]:
    """A gRPC server that answers and does nothing else; its address."""
    endpoint = UnixEndpoint(folder / "plain.sock")
    with subprocess.Popen(
        [sys.executable, "-c", _PLAIN, str(endpoint.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(folder),
    ) as server:
        assert server.stdout is not None
        server.stdout.readline()
        yield endpoint.target


async def _round_trips(folder: Path, address: str) -> Figure:
    """Ping a worker by frames and a plain gRPC server, by turns, both awaited on one loop."""
    frames, unary = [], []
    async with await start_worker(PythonAdapter(script=folder / "tools.py")) as worker:
        connection, request = Connection(address), messages.PingRequest()
        await connection.ask("Ping", request, 10)
        for _ in range(_ROUNDS // _IN_A_ROW):
            frames += [await worker.ping() for _ in range(_IN_A_ROW)]
            for _ in range(_IN_A_ROW):
                began = time.perf_counter()
                await connection.ask("Ping", request, 10)
                unary.append(time.perf_counter() - began)
        await connection.close()
    ours, theirs = statistics.median(frames), statistics.median(unary)
    return Figure(
        "Worker: gRPC unary / control round trip",
        "≥ 5.0",
        f"{theirs / ours:.1f} ({theirs * 1e6:.0f} µs / {ours * 1e6:.0f} µs)",
        theirs / ours >= 5.0,
        f"a ping, awaited: plain gRPC on a socket, frames to an isolated worker; medians of "
        f"{_ROUNDS}, {_IN_A_ROW} in a row by turns",
    )


async def _front_door(folder: Path) -> list[Figure]:
    socket = folder / "door.sock"
    with serve(folder / "home", folder / "tools.py", "--unix", str(socket)) as served:
        async with connected(served) as worker:
            took = []
            for _ in range(_ROUNDS // 4):
                began = time.perf_counter()
                await worker.execute("echo", {"text": "x" * 200})
                took.append(time.perf_counter() - began)
            began, count = time.perf_counter(), 0
            async for chunk in worker.execute_chunks("lines", {"n": _LINES}):
                count += len(chunk)
            speed = count / (time.perf_counter() - began)
    call = statistics.median(took) * 1000
    return [
        Figure(
            "Worker: a call through the gRPC front door",
            "≤ 5 ms",
            f"{call:.2f} ms",
            call <= 5,
            f"200 bytes there and back, forwarded to frames; median of {_ROUNDS // 4}",
        ),
        Figure(
            "Worker: lines streamed through the gRPC front door",
            "≥ 100,000 /s",
            f"{speed:,.0f} /s",
            speed >= 100_000,
            f"{_LINES:,} lines of 200 bytes, as chunks, forwarded from frames",
        ),
    ]
