"""`net` with ports: the TCP ports that were named can be reached, by no way any other."""

from dataclasses import replace
from pathlib import Path

import pytest

from session.rights import Rights
from tests.support.hostile_world import listening
from tests.support.playing import make_launch, play

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

PROGRAM = """
import errno, socket, sys
def attempt(name, port, act):
    try:
        act(("127.0.0.1", port))
    except OSError as error:
        print(name, errno.errorcode[error.errno])
    else:
        print(name, "connected")
def plain(address):
    socket.create_connection(address, 5).close()
def fast(address):
    with socket.socket() as client:
        client.sendto(b"x", socket.MSG_FASTOPEN, address)
def other(protocol):
    def connect(address):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM, protocol) as client:
            client.connect(address)
    return connect
def listen(address):
    with socket.socket() as server:
        server.bind(address)
        server.listen()
def unbound(_address):
    with socket.socket() as server:
        server.listen()
named, hidden = map(int, sys.argv[1:])
attempt("named", named, plain)
attempt("hidden", hidden, plain)
attempt("fast", hidden, fast)
attempt("mptcp", hidden, other(262))
attempt("listen", 0, listen)
attempt("unbound", 0, unbound)
attempt("datagram", hidden, lambda address: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
attempt("looked up", hidden, lambda address: socket.getaddrinfo("localhost", 80))
"""


@pytest.mark.parametrize("host", ["127.0.0.1", "somewhere.example"])
@pytest.mark.parametrize("profile", ["strict", "portable"])
async def test_only_the_named_port_is_reached(tmp_path: Path, profile: str, host: str) -> None:
    servers = [listening(2, ("127.0.0.1", 0)) for _ in range(2)]
    try:
        named, hidden = (server.getsockname()[1] for server in servers)
        launch = make_launch(tmp_path, {"main.py": PROGRAM}, args=[str(named), str(hidden)])
        rights = Rights(net=(f"{host}:{named}",))
        launch = replace(launch, prepared=replace(launch.prepared, rights=rights))
        played = await play(launch, isolation=profile)
    finally:
        for server in servers:
            server.close()
    layers = played.execution.isolation or {}
    if "net-ports" in layers.get("gaps", {}) or layers.get("profile") != profile:
        pytest.skip(f"not to be had here: {layers}")
    assert played.stdout.splitlines() == [
        "named connected",
        "hidden EACCES",
        "fast ENOTSUP",
        "mptcp EPROTONOSUPPORT",
        "listen EACCES",
        "unbound connected",  # a gap with a name: see below
        # Where every host is an address nothing has to be looked up.
        "datagram " + ("EPROTONOSUPPORT" if host == "127.0.0.1" else "connected"),
        "looked up connected",
    ], played.stderr
    assert "net-listen" in layers["gaps"]
    assert ("net-udp" in layers["gaps"]) == (host != "127.0.0.1")
