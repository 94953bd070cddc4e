"""Where a front door may be, and the token that opens it."""

import stat
from pathlib import Path

import pytest

from session.api.grpc.endpoint import TcpEndpoint, UnixEndpoint, checked_tcp, endpoint_of
from session.api.grpc.errors import AddressRefused, TokenUnusable
from session.api.grpc.token import admits, make_token, read_token
from session.workers.defaults import GrpcListener


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_the_loopback_is_served(host: str) -> None:
    assert checked_tcp(TcpEndpoint(host, 0), allow_remote=False).host == host


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.1", "example.org", "", "127.0.0.1.x"])
def test_anything_else_is_not_unless_it_is_wanted(host: str) -> None:
    with pytest.raises(AddressRefused, match="encrypted"):
        checked_tcp(TcpEndpoint(host, 0), allow_remote=False)
    assert checked_tcp(TcpEndpoint(host, 0), allow_remote=True).host == host


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_is_one(port: int) -> None:
    with pytest.raises(AddressRefused, match=str(port)):
        checked_tcp(TcpEndpoint("127.0.0.1", port), allow_remote=False)


def test_the_settings_name_an_endpoint() -> None:
    assert endpoint_of(GrpcListener()) == TcpEndpoint("127.0.0.1", 0)
    given = GrpcListener("external", "127.0.0.1", 4711)
    assert endpoint_of(given) == TcpEndpoint("127.0.0.1", 4711)
    assert endpoint_of(GrpcListener("internal", port=4711)).port == 0
    with pytest.raises(AddressRefused):
        endpoint_of(GrpcListener("external", "127.0.0.1", 0))
    with pytest.raises(AddressRefused):
        endpoint_of(GrpcListener("external", "0.0.0.0", 4711))
    with pytest.raises(AddressRefused):
        endpoint_of(GrpcListener("internal", "0.0.0.0"), allow_remote=True)


def test_addresses_as_grpc_has_them() -> None:
    assert TcpEndpoint("127.0.0.1", 5).target == "127.0.0.1:5"
    assert TcpEndpoint("::1", 5).target == "[::1]:5"
    assert UnixEndpoint(Path("/a/b")).target == "unix:/a/b"


def test_a_token_is_new_and_ours_alone(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "token"
    first, second = make_token(path), make_token(path)
    assert first != second
    assert len(second) > 40
    assert read_token(path) == second
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_token_is_never_written_through_a_link(tmp_path: Path) -> None:
    victim, path = tmp_path / "victim", tmp_path / "token"
    victim.write_text("mine")
    path.symlink_to(victim)
    make_token(path)
    assert victim.read_text() == "mine"
    assert not path.is_symlink()


@pytest.mark.parametrize("content", [b"", b"\n", b"two words", b"\xff\xfe"])
def test_a_file_that_holds_no_token_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "token"
    path.write_bytes(content)
    with pytest.raises(TokenUnusable, match="token"):
        read_token(path)
    with pytest.raises(TokenUnusable, match="none"):
        read_token(tmp_path / "none")


def test_only_the_token_admits() -> None:
    assert admits("abc", "Bearer abc")
    assert admits("abc", b"Bearer abc")
    for wrong in (None, "", "abc", "Bearer ab", "Bearer abcd", "bearer abc", "Bearer ö", b"\xff"):
        assert not admits("abc", wrong)
