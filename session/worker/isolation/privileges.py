"""Gives up what a program must not have: other users' rights, capabilities, new privileges."""

from __future__ import annotations

import ctypes
import os
import struct

from .syscalls import CAPSET, prctl, syscall

_SET_NO_NEW_PRIVS = 38
_CAPBSET_DROP = 24
_CAP_AMBIENT, _CAP_AMBIENT_CLEAR_ALL = 47, 4
_LAST_CAP = 63
#: linux/capability.h: version 3 has two words of each set.
_CAPABILITY_VERSION = 0x20080522


def become_user(uid: int) -> None:
    """Be an ordinary user from now on, root no more; raise OSError."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def forget_capabilities() -> None:
    """Let no program that is started have any capability, whatever its file says."""
    for number in range(_LAST_CAP + 1):
        try:
            prctl(_CAPBSET_DROP, number)
        except OSError:  # past the last one, or an ordinary user: there is nothing to drop
            break
    try:
        prctl(_CAP_AMBIENT, _CAP_AMBIENT_CLEAR_ALL)
    except OSError:
        pass  # a kernel before 4.3


def drop_capabilities() -> None:
    """Give up every capability, for good; raise OSError."""
    header = ctypes.create_string_buffer(struct.pack("Ii", _CAPABILITY_VERSION, 0))
    syscall(CAPSET, header, ctypes.create_string_buffer(24))


def no_new_privileges() -> None:
    """Let no set-uid program give any right back; raise OSError."""
    prctl(_SET_NO_NEW_PRIVS, 1)
