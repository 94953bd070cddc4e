"""Remembers which address the program asked to listen at: its exceptions do not say."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_last: list[Any] = [None]
#: All that were asked for before the last, as far as they are few.
_before: set[Any] = set()
_MOST = 100


def note(arguments: tuple[Any, ...]) -> None:
    """Take the arguments of the audit event `socket.bind`."""
    earlier, _last[0] = _last[0], arguments[1]
    if type(earlier) is tuple and len(_before) < _MOST:
        _before.add(earlier[:2])


def asked_before() -> bool:
    """Whether the program had asked for its last address once already."""
    return type(_last[0]) is tuple and _last[0][:2] in _before


def last_address() -> list[Any] | str | None:
    """Return what was asked for last, as plain data: `[host, port]`, a path, or None."""
    address = _last[0]
    if isinstance(address, tuple) and len(address) >= 2:
        return [str(address[0]), address[1]] if isinstance(address[1], int) else None
    if isinstance(address, bytes):
        return address.decode("utf-8", "replace")
    return address if isinstance(address, str) else None


def watch() -> None:
    """Listen for the life of the process, where nobody else listens to audit events."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.bind":
            note(arguments)

    sys.addaudithook(hook)
