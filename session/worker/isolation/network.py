"""The loopback interface of a network of one's own: it is there, but down, when that is new."""

from __future__ import annotations

import fcntl
import os
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
else:
    import _socket as socket  # the C part: the rest of `socket` costs an `enum` and more

_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1


def bring_up_loopback() -> None:
    """Let programs of the run talk to each other at 127.0.0.1; raise OSError."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    control = made.detach()
    try:
        request = bytearray(struct.pack("16sH14x", b"lo", 0))
        fcntl.ioctl(control, _GET_FLAGS, request)
        (flags,) = struct.unpack_from("H", request, 16)
        struct.pack_into("H", request, 16, flags | _UP)
        fcntl.ioctl(control, _SET_FLAGS, request)
    finally:
        os.close(control)
