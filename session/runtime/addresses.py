"""Which address a program did not get, by what is told of its error. Pure."""

import errno
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

#: Ports below belong to the system, unless it says otherwise.
FIRST_FREE_PORT: Final = 1024
_NO_PORT: Final = 65536
#: Event loops name the address in their message, as a Python tuple.
_NAMED: Final = re.compile(r"address \('(?P<host>[^']*)', (?P<port>\d{1,5})[,)]")
_IN_USE: Final = {errno.EADDRINUSE, 98, 48}


class Address(NamedTuple):
    """A place to listen at; `host` is as the program wrote it, `""` for any."""

    host: str
    port: int


def address_of(failure: Mapping[str, Any]) -> Address | None:
    """Return the network address that an error is about; None where there is none."""
    named = _NAMED.search(str(failure.get("message", "")))
    if named:
        return _checked(named["host"], int(named["port"]))
    match failure.get("address"):
        case [str(host), int(port)]:
            return _checked(host, port)
        case _:
            return None


def _checked(host: str, port: int) -> Address | None:
    return Address(host, port) if 0 < port < _NO_PORT else None


def socket_path_of(failure: Mapping[str, Any]) -> str | None:
    """Return the path of a UNIX socket that an error is about."""
    address = failure.get("address")
    return address if isinstance(address, str) and address else None


def is_in_use(failure: Mapping[str, Any]) -> bool:
    """Whether an error says that an address is taken."""
    in_words = "address already in use" in str(failure.get("message", "")).lower()
    return failure.get("errno") in _IN_USE or (failure.get("errno") is None and in_words)


def taken_address(failure: Mapping[str, Any]) -> Address | None:
    """Return the taken address behind an error, or behind one of its parts."""
    if is_in_use(failure) and (found := address_of(failure)):
        return found
    parts = failure.get("inner", ())
    return next((found for one in parts if (found := taken_address(one))), None)
