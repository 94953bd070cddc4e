"""Says that a program tried what it may not do: which permission it lacks, and the remedy."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from session.log.entry import Location, NewEntry, Severity, Source
from session.rights import PERMISSIONS
from session.runtime.shown import shown

#: The code of such an entry is this and the permission's name.
CODE: Final = "denied-"
_ACTS: Final = {
    "net": ("reach {} over the network", "net = true", "net"),
    "read": ("read {}", 'read = ["{}"]', "read={}"),
    "write": ("write {}", 'write = ["{}"]', "write={}"),
    "run": ("start {}", 'run = ["{}"]', "run={}"),
}


def denial(header: Mapping[str, Any], location: Location | None) -> NewEntry | None:
    """Return the entry for one attempt; None where nothing is there that was denied."""
    permission, target = str(header["permission"]), str(header["target"])
    if permission not in _ACTS:
        return None
    if permission in ("read", "write") and not _is_there(permission, target):
        return None  # it fails outside of any isolation as well
    act, line, _grant = (part.format(shown(target)) for part in _ACTS[permission])
    return NewEntry(
        Source.RUNTIME,
        Severity.WARNING,
        f"The program tried to {act}, which it may not.",
        location=location,
        code=f"{CODE}{permission}",
        hint=f"Grant it in [tool.playhead.permissions] with `{line}`, or once: "
        f"`playhead play --grant {grant_for(permission, target)}`.",
    )


class Denials:
    """The attempts of one run, to explain by them what then ended it."""

    def __init__(self) -> None:
        self._seen: list[tuple[str, Location | None, str]] = []
        self._grants: list[str] = []

    def note(self, header: Mapping[str, Any], entry: NewEntry) -> None:
        """Remember an attempt, and what would have allowed it."""
        permission, target = str(header["permission"]), str(header["target"])
        self._seen.append((target, entry.location, entry.hint or ""))
        self._grants.append(grant_for(permission, target))

    @property
    def grants(self) -> tuple[str, ...]:
        """What would have allowed all of it: permissions, or parts of some."""
        return tuple(dict.fromkeys(self._grants))

    def hint(self, message: str, place: Location | None) -> str | None:
        """Return what would have kept an exception from happening, if that was an attempt."""
        for target, where, hint in reversed(self._seen):
            if target in message or (place is not None and where == place):
                return hint
        return None


def grant_for(permission: str, target: str) -> str:
    """Return what grants such an attempt, as `Rights.with_grants` reads it."""
    return _ACTS[permission][2].format(shown(target))


def permission_of(code: str | None) -> str | None:
    """Return the permission that an entry of this code is about."""
    name = (code or "").removeprefix(CODE)
    return name if (code or "").startswith(CODE) and name in PERMISSIONS else None


def _is_there(permission: str, path: str) -> bool:
    return os.path.lexists(Path(path).parent if permission == "write" else path)
