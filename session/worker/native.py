"""The system calls that Python has no words for. Linux only."""

from __future__ import annotations

import ctypes
import os

_SET_PDEATHSIG = 1
_SET_CHILD_SUBREAPER = 36


def _prctl(option: int, value: int) -> bool:
    try:
        prctl = ctypes.CDLL(None).prctl
    except (OSError, AttributeError):
        return False
    zero = ctypes.c_ulong(0)
    return bool(prctl(ctypes.c_int(option), ctypes.c_ulong(value), zero, zero, zero) == 0)


def become_subreaper() -> bool:
    """Make orphaned descendants our children; whether that worked."""
    return _prctl(_SET_CHILD_SUBREAPER, 1)


def die_with_parent(signal_number: int) -> bool:
    """Ask for `signal_number` when the thread that started us ends; whether that worked.

    The parent may be gone already, in which case no signal comes: compare `getppid` after.
    """
    return _prctl(_SET_PDEATHSIG, signal_number)


#: The number of kcmp(2) by machine, and what it is asked.
_KCMP = {"x86_64": 312, "aarch64": 272, "riscv64": 272}
_KCMP_VM = 1


def same_memory(one: int, other: int) -> bool:
    """Whether two processes work in the very same memory; False where that cannot be told."""
    number = _KCMP.get(os.uname().machine)
    if number is None:
        return False
    try:
        syscall = ctypes.CDLL(None).syscall
    except (OSError, AttributeError):
        return False
    words = (number, one, other, _KCMP_VM, 0, 0)
    return bool(syscall(*map(ctypes.c_long, words)) == 0)
