"""The filter of system calls, read by a machine of our own: for both kinds of processor."""

import errno
import re
import socket
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from session.worker.isolation import calls
from session.worker.isolation.seccomp import (
    AF_INET,
    AF_INET6,
    AF_NETLINK,
    AF_UNIX,
    program,
    program_that_starts_none,
)
from tests.support.bpf import MACHINES, verdict

TABLES = (
    calls.NOT_THERE,
    calls.FORBIDDEN,
    calls.ATTRIBUTES,
    calls.CHECKED,
    calls.STARTING,
)
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
#: Calls that every program makes: read, write, close, mmap, futex, exit_group, openat2's elder.
PLAIN = {
    "x86_64": (0, 1, 3, 9, 11, 12, 13, 39, 59, 61, 202, 231, 262),
    "aarch64": (56, 57, 63, 64, 93, 94, 98, 172, 214, 215, 221, 222, 260),
}
SETUID = 0o4755
O_CREAT, O_TMPFILE = 0o100, 0o20200000
FASTOPEN, MPTCP, SCTP = 0x20000000, 262, 132
every_machine = pytest.mark.parametrize("machine", MACHINES)


class Filter:
    """A filter for one machine, asked by the names of calls."""

    def __init__(
        self,
        machine: str,
        families: set[int] | None = None,
        *,
        shared: bool = True,
        ports: bool = False,
        datagrams: bool = True,
    ) -> None:
        self._column = list(MACHINES).index(machine)
        self._machine = MACHINES[machine]
        families = families or set()
        self._code = program(machine, families, shared=shared, ports=ports, datagrams=datagrams)

    def number(self, name: str) -> int | None:
        """Return a call's number here; None: there is none."""
        return next(table[name] for table in TABLES if name in table)[self._column]

    def __call__(self, name: str, *arguments: int) -> int | None:
        """Return the error that a call gets, 0: none, None: there is no such call."""
        number = self.number(name)
        return None if number is None else self.plain(number, *arguments)

    def plain(self, number: int, *arguments: int, machine: int | None = None) -> int:
        """Return the error that a call gets by its number."""
        return verdict(self._code, machine or self._machine, number, arguments)


@every_machine
@pytest.mark.parametrize("shared", [True, False])
def test_every_forbidden_call_is_refused(machine: str, shared: bool) -> None:
    ask = Filter(machine, shared=shared)
    assert {ask(name) for name in calls.NOT_THERE} == {errno.ENOSYS}
    assert {ask(name) for name in calls.FORBIDDEN} <= {errno.EPERM, None}
    expected = errno.EOPNOTSUPP if shared else 0
    assert {ask(name) for name in calls.ATTRIBUTES} == {expected}


@every_machine
def test_plain_calls_are_allowed(machine: str) -> None:
    ask = Filter(machine, ports=True)
    assert {number: ask.plain(number) for number in PLAIN[machine]} == dict.fromkeys(
        PLAIN[machine], 0
    )


@every_machine
@settings(max_examples=30)
@given(data=st.data())
def test_only_what_is_listed_is_ever_refused(machine: str, data: st.DataObject) -> None:
    ask = Filter(machine, ports=True)
    column = list(MACHINES).index(machine)
    listed = {numbers[column] for table in TABLES for numbers in table.values()}
    number = data.draw(st.integers(0, 500).filter(lambda one: one not in listed))
    arguments = data.draw(st.lists(st.integers(0, (1 << 64) - 1), max_size=6))
    assert ask.plain(number, *arguments) == 0


@every_machine
def test_another_machines_calls_are_refused(machine: str) -> None:
    ask = Filter(machine)
    assert ask.plain(PLAIN[machine][0], machine=0x40000003) == errno.ENOSYS  # 32 bits, by int 0x80


def test_the_second_set_of_numbers_is_refused() -> None:
    ask = Filter("x86_64")
    assert {ask.plain(0x40000000 | number) for number in range(0, 600, 7)} == {errno.ENOSYS}


@every_machine
@pytest.mark.parametrize("bit", [0x20000, *(1 << bit for bit in range(25, 31))])
def test_a_process_with_a_new_namespace_is_refused(machine: str, bit: int) -> None:
    ask = Filter(machine)
    assert ask("clone", bit | 17) == errno.EPERM
    assert ask("clone", 17) == 0
    assert ask("clone", 0x3D0F00) == 0  # a thread, as the C library makes it


@every_machine
def test_typing_into_terminals_is_refused(machine: str) -> None:
    ask = Filter(machine)
    assert ask("ioctl", 0, 0x5412) == ask("ioctl", 0, 0x541C) == errno.EPERM
    assert ask("ioctl", 0, 0x5413) == 0  # how large is it
    assert ask("ioctl", 0, 1 << 32 | 0x5412) == errno.EPERM  # the kernel looks at 32 bits


@every_machine
@settings(max_examples=20)
@given(families=st.sets(st.sampled_from([AF_UNIX, AF_INET, AF_INET6, AF_NETLINK])))
def test_sockets_are_of_the_allowed_families_only(machine: str, families: set[int]) -> None:
    ask = Filter(machine, families)
    made = {family for family in range(64) if ask("socket", family, 1, 0) == 0}
    assert made == families
    assert ask("socket", 1 << 31, 1, 0) == errno.EAFNOSUPPORT


@every_machine
def test_pairs_of_sockets_cannot_send_elsewhere(machine: str) -> None:
    without, having = Filter(machine), Filter(machine, {AF_UNIX})
    for flags in (0, socket.SOCK_CLOEXEC, socket.SOCK_NONBLOCK):
        for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
            assert without("socketpair", AF_UNIX, kind | flags) == errno.EAFNOSUPPORT
            assert having("socketpair", AF_UNIX, kind | flags) == 0
        for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
            assert without("socketpair", AF_UNIX, kind | flags) == 0


@every_machine
def test_no_file_gets_its_owners_rights(machine: str) -> None:
    ask = Filter(machine, shared=False)
    named: list[tuple[str, tuple[int, ...]]] = [
        ("chmod", (0,)),
        ("fchmod", (0,)),
        ("fchmodat", (0, 0)),
        ("creat", (0,)),
        ("open", (0, O_CREAT)),
        ("openat", (0, 0, O_CREAT)),
        ("openat", (0, 0, O_TMPFILE)),
        ("mknod", (0,)),
        ("mknodat", (0, 0)),
    ]
    for name, before in named:
        assert ask(name, *before, SETUID) in (errno.EPERM, None)
        assert ask(name, *before, 0o755) in (0, None)
    assert ask("openat", 0, 0, 0, SETUID) == 0  # what is not made gets no mode


@every_machine
def test_other_processes_are_left_alone(machine: str) -> None:
    ask, alone = Filter(machine), Filter(machine, shared=False)
    refused: list[tuple[str, tuple[int, ...]]] = [
        ("setpriority", (0, 7, 19)),
        ("setpriority", (1, 7, 19)),
        ("setpriority", (2, 0, 19)),
        ("ioprio_set", (1, 7, 0)),
        ("ioprio_set", (3, 0, 0)),
        ("prlimit64", (7, 7, 64)),
        ("prlimit64", (7, 7, 1 << 32)),
        ("sched_setscheduler", (7, 3)),
        ("sched_setparam", (7,)),
        ("sched_setattr", (7,)),
    ]
    for name, arguments in refused:
        assert ask(name, *arguments) == errno.EPERM
        assert alone(name, *arguments) == 0
    own: list[tuple[str, tuple[int, ...]]] = [
        ("setpriority", (0, 0, 19)),
        ("ioprio_set", (1, 0, 0)),
        ("prlimit64", (0, 7, 64)),
        ("prlimit64", (7, 7, 0)),  # only asked for
        ("sched_setscheduler", (0, 3)),
    ]
    assert {ask(name, *arguments) for name, arguments in own} == {0}


@every_machine
def test_ways_around_the_ports_are_refused(machine: str) -> None:
    counted = Filter(machine, {AF_INET}, ports=True)
    free = Filter(machine, {AF_INET})
    for name, before in (("sendto", 3), ("sendmsg", 2), ("sendmmsg", 3)):
        arguments = [0] * before
        assert counted(name, *arguments, FASTOPEN) == errno.EOPNOTSUPP
        assert counted(name, *arguments, 0x4000) == free(name, *arguments, FASTOPEN) == 0
    for protocol in (MPTCP, SCTP):
        assert counted("socket", AF_INET, 1, protocol) == errno.EPROTONOSUPPORT
        assert free("socket", AF_INET, 1, protocol) == 0
    assert counted("socket", AF_INET, 1, 6) == 0
    for kind in (socket.SOCK_SEQPACKET, 6):  # SCTP by its kind alone, and DCCP
        assert counted("socket", AF_INET, kind | socket.SOCK_CLOEXEC, 0) == errno.EPROTONOSUPPORT
        assert free("socket", AF_INET, kind, 0) == 0


@every_machine
def test_datagrams_are_refused_where_no_name_is_looked_up(machine: str) -> None:
    families = {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK}
    without = Filter(machine, families, ports=True, datagrams=False)
    having = Filter(machine, families, ports=True)
    for family in (AF_INET, AF_INET6):
        for flags in (0, socket.SOCK_NONBLOCK, socket.SOCK_CLOEXEC):
            kind = socket.SOCK_DGRAM | flags
            assert without("socket", family, kind, 0) == errno.EPROTONOSUPPORT
            assert having("socket", family, kind, 0) == 0
        assert without("socket", family, socket.SOCK_STREAM, 0) == 0
    for family in (AF_UNIX, AF_NETLINK):
        assert without("socket", family, socket.SOCK_DGRAM, 0) == 0


@every_machine
def test_nothing_is_started(machine: str) -> None:
    code = program_that_starts_none(machine)
    column = list(MACHINES).index(machine)
    starting = {numbers[column] for numbers in calls.STARTING.values()}
    for number in range(500):
        expected = errno.EACCES if number in starting else 0
        assert verdict(code, MACHINES[machine], number, ()) == expected
    assert verdict(code, 0x40000003, 11, ()) == errno.ENOSYS  # execve of 32 bits
    if machine == "x86_64":
        assert verdict(code, MACHINES[machine], 0x40000000 | 520, ()) == errno.ENOSYS


@every_machine
@pytest.mark.parametrize("shared", [True, False])
def test_the_kernel_would_take_it(machine: str, shared: bool) -> None:
    code = program(machine, set(), shared=shared, ports=True)
    lines = list(struct.iter_unpack("HBBI", code))
    assert len(lines) < 4096
    assert lines[-1][0] == 0x06
    jumps = [(at, yes, no) for at, (kind, yes, no, _value) in enumerate(lines) if kind & 7 == 5]
    assert all(at + 1 + max(yes, no) < len(lines) for at, yes, no in jumps)


def test_a_machine_that_is_not_known_has_no_filter() -> None:
    with pytest.raises(KeyError):
        program("riscv64", set(), shared=True, ports=False)


@every_machine
def test_the_numbers_are_the_kernels(machine: str) -> None:
    header = HEADERS[machine]
    if not header.exists():
        pytest.skip("the kernel's headers are not here")
    found = re.findall(r"#define\s+__NR(?:3264)?_(\w+)\s+(\d+)\s", header.read_text())
    numbers = {name: int(number) for name, number in found}
    column = list(MACHINES).index(machine)
    ours = {name: row[column] for table in TABLES for name, row in table.items()}
    known = {name: number for name, number in ours.items() if name in numbers}
    assert known == {name: numbers[name] for name in known}
    assert len(known) > 60
