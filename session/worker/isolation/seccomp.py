"""A filter of system calls: kernel surface that no program of ours needs, and sockets.

Refused calls answer with an error, never with a signal: libraries that try something newer fall
back. Assembled by hand as classic BPF (linux/filter.h, seccomp(2)).
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

from .syscalls import prctl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_SET_SECCOMP, _MODE_FILTER = 22, 2
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
# Classic BPF: load a word, jump if equal / at least / bits set, return.
_LOAD, _EQUAL, _AT_LEAST, _BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _MACHINE_AT, _FIRST_ARGUMENT_AT, _SECOND_ARGUMENT_AT = 0, 4, 16, 24
_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT = 0x40000000
#: New cgroup, mount, UTS, IPC, user, PID, network namespace; time has the lowest bits of exit.
_NEW_NAMESPACES = 0x7E020000
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C

AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET = 1, 2, 10, 16, 17
_FAMILIES = 50  # every family that there is has a lower number

#: name: number on x86_64, on aarch64 (None: it has none).
_NOT_THERE = {  # newer ways to do what older calls do: programs fall back
    "clone3": (435, 435),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "userfaultfd": (323, 282),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
}
_FORBIDDEN = {
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "unshare": (272, 97),
    "setns": (308, 268),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "open_by_handle_at": (304, 265),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "syslog": (103, 116),
    "lookup_dcookie": (212, 18),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "vhangup": (153, 58),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "fanotify_init": (300, 262),
}
_CLONE = {"x86_64": 56, "aarch64": 220}
_IOCTL = {"x86_64": 16, "aarch64": 29}
_SOCKET = {"x86_64": 41, "aarch64": 198}


def put_on(families: Iterable[int]) -> None:
    """Filter from now on; `families` are those of which sockets can be made. Raise OSError."""
    code = program(os.uname().machine, set(families))
    buffer = ctypes.create_string_buffer(code, len(code))
    pointer = ctypes.addressof(buffer)
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(code) // 8, pointer), 16)
    prctl(_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(head))


def program(machine: str, families: set[int]) -> bytes:
    """Return the filter for a machine. Pure; KeyError for a machine that is not known."""
    column = list(_MACHINES).index(machine)
    lines = [
        *_unless(_MACHINE_AT, _EQUAL, _MACHINES[machine], errno.ENOSYS),
        _line(_LOAD, 0, 0, _NUMBER_AT),
    ]
    if machine == "x86_64":
        lines += _if(_AT_LEAST, _X32_BIT, errno.ENOSYS)
    for table, number in ((_NOT_THERE, errno.ENOSYS), (_FORBIDDEN, errno.EPERM)):
        for numbers in table.values():
            if numbers[column] is not None:
                lines += _if(_EQUAL, numbers[column] or 0, number)
    lines += _calling(_CLONE[machine], _FIRST_ARGUMENT_AT, [(_BITS, _NEW_NAMESPACES)], errno.EPERM)
    writes = [(_EQUAL, _TIOCSTI), (_EQUAL, _TIOCLINUX)]
    lines += _calling(_IOCTL[machine], _SECOND_ARGUMENT_AT, writes, errno.EPERM)
    denied = [(_EQUAL, family) for family in range(_FAMILIES) if family not in families]
    denied.append((_AT_LEAST, _FAMILIES))
    lines += _calling(_SOCKET[machine], _FIRST_ARGUMENT_AT, denied, errno.EAFNOSUPPORT)
    return b"".join([*lines, _line(_RETURN, 0, 0, _ALLOW)])


def _line(code: int, yes: int, no: int, value: int) -> bytes:
    return struct.pack("HBBI", code, yes, no, value)


def _if(test: int, value: int, number: int) -> list[bytes]:
    return [_line(test, 0, 1, value), _line(_RETURN, 0, 0, _ERRNO | number)]


def _unless(offset: int, test: int, value: int, number: int) -> list[bytes]:
    return [
        _line(_LOAD, 0, 0, offset),
        _line(test, 1, 0, value),
        _line(_RETURN, 0, 0, _ERRNO | number),
    ]


def _calling(call: int, offset: int, tests: list[tuple[int, int]], number: int) -> list[bytes]:
    """Refuse one call where a test holds for an argument; the call's number stays loaded."""
    inner = [line for test, value in tests for line in _if(test, value, number)]
    skipped = len(inner) + 2
    return [
        _line(_EQUAL, 0, skipped, call),
        _line(_LOAD, 0, 0, offset),
        *inner,
        _line(_LOAD, 0, 0, _NUMBER_AT),
    ]
