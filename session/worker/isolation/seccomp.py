"""A filter of system calls: kernel surface that no program of ours needs, and sockets.

Refused calls answer with an error, never with a signal: libraries that try something newer fall
back. Assembled by hand as classic BPF (linux/filter.h, seccomp(2)).
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

from .calls import ATTRIBUTES, CHECKED, FORBIDDEN, NOT_THERE, STARTING
from .syscalls import prctl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    #: An argument's number (0.5 more: its upper half), a mask or 0, a test, a value.
    Test = tuple[float, int, int, int]

_SET_SECCOMP, _MODE_FILTER = 22, 2
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
# Classic BPF: load a word, mask it, jump if equal / at least / bits set, return.
_LOAD, _AND, _EQUAL, _AT_LEAST, _BITS, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
_DIFFERS = -_EQUAL
_NUMBER_AT, _MACHINE_AT, _ARGUMENTS_AT = 0, 4, 16
_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT = 0x40000000
#: New cgroup, mount, UTS, IPC, user, PID, network namespace; time has the lowest bits of exit.
_NEW_NAMESPACES = 0x7E020000
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_SETUID = 0o4000
#: Open flags with which the mode counts: O_CREAT and O_TMPFILE.
_MAKES = 0o20000100
_BY_USER, _IO_BY_USER = 2, 3
_FASTOPEN = 0x20000000
_SCTP, _MPTCP = 132, 262
_KIND, _DATAGRAM, _RAW, _SEQUENCED, _DCCP = 0xF, 2, 3, 5, 6

AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET = 1, 2, 10, 16, 17
_FAMILIES = 50  # every family that there is has a lower number

#: call: what its arguments have to be, all of it, for it to be refused.
_ALWAYS: list[tuple[str, int, list[Test]]] = [
    ("clone", errno.EPERM, [(0, 0, _BITS, _NEW_NAMESPACES)]),
    ("ioctl", errno.EPERM, [(1, 0, _EQUAL, _TIOCSTI)]),
    ("ioctl", errno.EPERM, [(1, 0, _EQUAL, _TIOCLINUX)]),
    # No program that gives its caller the user's rights is left in the view.
    ("chmod", errno.EPERM, [(1, 0, _BITS, _SETUID)]),
    ("fchmod", errno.EPERM, [(1, 0, _BITS, _SETUID)]),
    ("fchmodat", errno.EPERM, [(2, 0, _BITS, _SETUID)]),
    ("creat", errno.EPERM, [(1, 0, _BITS, _SETUID)]),
    ("open", errno.EPERM, [(1, 0, _BITS, _MAKES), (2, 0, _BITS, _SETUID)]),
    ("openat", errno.EPERM, [(2, 0, _BITS, _MAKES), (3, 0, _BITS, _SETUID)]),
    ("mknod", errno.EPERM, [(1, 0, _BITS, _SETUID)]),
    ("mknodat", errno.EPERM, [(2, 0, _BITS, _SETUID)]),
]
#: Where other processes of the user's have numbers: these ask only who owns them.
_AMONG_OTHERS: list[tuple[str, int, list[Test]]] = [
    ("setpriority", errno.EPERM, [(1, 0, _DIFFERS, 0)]),
    ("setpriority", errno.EPERM, [(0, 0, _EQUAL, _BY_USER)]),
    ("ioprio_set", errno.EPERM, [(1, 0, _DIFFERS, 0)]),
    ("ioprio_set", errno.EPERM, [(0, 0, _EQUAL, _IO_BY_USER)]),
    ("prlimit64", errno.EPERM, [(0, 0, _DIFFERS, 0), (2, 0, _DIFFERS, 0)]),
    ("prlimit64", errno.EPERM, [(0, 0, _DIFFERS, 0), (2.5, 0, _DIFFERS, 0)]),
    ("sched_setscheduler", errno.EPERM, [(0, 0, _DIFFERS, 0)]),
    ("sched_setparam", errno.EPERM, [(0, 0, _DIFFERS, 0)]),
    ("sched_setattr", errno.EPERM, [(0, 0, _DIFFERS, 0)]),
]
#: Without sockets for other programs' paths: one of a pair could still send to them.
_NO_UNIX: list[tuple[str, int, list[Test]]] = [
    ("socketpair", errno.EAFNOSUPPORT, [(1, _KIND, _EQUAL, _DATAGRAM)]),
    ("socketpair", errno.EAFNOSUPPORT, [(1, _KIND, _EQUAL, _RAW)]),
]
#: Where ports are counted: ways to a TCP server that Landlock does not know.
_ONLY_PORTS: list[tuple[str, int, list[Test]]] = [
    ("sendto", errno.EOPNOTSUPP, [(3, 0, _BITS, _FASTOPEN)]),
    ("sendmsg", errno.EOPNOTSUPP, [(2, 0, _BITS, _FASTOPEN)]),
    ("sendmmsg", errno.EOPNOTSUPP, [(3, 0, _BITS, _FASTOPEN)]),
    ("socket", errno.EPROTONOSUPPORT, [(2, 0, _EQUAL, _MPTCP)]),
    ("socket", errno.EPROTONOSUPPORT, [(2, 0, _EQUAL, _SCTP)]),
    ("socket", errno.EPROTONOSUPPORT, [(0, 0, _EQUAL, AF_INET), (1, _KIND, _EQUAL, _SEQUENCED)]),
    ("socket", errno.EPROTONOSUPPORT, [(0, 0, _EQUAL, AF_INET6), (1, _KIND, _EQUAL, _SEQUENCED)]),
    ("socket", errno.EPROTONOSUPPORT, [(1, _KIND, _EQUAL, _DCCP)]),
]
#: Where no name has to be looked up: nothing is sent but by TCP.
_NO_DATAGRAMS: list[tuple[str, int, list[Test]]] = [
    ("socket", errno.EPROTONOSUPPORT, [(0, 0, _EQUAL, AF_INET), (1, _KIND, _EQUAL, _DATAGRAM)]),
    ("socket", errno.EPROTONOSUPPORT, [(0, 0, _EQUAL, AF_INET6), (1, _KIND, _EQUAL, _DATAGRAM)]),
]


def put_on(families: Iterable[int], *, shared: bool, ports: bool, datagrams: bool = True) -> None:
    """Filter from now on; see `program`. Raise OSError."""
    machine = os.uname().machine
    _filter_by(program(machine, set(families), shared=shared, ports=ports, datagrams=datagrams))


def forbid_starting() -> None:
    """Let this process, and all that come of it, become no other program. Raise OSError.

    KeyError on a machine that is not known. Needs no-new-privileges.
    """
    _filter_by(program_that_starts_none(os.uname().machine))


def _filter_by(code: bytes) -> None:
    buffer = ctypes.create_string_buffer(code, len(code))
    pointer = ctypes.addressof(buffer)
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(code) // 8, pointer), 16)
    prctl(_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(head))


def program_that_starts_none(machine: str) -> bytes:
    """Return the filter that refuses every exec. Pure; KeyError as `program`."""
    lines, column = _head(machine), list(_MACHINES).index(machine)
    for numbers in STARTING.values():
        lines += _if(_EQUAL, numbers[column] or 0, errno.EACCES)
    return b"".join([*lines, _line(_RETURN, 0, 0, _ALLOW)])


def _head(machine: str) -> list[bytes]:
    """Refuse calls by other machines' numbers; the call's number is loaded afterwards."""
    lines = [
        *_unless_machine(_MACHINES[machine]),
        _line(_LOAD, 0, 0, _NUMBER_AT),
    ]
    if machine == "x86_64":
        lines += _if(_AT_LEAST, _X32_BIT, errno.ENOSYS)
    return lines


def program(
    machine: str, families: set[int], *, shared: bool, ports: bool, datagrams: bool = True
) -> bytes:
    """Return the filter for a machine. Pure; KeyError for a machine that is not known.

    `families` are those of which sockets can be made. `shared`: processes and files of the
    machine are within reach, not the run's own alone. `ports`: only some TCP ports are allowed;
    `datagrams`: beside them, names may have to be looked up.
    """
    lines, column = _head(machine), list(_MACHINES).index(machine)
    for table, number in (
        (NOT_THERE, errno.ENOSYS),
        (FORBIDDEN, errno.EPERM),
        (ATTRIBUTES if shared else {}, errno.EOPNOTSUPP),
    ):
        for numbers in table.values():
            if (call := numbers[column]) is not None:
                lines += _if(_EQUAL, call, number)
    rules = [*_ALWAYS, *(_AMONG_OTHERS if shared else ()), *(_ONLY_PORTS if ports else ())]
    rules += () if datagrams else _NO_DATAGRAMS
    for name, number, tests in [*rules, *(() if AF_UNIX in families else _NO_UNIX)]:
        if (call := CHECKED[name][column]) is not None:
            lines += _refuse(call, number, tests)
    lines += _sockets(CHECKED["socket"][column] or 0, families)
    return b"".join([*lines, _line(_RETURN, 0, 0, _ALLOW)])


def _line(code: int, yes: int, no: int, value: int) -> bytes:
    return struct.pack("HBBI", code, yes, no, value)


def _if(test: int, value: int, number: int) -> list[bytes]:
    return [_line(test, 0, 1, value), _line(_RETURN, 0, 0, _ERRNO | number)]


def _unless_machine(value: int) -> list[bytes]:
    return [
        _line(_LOAD, 0, 0, _MACHINE_AT),
        _line(_EQUAL, 1, 0, value),
        _line(_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
    ]


def _refuse(call: int, number: int, tests: list[Test]) -> list[bytes]:
    """Refuse one call where all tests hold; the call's number stays loaded."""
    inner = [_line(_RETURN, 0, 0, _ERRNO | number)]
    for argument, mask, test, value in reversed(tests):
        past = len(inner)
        jump = (past, 0) if test == _DIFFERS else (0, past)
        masked = [_line(_AND, 0, 0, mask)] if mask else []
        load = _line(_LOAD, 0, 0, _ARGUMENTS_AT + int(8 * argument))
        inner = [load, *masked, _line(abs(test), *jump, value), *inner]
    return _calling(call, inner)


def _sockets(call: int, families: set[int]) -> list[bytes]:
    """Refuse sockets of other families."""
    inner = [_line(_LOAD, 0, 0, _ARGUMENTS_AT)]
    for family in range(_FAMILIES):
        if family not in families:
            inner += _if(_EQUAL, family, errno.EAFNOSUPPORT)
    return _calling(call, [*inner, *_if(_AT_LEAST, _FAMILIES, errno.EAFNOSUPPORT)])


def _calling(call: int, inner: list[bytes]) -> list[bytes]:
    """Do something for one call only; afterwards the call's number is loaded again."""
    return [
        _line(_EQUAL, 0, len(inner) + 1, call),
        *inner,
        _line(_LOAD, 0, 0, _NUMBER_AT),
    ]
