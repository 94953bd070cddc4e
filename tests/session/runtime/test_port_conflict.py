"""A port that is taken: who holds it is found and said, by programs that fail for real."""

import asyncio
import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from session.exit_info import Cause
from session.ports import Launch, ProcessIdentity
from session.record import RunRecord
from session.rights import Rights
from session.run_folder import RunFolder
from session.runtime.addresses import Address, address_of, is_in_use, taken_address
from session.runtime.port_conflict import held_port
from session.runtime.port_holder import Holder, parse_sockets
from tests.support.playing import make_launch, play, start

HOLDS = """\
import socket, sys, time
taken = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("listening", flush=True)
time.sleep(60)
"""
WANTS = "import socket, sys\nsocket.socket().bind(('127.0.0.1', int(sys.argv[1])))\n"
TWICE = """\
import socket
first = socket.create_server(("127.0.0.1", 8765))
socket.socket().bind(("127.0.0.1", 8765))
"""
LEAVES = """\
import asyncio, sys
async def serve():
    try:
        await asyncio.start_server(lambda r, w: None, "127.0.0.1", int(sys.argv[1]))
    except OSError as error:
        print(error, file=sys.stderr)
        sys.exit(3)
asyncio.run(serve())
"""


@pytest.fixture
def held() -> Iterator[int]:
    """A port that this very process listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def launch_of(tmp_path: Path, source: str, port: int, rights: Rights | None = None) -> Launch:
    launch = make_launch(tmp_path, {"main.py": source}, args=[str(port)])
    return replace(launch, prepared=replace(launch.prepared, rights=rights or Rights(net=True)))


@pytest.mark.parametrize("isolation", ["strict", "none"])
async def test_playhead_itself_holds_it(tmp_path: Path, held: int, isolation: str) -> None:
    played = await play(launch_of(tmp_path, WANTS, held), isolation=isolation)
    assert played.exit.cause is Cause.EXCEPTION
    (entry,) = played.sink.with_code("port-held")
    assert entry.message.startswith(f"Port {held} is held by Playhead itself, ")
    assert played.exit.next_step is not None
    assert played.exit.next_step.startswith(entry.message)
    assert played.execution.blocked_by is None


async def test_a_process_of_somebody_is_named_with_its_number(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDS, str(port), stdout=asyncio.subprocess.PIPE
    )
    assert other.stdout is not None
    try:
        await asyncio.wait_for(other.stdout.readline(), 30)
        played = await play(launch_of(tmp_path, WANTS, port))
    finally:
        other.kill()
        await other.wait()
    (entry,) = played.sink.with_code("port-held")
    assert f"(process {other.pid})" in entry.message
    assert entry.hint == f"End it: kill {other.pid}. Or choose another port."


async def test_another_run_is_named_with_the_way_to_stop_it(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    first = launch_of(tmp_path, HOLDS, port)
    folder = RunFolder.create(first.folder)
    project = tmp_path / "harbour"
    folder.write(RunRecord(first.run_id, project, (), 0.0, title="Harbour"))
    execution, sink = await start(first)
    flowing = asyncio.create_task(execution.wait())
    try:
        await sink.until("listening")
        played = await play(launch_of(tmp_path, WANTS, port))
    finally:
        execution.kill()
        await flowing
        folder.release()
    (entry,) = played.sink.with_code("port-held")
    assert entry.message.startswith(f"Port {port} is held by another run of Harbour, by ")
    assert entry.hint == f"Stop it: playhead runs --stop {first.run_id}"
    assert played.execution.blocked_by == first.run_id


LINGERS = """\
import os, socket, time
if os.fork() == 0:
    time.sleep(5)  # the run's own network lives as long as one of its processes
    os._exit(0)
server = socket.socket()
server.bind(("127.0.0.1", 8766))
server.listen()
client = socket.create_connection(("127.0.0.1", 8766))
accepted, _ = server.accept()
accepted.close()  # who closes first has to wait
client.recv(1)
client.close()
server.close()
socket.socket().bind(("127.0.0.1", 8766))
"""


async def test_a_connection_that_lingers_is_told(tmp_path: Path) -> None:
    played = await play(launch_of(tmp_path, LINGERS, 0, Rights()), isolation="strict")
    (entry,) = played.sink.with_code("port-held")
    assert entry.message == (
        "Port 8766 is not free yet: a connection of an earlier program lingers."
    )


@pytest.mark.parametrize("rights", [Rights(), Rights(net=True)])
async def test_a_program_that_binds_twice_is_told_so(tmp_path: Path, rights: Rights) -> None:
    played = await play(launch_of(tmp_path, TWICE, 0, rights), isolation="strict")
    (entry,) = played.sink.with_code("port-held")
    words = ("Port 8765 is held by this run itself, by ", "The program asked for port 8765 more")
    assert entry.message.startswith(words)
    assert entry.hint == "Let it bind the port once, or close the first socket before."


async def test_one_that_handles_it_by_leaving_gets_its_next_step(tmp_path: Path, held: int) -> None:
    played = await play(launch_of(tmp_path, LEAVES, held))
    assert (played.exit.cause, played.exit.code) == (Cause.EXIT_CODE, 3)
    assert played.exit.next_step is not None
    assert f"Port {held} is held by Playhead itself" in played.exit.next_step
    assert played.sink.with_code("uncaught-exception") == []


TABLE = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1
   1: 00000000:0050 00000000:0000 06 00000000:00000000 00:00000000 00000000     0        0 0 1
   2: nonsense
"""


@pytest.mark.skipif(sys.byteorder != "little", reason="the table is of a little-endian machine")
def test_the_kernels_table_is_read() -> None:
    first, second = parse_sockets(TABLE)
    assert first == ("127.0.0.1", 8080, "0A", 1000, 4711)
    assert (second.host, second.port, second.inode) == ("0.0.0.0", 80, 0)
    six = TABLE.replace("0100007F", "00000000000000000000000001000000")
    assert parse_sockets(six)[0].host == "::1"


@pytest.mark.parametrize(
    ("failure", "address"),
    [
        ({"errno": 98, "address": ["127.0.0.1", 8000]}, Address("127.0.0.1", 8000)),
        (
            {
                "errno": 98,
                "message": "error while attempting to bind on address ('::1', 8000, 0, 0): address",
                "address": ["127.0.0.1", 9],
            },
            Address("::1", 8000),
        ),
        ({"errno": 98, "address": "/tmp/a.sock"}, None),
        ({"errno": 98, "address": ["127.0.0.1", 0]}, None),
        ({"errno": 98, "address": [1, "x"]}, None),
        ({"errno": 98}, None),
    ],
)
def test_the_address_behind_an_error(failure: dict[str, object], address: Address | None) -> None:
    assert is_in_use(failure)
    assert address_of(failure) == address
    assert taken_address({"inner": [failure]}) == address


def test_what_is_said_of_others() -> None:
    address, own = Address("", 80), "20261120-094026-1234kq"
    user = held_port(address, Holder(None, "", 999_999), own, None)
    assert user.message == "Port 80 is held by a process of the user number 999999."
    lingers = held_port(address, Holder(None, "", 0, lingers=True), own, None)
    assert "SO_REUSEADDR" in lingers.hint
    odd = Holder(ProcessIdentity(7, "x"), "a\nb", 0, "made-up")
    assert held_port(address, odd, own, None).message == r"Port 80 is held by a\nb (process 7)."
