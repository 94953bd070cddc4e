"""The two `prctl` calls that Python has no words for. Linux only."""

from __future__ import annotations

import ctypes

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
