"""Where a front door is: a UNIX socket of ours, or a TCP port, on the loopback unless told so."""

import contextlib
import ipaddress
import os
import socket
import stat
from pathlib import Path
from typing import NamedTuple

from session.api.grpc.errors import AddressRefused, AddressTaken
from session.workers.defaults import GrpcListener

#: What the kernel takes as the path of a socket, in bytes.
_LONGEST_PATH = 107
_PORTS = range(65536)


class UnixEndpoint(NamedTuple):
    """A socket in the file system, which nobody but its owner may open."""

    path: Path

    @property
    def target(self) -> str:
        """The address as gRPC has it."""
        return f"unix:{self.path}"


class TcpEndpoint(NamedTuple):
    """A port; 0: one that the system chooses."""

    host: str
    port: int = 0

    @property
    def target(self) -> str:
        """The address as gRPC has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


Endpoint = UnixEndpoint | TcpEndpoint


def endpoint_of(listener: GrpcListener, *, allow_remote: bool = False) -> TcpEndpoint:
    """Return where the settings want to be served; raises AddressRefused.

    `internal` is always a port of the system's choice on the loopback; `external` takes host and
    port as they stand, and other than the loopback only where that is allowed.
    """
    if listener.mode == "internal":
        return checked_tcp(TcpEndpoint(listener.host), allow_remote=False)
    if not listener.host or not listener.port:
        message = "An external listener needs a host and a port."
        raise AddressRefused(message, "Name both, or leave the choice to the system: `internal`.")
    return checked_tcp(TcpEndpoint(listener.host, listener.port), allow_remote=allow_remote)


def checked_tcp(endpoint: TcpEndpoint, *, allow_remote: bool) -> TcpEndpoint:
    """Return the endpoint if it may be served; raises AddressRefused."""
    if endpoint.port not in _PORTS:
        message = f"{endpoint.port} is no port."
        raise AddressRefused(message, "Ports go from 0, any that is free, to 65535.")
    if not endpoint.is_loopback and not allow_remote:
        message = f"Other machines could reach {endpoint.host}, and nothing would be encrypted."
        raise AddressRefused(message, "Use 127.0.0.1; or say that you want it: --allow-remote.")
    return endpoint


def claim_socket(endpoint: UnixEndpoint) -> None:
    """See to it that a socket can be made there; raises AddressRefused or AddressTaken.

    What an ended server left is removed; gRPC would remove a living one's, too.
    """
    path = endpoint.path
    if len(os.fsencode(path)) > _LONGEST_PATH:
        message = f"The path of a socket has at most {_LONGEST_PATH} bytes: {path}."
        raise AddressRefused(message, "Choose a folder nearer to the root.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        message = f"{path} cannot be a socket: {error.strerror or error}."
        raise AddressRefused(message, "Choose a folder that you may write to.") from None
    if not stat.S_ISSOCK(mode):
        message = f"{path} is there already, and is no socket."
        raise AddressRefused(message, "Name another path; nothing was changed.")
    if _answers(path):
        raise AddressTaken(endpoint.target)
    path.unlink(missing_ok=True)


def _answers(path: Path) -> bool:
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:
            return True  # it may be busy, or not be ours to look at
        return True
