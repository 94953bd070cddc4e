"""The errors of the shipper.

ShipperError
├── PrepareFailed          the project cannot be prepared as it is
│   ├── ProjectMissing     nothing lies at the path
│   ├── ProjectUnreadable  it is there and cannot be read
│   ├── NotAProject        it is there and is nothing that can be played
│   ├── ProjectChanged     it changed, or went away, while it was being read
│   ├── ManifestBroken     its `pyproject.toml` is not what it should be
│   └── StoreUnwritable    Playhead's own cache cannot be written
├── EnvironmentUnknown     no kept environment has that name
├── EnvironmentBusy        it is in use, so it cannot be removed
├── ToolTimedOut           a tool took longer than it may
├── DeviceNotAvailable     this machine has no such device to compute on
├── NoDevice               it has none of those that would do
└── Cancelled              the host asked to stop

HostRaised                 what the host's spawn raised, on its way through; never leaves `prepare`

Each renders its own sentence and carries a stable `code`; `hint` says what to do next. By the
time a `PrepareFailed` reaches the caller of `prepare`, every finding behind it, the error itself
included, has been emitted as an entry.
"""

import errno
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shipper.formats.fix import Fix

#: Errors of the system that mean "there is no room left", whoever set the limit.
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class ShipperError(Exception):
    """The root of the tree; never raised itself."""

    code = "shipper"

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message


class PrepareFailed(ShipperError):
    """The project cannot be prepared; `path`, `line` and `column` say where, if known.

    `fix` is a change that resolves it, where there is an unambiguous one.
    """

    code = "prepare-failed"

    def __init__(
        self,
        message: str,
        hint: str | None = None,
        *,
        code: str | None = None,
        path: str | None = None,
        line: int | None = None,
        column: int | None = None,
        fix: "Fix | None" = None,
    ) -> None:
        super().__init__(message, hint)
        self.code = code or self.code
        self.path = path
        self.line = line
        self.column = column
        self.fix = fix
        #: True once its entries have been emitted.
        self.reported = False
        #: The single failures, where there are several; each is an entry of its own.
        self.parts: tuple[PrepareFailed, ...] = ()

    @staticmethod
    def of(parts: Sequence["PrepareFailed"]) -> "PrepareFailed":
        """Return one failure for all of `parts`: the first, which tells of the others."""
        first, more = parts[0], len(parts) - 1
        if not more:
            return first
        others = "There is one more error" if more == 1 else f"There are {more} more errors"
        own = type(first)
        kind = own if own.__init__ is PrepareFailed.__init__ else PrepareFailed
        whole = kind(
            f"{first.message} {others}; see the log.",
            first.hint,
            code=first.code,
            path=first.path,
            line=first.line,
            column=first.column,
        )
        whole.parts = tuple(parts)
        return whole


class ProjectMissing(PrepareFailed):
    """Nothing lies at the path."""

    code = "project-missing"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"There is nothing at {path}.",
            "Check the path: it names a project folder, a .py file or an .ipynb notebook.",
        )


class ProjectUnreadable(PrepareFailed):
    """The project, or a file it cannot do without, cannot be read."""

    code = "project-unreadable"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} cannot be read: {reason}.",
            "Give your user the right to read it, then play again.",
        )


class NotAProject(PrepareFailed):
    """What lies at the path is nothing that can be played."""

    code = "not-a-project"


class ProjectChanged(PrepareFailed):
    """The project changed, or went away, while it was being read."""

    code = "project-changed"

    def __init__(self, path: str, what: str) -> None:
        super().__init__(
            f"{path} {what} while the project was being prepared.",
            "Play again once nothing writes to the project any more.",
            path=path,
        )


class ManifestBroken(PrepareFailed):
    """The project's `pyproject.toml` is not what it should be."""

    code = "manifest-broken"


class StoreUnwritable(PrepareFailed):
    """Playhead's own cache cannot be written."""

    code = "store-unwritable"

    def __init__(self, folder: Path, reason: OSError) -> None:
        full = reason.errno in _NO_ROOM
        words = reason.strerror or str(reason)
        super().__init__(
            f"There is no space left for Playhead's cache in {folder}."
            if full
            else f"Playhead's cache in {folder} cannot be written: {words}.",
            "Free some space there, or set PLAYHEAD_HOME to a folder on another disk."
            if full
            else "Make the folder writable, or set PLAYHEAD_HOME to one that is.",
            code="no-space" if full else None,
        )


class EnvironmentUnknown(ShipperError):
    """No kept environment has that name, or several begin with it."""

    code = "environment-unknown"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is no one environment whose name begins with `{name}`.",
            "`playhead environments` lists them.",
        )


class EnvironmentBusy(ShipperError):
    """The environment is in use, so it is left alone."""

    code = "environment-busy"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"The environment {name[:12]} cannot be removed: {why}.", "Stop what uses it first."
        )


class ToolTimedOut(ShipperError):
    """A tool took longer than it may, and was ended."""

    code = "tool-timed-out"

    def __init__(self, tool: str, seconds: float) -> None:
        super().__init__(
            f"{tool} did not finish within {seconds:g} s and was ended.",
            "Try again; if it stays so, look at the network, or at what that program waits for.",
        )


class DeviceNotAvailable(ShipperError):
    """This machine has no such device to compute on; `known` are those that it has."""

    code = "device-not-available"

    def __init__(self, wanted: str, known: Sequence[str]) -> None:
        super().__init__(
            f"This machine has no device `{wanted}`.",
            f"It has {', '.join(known)}; `playhead machine` says more.",
        )
        self.wanted = wanted


class NoDevice(ShipperError):
    """None of the devices that would do is there."""

    code = "no-device"

    def __init__(self, wanted: Sequence[str]) -> None:
        super().__init__(
            f"This machine has none of the devices that would do: {', '.join(wanted) or 'none'}.",
            "Add `cpu` to the list: every machine has that.",
        )


class Cancelled(ShipperError):
    """The host asked to stop; nothing half-made is left where it could be taken for whole."""

    code = "cancelled"

    def __init__(self) -> None:
        super().__init__("The preparation was stopped.")


class HostRaised(Exception):
    """Carries what the host's spawn raised past those who handle our own errors."""

    def __init__(self, original: BaseException) -> None:
        super().__init__(str(original))
        self.original = original
