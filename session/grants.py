"""What the user has answered for projects, for good: one small file, by the project's key.

An answer is a permission (`net`) or a part of one (`read=/some/folder`), as `Rights.with_grants`
reads it, granted or refused. Losing the file costs an answer, never work.
"""

import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from session.home import Home

_FILE: Final = "grants.json"


@dataclass(frozen=True, slots=True)
class Answers:
    """What is remembered of one project. `project` is where it was asked for, for people."""

    granted: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    project: str = ""

    def without(self, answer: str) -> "Answers":
        """Return them without what was answered to one question, or to all of a permission."""
        granted, refused = (
            tuple(one for one in some if answer not in (one, one.partition("=")[0]))
            for some in (self.granted, self.refused)
        )
        return replace(self, granted=granted, refused=refused)


class GrantStore:
    """Remembers answers. Blocking, but tiny; several Playheads may write it, the last one wins."""

    def __init__(self, home: Home) -> None:
        self._path = home.state / _FILE

    def of(self, key: str) -> tuple[str, ...]:
        """Return what is granted to a project."""
        return self.answers(key).granted

    def answers(self, key: str) -> Answers:
        """Return all that was answered for a project."""
        return self._read().get(key, Answers())

    def all(self) -> dict[str, Answers]:
        """Return all answers, by the projects' keys."""
        return self._read()

    def add(self, key: str, grant: str, project: Path | None = None) -> None:
        """Grant something to a project from now on; raises OSError where it cannot be kept."""
        self._note(key, project, granted=grant)

    def refuse(self, key: str, grant: str, project: Path | None = None) -> None:
        """Refuse it, and do not ask again; raises OSError where it cannot be kept."""
        self._note(key, project, refused=grant)

    def withdraw(self, key: str, answer: str | None = None) -> None:
        """Forget what was answered to a question, or to all; raises OSError as above.

        A permission's name stands for every part of it.
        """
        known = self._read()
        if key not in known:
            return
        left = Answers() if answer is None else known[key].without(answer)
        if left.granted or left.refused:
            self._write(known | {key: left})
        else:
            del known[key]
            self._write(known)

    def _note(self, key: str, project: Path | None, granted: str = "", refused: str = "") -> None:
        known = self._read()
        before = known.get(key, Answers())
        if granted in before.granted or refused in before.refused:
            return
        rest = before.without(granted or refused)
        answers = Answers(
            (*rest.granted, granted) if granted else rest.granted,
            (*rest.refused, refused) if refused else rest.refused,
            str(project) if project is not None else before.project,
        )
        self._write(known | {key: answers})

    def _read(self) -> dict[str, Answers]:
        with contextlib.suppress(OSError, ValueError, AttributeError, TypeError):
            found = json.loads(self._path.read_text(encoding="utf-8"))
            return {str(key): _answers(value) for key, value in found.items()}
        return {}

    def _write(self, answers: Mapping[str, Answers]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_name(f"{_FILE}.{os.getpid()}")
        rows = {key: asdict(value) for key, value in answers.items()}
        draft.write_text(json.dumps(rows, indent=1), encoding="utf-8")
        draft.replace(self._path)


def _answers(value: "list[object] | dict[str, Any]") -> Answers:
    if isinstance(value, list):  # as it was before refusals were remembered
        return Answers(tuple(map(str, value)))
    granted, refused = (tuple(map(str, value.get(one, ()))) for one in ("granted", "refused"))
    return Answers(granted, refused, str(value.get("project", "")))
