"""Tells the session of acts that the run's isolation will not let succeed, where they are tried.

The kernel only says that something is not there or not allowed, and a library may swallow even
that. Python's audit events (PEP 578) come before the act, with the program's own frames below.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

    from .peer import Channel

#: So many different acts are told of; what tries more is told of as a whole by then.
_MOST = 20
_WRITING = os.O_WRONLY | os.O_RDWR
_LOCAL = ("127.", "::1", "localhost", "0.0.0.0", "")


def watch(limits: dict[str, Any], view: str, events: Channel) -> None:
    """Watch from now on, for the life of the process. `limits` is the config's `limits`."""
    heard = _Watcher(limits, view, events).listeners()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        listener = heard.get(event)
        if listener is None:
            return
        try:
            listener(arguments)
        except Exception:  # noqa: BLE001 - never the program's business
            return

    sys.addaudithook(hook)


class _Watcher:
    """Decides which acts are worth telling; each is told once."""

    def __init__(self, limits: dict[str, Any], view: str, events: Channel) -> None:
        self._read = tuple(limits["read"])
        self._write = tuple(limits["write"])
        self._net: bool = limits["net"]
        self._run: list[str] | None = limits["run"]
        self._prefix = view.rstrip("/") + "/"
        self._events = events
        self._told: set[tuple[str, str]] = set()
        self._process = os.getpid()

    def listeners(self) -> dict[str, Callable[[tuple[Any, ...]], None]]:
        """Return what is called, by the name of the audit event."""
        heard: dict[str, Callable[[tuple[Any, ...]], None]] = {
            "open": self._opened,
            "os.listdir": self._listed,
            "os.scandir": self._listed,
        }
        if not self._net:
            heard |= {"socket.connect": self._connected, "socket.sendto": self._connected}
            heard["socket.getaddrinfo"] = self._looked_up
        if self._run is not None:
            heard |= {"subprocess.Popen": self._started, "os.system": self._shell}
            heard |= {"os.exec": self._replaced, "os.posix_spawn": self._replaced}
        return heard

    def _opened(self, arguments: tuple[Any, ...]) -> None:
        path, _mode, flags = arguments
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if not isinstance(path, str) or path[:1] != "/":
            return
        if flags and flags & _WRITING:
            if not path.startswith(self._write):
                self._tell("write", path)
        elif not path.startswith(self._read):
            self._tell("read", path)

    def _listed(self, arguments: tuple[Any, ...]) -> None:
        self._opened((arguments[0], None, 0))

    def _connected(self, arguments: tuple[Any, ...]) -> None:
        address = arguments[1]
        if isinstance(address, tuple) and not _is_local(str(address[0])):
            self._tell("net", f"{address[0]}:{address[1]}")

    def _looked_up(self, arguments: tuple[Any, ...]) -> None:
        host = arguments[0]
        if isinstance(host, bytes):
            host = host.decode("ascii", "replace")
        if isinstance(host, str) and not _is_local(host) and not _is_address(host):
            self._tell("net", host)

    def _started(self, arguments: tuple[Any, ...]) -> None:
        name = os.fsdecode(arguments[0]) if arguments[0] else ""
        if name and os.path.basename(name) not in (self._run or ()):
            self._tell("run", name)

    def _replaced(self, arguments: tuple[Any, ...]) -> None:
        """A bare name was looked up by then, in folders most of which do not have it."""
        path = arguments[0]
        if isinstance(path, (str, bytes)) and os.path.isfile(path):
            self._started(arguments)

    def _shell(self, _arguments: tuple[Any, ...]) -> None:
        self._started(("/bin/sh",))

    def _tell(self, permission: str, target: str) -> None:
        told = (permission, target)
        if told in self._told or len(self._told) >= _MOST or os.getpid() != self._process:
            return
        self._told.add(told)
        about = {"type": "denied", "permission": permission, "target": target}
        self._events.send({**about, "frames": _own_frame(self._prefix)})


def _is_local(host: str) -> bool:
    return host in _LOCAL or host.startswith("127.")


def _is_address(host: str) -> bool:
    """A number is not looked up; what connects to it is told of."""
    return ":" in host or host.replace(".", "").isdigit()


def _own_frame(prefix: str) -> list[dict[str, Any]]:
    """The innermost line of the project's own files that led here."""
    frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - the documented way to see callers
    while frame is not None:
        code = frame.f_code
        if code.co_filename.startswith(prefix):
            line = {"path": code.co_filename, "line": frame.f_lineno, "function": code.co_name}
            return [line]
        frame = frame.f_back
    return []
