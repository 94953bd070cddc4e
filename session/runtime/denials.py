"""Says that a program tried what it may not do: which permission it lacks, and the remedy."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from session.log.entry import Location, NewEntry, Severity, Source
from session.runtime.shown import shown


class _Act(NamedTuple):
    """What was tried, the manifest's line that allows it, the grant, and the entry's code."""

    words: str
    line: str
    grant: str
    code: str


_ACTS: Final = {
    "net": _Act("reach {} over the network", "net = true", "net", code="denied-net"),
    "read": _Act("read {}", 'read = ["{}"]', "read={}", code="denied-read"),
    "write": _Act("write {}", 'write = ["{}"]', "write={}", code="denied-write"),
    "run": _Act("start {}", 'run = ["{}"]', "run={}", code="denied-run"),
}


def denial(header: Mapping[str, Any], location: Location | None) -> NewEntry | None:
    """Return the entry for one attempt; None where nothing is there that was denied."""
    permission, target = str(header["permission"]), str(header["target"])
    if permission not in _ACTS:
        return None
    if permission in ("read", "write") and not _is_there(permission, target):
        return None  # it fails outside of any isolation as well
    act = _ACTS[permission]
    return NewEntry(
        Source.RUNTIME,
        Severity.WARNING,
        _words(act, target, local=header.get("local") is True),
        location=location,
        code=act.code,
        hint=f"Grant it in [tool.playhead.permissions] with `{act.line.format(shown(target))}`, "
        f"or once: `playhead play --grant {grant_for(permission, target)}`.",
    )


def _words(act: _Act, target: str, *, local: bool) -> str:
    if local:  # it may be about to start one there
        return (
            f"Nothing that the program started listens at {shown(target)}, and the machine's "
            "own servers are out of its reach."
        )
    tried = act.words.format(shown(target)) if target else "open a network socket"
    return f"The program tried to {tried}, which it may not."


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
            if (target and target in message) or (place is not None and where == place):
                return hint
        return None


def grant_for(permission: str, target: str) -> str:
    """Return what grants such an attempt, as `Rights.with_grants` reads it."""
    return _ACTS[permission].grant.format(shown(target))


def _is_there(permission: str, path: str) -> bool:
    return os.path.lexists(Path(path).parent if permission == "write" else path)
