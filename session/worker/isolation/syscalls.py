"""System calls that Python has no words for, by number or through the C library."""

from __future__ import annotations

import ctypes
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Keeps the interpreter's lock: what `clone` makes has to find it as it was.
_libc = ctypes.PyDLL(None, use_errno=True)
_MACHINE = os.uname().machine
#: Whether the numbers below are this machine's; elsewhere no layer that needs them is put on.
KNOWN_MACHINE = _MACHINE in ("x86_64", "aarch64")
_X86 = _MACHINE == "x86_64"

CLONE = 56 if _X86 else 220
CAPGET = 125 if _X86 else 90
CAPSET = 126 if _X86 else 91
PIVOT_ROOT = 155 if _X86 else 41
# These have one number everywhere.
OPEN_TREE = 428
MOVE_MOUNT = 429
MOUNT_SETATTR = 442
_CLONE3 = 435
_INTO_CGROUP = 0x200000000
LANDLOCK_CREATE = 444
LANDLOCK_ADD = 445
LANDLOCK_RESTRICT = 446


def syscall(number: int, *arguments: Any) -> int:
    """Make a system call; raise OSError with what the kernel says."""
    words = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    return _checked(_libc.syscall(ctypes.c_long(number), *words))


def clone_into(group: int, flags: int, signal_number: int) -> int:
    """Fork into a control group, by clone3(2); raise OSError."""
    words = (ctypes.c_uint64 * 11)(flags | _INTO_CGROUP)
    words[4], words[10] = signal_number, group
    return syscall(_CLONE3, ctypes.byref(words), ctypes.sizeof(words))


def prctl(option: int, *arguments: int) -> int:
    """Call prctl(2); raise OSError."""
    words = [ctypes.c_ulong(one) for one in (*arguments, 0, 0, 0, 0)[:4]]
    return _checked(_libc.prctl(ctypes.c_int(option), *words))


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """Call mount(2); raise OSError."""
    names = [os.fsencode(name) if name else None for name in (source, target, kind)]
    options = data.encode() or None
    done = _libc.mount(names[0], names[1], names[2], ctypes.c_ulong(flags), options)
    _checked(done, target)


def unmount(target: str, flags: int) -> None:
    """Call umount2(2); raise OSError."""
    _checked(_libc.umount2(os.fsencode(target), ctypes.c_int(flags)), target)


def file_user(uid: int) -> None:
    """Be another user and group for files only; see setfsuid(2), which tells of no failure."""
    _libc.setfsgid(ctypes.c_uint(uid))
    _libc.setfsuid(ctypes.c_uint(uid))


def _checked(result: int, path: str | None = None) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), path)
    return int(result)
