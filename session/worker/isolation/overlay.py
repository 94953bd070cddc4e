"""The view as an overlay: the image's tree below, this run's own folder above.

The kernel does the work below with the rights of whoever mounts. Root's run is another user, over
mounts that make root's files that user's; there the one who mounts has to be that user too, for
root itself has no name in them, and needs its capabilities still.
"""

from __future__ import annotations

import ctypes
import os
import struct

from .syscalls import CAPGET, CAPSET, file_user, mount, syscall, unmount

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    #: Shows a folder of the old root at a path of the new one.
    Bind = Callable[[str, str], None]

_NOSUID, _NODEV = 0x2, 0x4
_DETACH = 2
_CAPABILITY_VERSION = 0x20080522
_STAGE = "/.view"
_OPTIONS = "lowerdir={0}/lower,upperdir={0}/own/upper,workdir={0}/own/work,userxattr,volatile"


class ViewRefusedError(OSError):
    """The kernel, or the file system, makes no overlay of these folders; a copy does instead."""


def mount_view(view: dict[str, str], target: str, owner: int, bind: Bind) -> None:
    """Mount the overlay at `target`; `owner` is who root's files belong to, 0: to root.

    Raises ViewRefusedError, and leaves nothing that matters to a run that has a copy.
    """
    try:
        for name, source in (("lower", view["lower"]), ("own", view["place"])):
            os.makedirs(f"{_STAGE}/{name}", mode=0o700)
            bind(source, f"{_STAGE}/{name}")
        _mount_as(owner, target)
        for name in ("lower", "own"):  # the overlay has its own hold on both
            unmount(f"{_STAGE}/{name}", _DETACH)
            os.rmdir(f"{_STAGE}/{name}")
        os.rmdir(_STAGE)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ViewRefusedError(
            error.errno, f"the kernel makes no overlay here: {reason}"
        ) from error


def _mount_as(owner: int, target: str) -> None:
    flags, options = _NOSUID | _NODEV, _OPTIONS.format(_STAGE)
    if not owner:
        mount("overlay", target, "overlay", flags, options)
        return
    file_user(owner)
    try:
        _use_all_capabilities()  # becoming somebody else has taken those over files away
        mount("overlay", target, "overlay", flags, options)
    finally:
        file_user(0)


def _use_all_capabilities() -> None:
    header = ctypes.create_string_buffer(struct.pack("Ii", _CAPABILITY_VERSION, 0))
    sets = ctypes.create_string_buffer(24)
    syscall(CAPGET, header, sets)
    low, high = (struct.unpack_from("III", sets, place)[1] for place in (0, 12))
    effective = struct.pack("IIIIII", low, low, 0, high, high, 0)
    syscall(CAPSET, header, ctypes.create_string_buffer(effective, 24))
