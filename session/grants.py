"""What the user has granted to projects for good: one small file, by the project's data key.

A grant is a permission (`net`) or a part of one (`read=/some/folder`), as `Rights.with_grants`
reads it. Losing the file costs an answer, never work.
"""

import contextlib
import json
import os
from typing import Final

from session.home import Home

_FILE: Final = "grants.json"


class GrantStore:
    """Remembers answers. Blocking, but tiny; several Playheads may write it, the last one wins."""

    def __init__(self, home: Home) -> None:
        self._path = home.state / _FILE

    def of(self, key: str) -> tuple[str, ...]:
        """Return what is granted to a project."""
        return tuple(self._read().get(key, ()))

    def add(self, key: str, grant: str) -> None:
        """Grant something to a project from now on; raises OSError where it cannot be kept."""
        granted = self._read()
        if grant not in granted.get(key, []):
            self._write(granted | {key: [*granted.get(key, []), grant]})

    def withdraw(self, key: str) -> None:
        """Grant nothing to a project any more."""
        granted = self._read()
        if granted.pop(key, None) is not None:
            self._write(granted)

    def _read(self) -> dict[str, list[str]]:
        with contextlib.suppress(OSError, ValueError, AttributeError, TypeError):
            found = json.loads(self._path.read_text(encoding="utf-8"))
            return {str(key): [str(one) for one in value] for key, value in found.items()}
        return {}

    def _write(self, granted: dict[str, list[str]]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_name(f"{_FILE}.{os.getpid()}")
        draft.write_text(json.dumps(granted, indent=1), encoding="utf-8")
        draft.replace(self._path)
