"""Landlock: which files may be read, written and started, which TCP ports used.

Kernel documentation: userspace-api/landlock. Access rights that this kernel's ABI does not know
are left out; what then stays open is returned as gaps.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct

from .syscalls import LANDLOCK_ADD, LANDLOCK_CREATE, LANDLOCK_RESTRICT, syscall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_CREATE_VERSION = 1
_RULE_PATH, _RULE_PORT = 1, 2
EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_CHANGE_FOLDER = 0b1_1111_1111 << 4  # remove dir, file; make char, dir, reg, sock, fifo, block, sym
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
READ = _READ_FILE | _READ_DIR
WRITE = READ | _WRITE_FILE | _CHANGE_FOLDER | _REFER | _TRUNCATE | _IOCTL_DEV
#: What a rule on something that is no folder may say.
_FILE_ONLY = EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_BIND_TCP, _CONNECT_TCP = 1, 2
_SCOPE_ABSTRACT, _SCOPE_SIGNAL = 1, 2


def abi() -> int:
    """Return the version of this kernel's Landlock; 0 where there is none."""
    try:
        return syscall(LANDLOCK_CREATE, 0, 0, _CREATE_VERSION)
    except OSError:
        return 0


class Ruleset:
    """Rules that are gathered, then put on for good by `restrict`."""

    def __init__(self, version: int, *, ports: bool, abstract: bool) -> None:
        """Begin with nothing allowed; `ports`: TCP too. `abstract`: sockets of others stay open."""
        self.handled = _known_to(version)
        network = _BIND_TCP | _CONNECT_TCP if ports and version >= 4 else 0
        scope = _SCOPE_SIGNAL | (0 if abstract else _SCOPE_ABSTRACT) if version >= 6 else 0
        size = 24 if version >= 6 else 16 if version >= 4 else 8
        attributes = struct.pack("QQQ", self.handled, network, scope)[:size]
        self._fd = syscall(LANDLOCK_CREATE, ctypes.create_string_buffer(attributes, size), size, 0)

    def allow(self, paths: Iterable[str], access: int) -> None:
        """Allow something below each path; one that is not there is passed over."""
        for path in paths:
            try:
                fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except OSError:
                continue
            try:
                self._allow(fd, access)
            finally:
                os.close(fd)

    def _allow(self, fd: int, access: int) -> None:
        granted = access & self.handled
        if not stat.S_ISDIR(os.fstat(fd).st_mode):
            granted &= _FILE_ONLY
        rule = ctypes.create_string_buffer(struct.pack("=Qi", granted, fd), 12)
        syscall(LANDLOCK_ADD, self._fd, _RULE_PATH, rule, 0)

    def allow_port(self, port: int) -> None:
        """Allow to listen at a TCP port, and to connect to it."""
        rule = ctypes.create_string_buffer(struct.pack("QQ", _BIND_TCP | _CONNECT_TCP, port), 16)
        syscall(LANDLOCK_ADD, self._fd, _RULE_PORT, rule, 0)

    def restrict(self) -> None:
        """Put it on: this process, and all that come of it. Needs no-new-privileges."""
        syscall(LANDLOCK_RESTRICT, self._fd, 0)
        os.close(self._fd)


def _known_to(version: int) -> int:
    known = (1 << 13) - 1
    if version >= 2:
        known |= _REFER
    if version >= 3:
        known |= _TRUNCATE
    if version >= 5:
        known |= _IOCTL_DEV
    return known


def reason(error: OSError) -> str:
    """Say in a few words why it cannot be put on."""
    if error.errno in (errno.ENOSYS, errno.EOPNOTSUPP):
        return "this kernel has no Landlock"
    return error.strerror or str(error)
