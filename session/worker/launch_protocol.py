"""What the session and its launcher say to each other: one JSON object a line.

Requests: `remove`, `start`, `watch`, `interrupt`, `sweep`. The end of the session's side of the
line means sweep and exit. Reports: `launched`, `started` or `failed`, `watching`, `budget`,
`exited`, `sweeping`, `swept`. `start`, or `watch` for a program that is up already, may carry a
`budget` (`wall_s`, `cpu_s`, `memory`, `processes`, `disk`) and the `folders` in which bytes on the
disk count; `started`, or `watching`, names what of it is `unwatched` here.
A `failed` of the stage `view` is no end: the same may be asked for with a view that is a copy.
`budget` comes once, when one is used up, and before the `exited` that follows from it.
"""

from __future__ import annotations

from .plain_json import dumps, parse_object

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: A `start` carries a whole environment and command line; the kernel allows a few MiB of those.
LINE_CAP = 16 << 20

#: What a process of a run is known by, wherever it went.
RUN_ID_VARIABLE = "PLAYHEAD_RUN_ID"

#: On the launcher's command line: what it starts is to be isolated.
ISOLATES = "isolates"

#: On the worker's command line: it is up long before it is told what it plays.
WAITS = "waits"

#: The stage of a start that fails because the view cannot be an overlay.
VIEW_STAGE = "view"

LINUX = "linux"
POSIX = "posix"


class LineError(ValueError):
    """The peer sent something that is no line of this protocol."""


def encode_line(message: dict[str, Any]) -> bytes:
    """Return one message as a line of ASCII."""
    return dumps(message).encode("ascii") + b"\n"


class LineReader:
    """Cuts a byte stream into messages, however it was chunked."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[dict[str, Any]]:
        """Take bytes and return the messages they complete; raise LineError on nonsense."""
        self._buffer += data
        *lines, rest = self._buffer.split(b"\n")
        self._buffer = rest
        if len(rest) > LINE_CAP:
            message = f"a line is over the cap of {LINE_CAP} bytes"
            raise LineError(message)
        return [_parse(bytes(line)) for line in lines]


def _parse(line: bytes) -> dict[str, Any]:
    try:
        return parse_object(line)
    except ValueError as error:
        message = f"a line {error}"
        raise LineError(message) from None
