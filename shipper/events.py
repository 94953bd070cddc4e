"""What the shipper tells its host, and the one thing it asks of it: to run a tool.

An event is plain data on one of three channels; the host turns it into whatever its log holds.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from shipper.formats.fix import Fix


class Channel(StrEnum):
    """The three parts of a preparation that a reader can tell apart."""

    BUILD = "build"
    PACK_VALIDATION = "pack-validation"
    PACK = "pack"


class Severity(StrEnum):
    """How much an event matters."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class PrepareEvent(NamedTuple):
    """One thing that happened in a preparation.

    `step` names the phase. `path` is relative to the project, with slashes; `line` and
    `column` count from 1. `code` is stable, and `hint` says what to do next; `fix` is a change
    that does it, where there is an unambiguous one.
    """

    channel: Channel
    severity: Severity
    message: str
    step: str
    path: str | None = None
    line: int | None = None
    column: int | None = None
    code: str | None = None
    hint: str | None = None
    fix: "Fix | None" = None


#: Control characters, line separators, and the halves that stand for bytes that are no UTF-8.
_UNFIT = "[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"
_BYTES = range(0xDC80, 0xDD00)


def shown(text: str) -> str:
    """Return the text fit to be shown on one line and written as UTF-8: unfit parts escaped."""
    return text if text.isprintable() else re.sub(_UNFIT, _escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code in _BYTES:
        return f"\\x{code - 0xDC00:02x}"  # the byte that a name had there
    return match[0].encode("unicode_escape").decode()


Emit = Callable[[PrepareEvent], None]
#: Polled between files and between steps; True means: stop soon.
IsCancelled = Callable[[], bool]


class ToolRights(NamedTuple):
    """What a tool may reach beside the system, its own installation and a scratch folder.

    `read` and `write` are folders and files that are there, `pythons` are interpreters that it
    starts. With `net` it may use the network: nothing that runs code of a project's has it.
    """

    read: tuple[Path, ...] = ()
    write: tuple[Path, ...] = ()
    pythons: tuple[Path, ...] = ()
    net: bool = False


class Spawn(Protocol):
    """Runs a tool to its end; the only way in which the shipper starts a process."""

    def __call__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        stdin: bytes = b"",
        rights: ToolRights,
        on_output: Callable[[str, bytes], None],
    ) -> int:
        """Run `argv` and return its exit code (negative: the signal that ended it).

        `on_output` gets `stdout` or `stderr` and raw chunks, as they come. Whatever this
        raises passes through the shipper untouched. `cwd` is among what `rights` name.
        """
        ...
