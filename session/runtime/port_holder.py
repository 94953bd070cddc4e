"""Finds out who holds a port that a program wanted, from procfs.

It looks from the program's own network: a run without `net` has one of its own, in which only
the run itself can hold anything.
"""

import ipaddress
import os
import socket
import sys
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from session.ports import ProcessIdentity
from session.runtime.addresses import Address
from session.runtime.platforms.seam import Platform
from session.worker.launch_protocol import RUN_ID_VARIABLE
from session.worker.process_table import PROC, all_pids, read_bytes, stat_of

_LISTEN: Final = "0A"
_UNCONNECTED: Final = "07"
_TIME_WAIT: Final = "06"
_TABLES: Final = (
    ("tcp", _LISTEN),
    ("tcp6", _LISTEN),
    ("udp", _UNCONNECTED),
    ("udp6", _UNCONNECTED),
)


class SocketRow(NamedTuple):
    """One line of the kernel's table of sockets; `inode` 0: no process has it any more."""

    host: str
    port: int
    state: str
    user: int
    inode: int


class Holder(NamedTuple):
    """Who holds a port. `identity` is None where it is not ours to see, as another user's is.

    `run_id` names the run that it belongs to. `lingers`: no process holds it; the kernel keeps
    it for a connection that has ended.
    """

    identity: ProcessIdentity | None
    name: str
    user: int
    run_id: str | None = None
    lingers: bool = False


def find_holder(address: Address, within: Iterable[int], platform: Platform) -> Holder | None:
    """Return who holds an address; None: nobody, or it is not known.

    `within` are processes of the program's network, of which some may have ended meanwhile.

    Costs some milliseconds: it may look at the open files of every process.
    """
    rows = next((rows for pid in within if (rows := _rows_at(address, pid))), [])
    held = next((row for row in rows if row.inode), None)
    if held is None:
        return Holder(None, "", 0, lingers=True) if rows else None
    pid = _oldest(_pids_with(held.inode))
    stat = stat_of(pid) if pid else None
    if pid is None or stat is None:
        return Holder(None, "", held.user)
    return Holder(platform.identify(pid), stat.name, held.user, _run_of(pid))


def _rows_at(address: Address, pid: int) -> list[SocketRow]:
    return [row for row in _rows(pid) if row.port == address.port and _meets(address, row)]


def _rows(pid: int) -> Iterator[SocketRow]:
    for name, wanted in _TABLES:
        text = (read_bytes(f"{PROC}/{pid}/net/{name}") or b"").decode("ascii", "replace")
        for row in parse_sockets(text):
            if row.state in (wanted, _TIME_WAIT):
                yield row


def parse_sockets(text: str) -> list[SocketRow]:
    """Return the rows of `/proc/net/tcp` and its like; what makes no sense is passed over."""
    found = []
    for line in text.splitlines()[1:]:
        fields = line.split()
        try:
            host, port = fields[1].split(":")
            row = SocketRow(_host(host), int(port, 16), fields[3], int(fields[7]), int(fields[9]))
        except (ValueError, IndexError):
            continue
        found.append(row)
    return found


def _host(digits: str) -> str:
    """The kernel writes an address as words of 32 bits in its own byte order."""
    words = [digits[at : at + 8] for at in range(0, len(digits), 8)]
    packed = b"".join(int(word, 16).to_bytes(4, sys.byteorder) for word in words)
    return socket.inet_ntop(socket.AF_INET if len(packed) == 4 else socket.AF_INET6, packed)


def _meets(wanted: Address, row: SocketRow) -> bool:
    """Whether two sockets cannot both have it: one address, or any address on either side."""
    try:
        asked = ipaddress.ip_address(
            {"": "0.0.0.0", "localhost": "127.0.0.1"}.get(wanted.host, wanted.host)
        )
    except ValueError:
        return True  # a name: which address it stood for is not known
    held = ipaddress.ip_address(row.host)
    if asked.is_unspecified or held.is_unspecified:
        return True
    return _plain(asked) == _plain(held)


def _plain(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _pids_with(inode: int) -> Iterator[int]:
    wanted = f"socket:[{inode}]"
    for pid in all_pids():
        folder = f"{PROC}/{pid}/fd"
        try:
            numbers = os.listdir(folder)  # noqa: PTH208 - thousands of them
        except OSError:
            continue
        if any(_leads(f"{folder}/{number}", wanted) for number in numbers):
            yield pid


def _leads(link: str, wanted: str) -> bool:
    try:
        return os.readlink(link) == wanted  # noqa: PTH115 - as above
    except OSError:
        return False


def _oldest(pids: Iterable[int]) -> int | None:
    """Children inherit a socket: the one that opened it was there first."""
    stats = [stat for pid in pids if (stat := stat_of(pid))]
    return min(stats, key=lambda stat: (stat.start, stat.pid)).pid if stats else None


def _run_of(pid: int) -> str | None:
    prefix = f"{RUN_ID_VARIABLE}=".encode()
    for entry in (read_bytes(f"{PROC}/{pid}/environ") or b"").split(b"\0"):
        if entry.startswith(prefix):
            return entry[len(prefix) :].decode("ascii", "replace") or None
    return None
