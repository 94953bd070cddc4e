"""What to do about acts that the system refused: files, ports, what needs other rights. Pure."""

import errno
import os
from collections.abc import Collection, Mapping
from typing import Any, Final

from session.runtime.addresses import FIRST_FREE_PORT, address_of
from session.runtime.shown import shown

_REFUSALS: Final = (errno.EACCES, errno.EPERM)


def refused(failure: Mapping[str, Any], folders: Collection[str]) -> str | None:
    """Return the next step after EACCES, EPERM or EROFS; None for any other error.

    `folders` are those that belong to the program: its view and its project.
    """
    number, path = failure.get("errno"), failure.get("path")
    if number == errno.EROFS:
        return _read_only(path)
    if number not in _REFUSALS:
        return None
    if isinstance(path, str) and path:
        return _for_path(path, folders)
    address = address_of(failure)
    if address is not None and address.port < FIRST_FREE_PORT:
        return (
            f"Port {address.port} belongs to the system, as all below {FIRST_FREE_PORT} do: "
            "choose a higher one, such as 8080."
        )
    return "That needs rights which an ordinary program does not have: do without it."


def _for_path(path: str, folders: Collection[str]) -> str:
    for folder in folders:
        if path.startswith(folder + os.sep):
            name = shown(path[len(folder) + 1 :])
            return f"The mode of {name} forbids it: `chmod u+rw {name}`, or for a folder `u+rwx`."
    if not path.startswith(os.sep):
        name = shown(path)
        return f"The mode of {name} forbids it: `chmod u+rw {name}`, or for a folder `u+rwx`."
    return f"{shown(path)} belongs to another user, or its mode forbids it: use a file of your own."


def _read_only(path: object) -> str:
    folder = os.path.dirname(path) if isinstance(path, str) else ""  # noqa: PTH120 - mere text
    grant = f', or grant `write = ["{shown(folder)}"]`' if folder else ""
    return (
        "Nothing may be written there: write into the working folder, or into the one that "
        f"PLAYHEAD_DATA names{grant}."
    )


def unresolved_address(failure: Mapping[str, Any]) -> str | None:
    """Return the next step where a program wants to listen at an address that is not its own."""
    if failure.get("errno") != errno.EADDRNOTAVAIL:
        return None
    address = address_of(failure)
    which = f"{shown(address.host)} is" if address and address.host else "That is"
    return f"{which} no address of this machine: listen at 127.0.0.1, or at 0.0.0.0 for all."
