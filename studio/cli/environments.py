"""`playhead environments`: those that are kept, which of them are of use, and taking some away."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from session.home import find_home
from shipper.build.shelf import (
    StoredEnvironment,
    find_stored,
    remove_stored,
    stored_environments,
)
from shipper.errors import EnvironmentBusy
from studio.cli import console
from studio.cli.table import aligned
from studio.cli.terminal import is_tty, terminal_of
from studio.cli.theme import Theme
from studio.figures import moment, size

_HEAD = ("ENVIRONMENT", "PYTHON", "PACKAGES", "SIZE", "LAST USED", "PROJECTS")
_RIGHT = (2, 3)
_SHORT = 12


def list_environments(*, as_json: bool) -> None:
    """Print them, the one that was used last first: a table, or a JSON array."""
    found = stored_environments(find_home().cache)
    if as_json:
        fields = [
            one._asdict()
            | {"folder": os.fspath(one.folder), "projects": [os.fspath(p) for p in one.projects]}
            for one in found
        ]
        console.say(json.dumps(fields, ensure_ascii=False, indent=2))
    elif found:
        console.say("\n".join(_lines(found)))
    elif is_tty(1):
        console.say("No environments yet. A project with dependencies gets one when it is played.")


def _lines(found: Sequence[StoredEnvironment]) -> list[str]:
    terminal = terminal_of(1)
    theme = Theme(terminal.colour, terminal.unicode)
    head, *rows = aligned([_HEAD, *map(_row, found)], _RIGHT)
    lines = [theme.dim(head)]
    for environment, row in zip(found, rows, strict=True):
        lines.append(row)
        if environment.fault:
            remedy = f"playhead environments --remove {environment.name[:_SHORT]}"
            lines.append(f"  broken: {environment.fault}; {remedy}")
    total = size(sum(one.size for one in found))
    unused = sum(not one.projects for one in found)
    lines.append(theme.dim(f"{total} in all" + (f"; {unused} unused" if unused else "")))
    return lines


def _row(one: StoredEnvironment) -> tuple[str, ...]:
    used = moment(one.last_used) if one.last_used else "-"
    projects = ", ".join(path.name for path in one.projects) or "none"
    short = one.name[:_SHORT]
    return (short, one.python or "-", str(one.packages), size(one.size), used, projects)


def remove(beginning: str) -> None:
    """Remove the environment whose name begins so."""
    _remove(find_stored(find_home().cache, beginning))


def remove_unused() -> None:
    """Remove all that no project uses; one that a process runs in is left, and named."""
    unused = [one for one in stored_environments(find_home().cache) if not one.projects]
    for one in unused:
        try:
            _remove(one)
        except EnvironmentBusy as busy:
            console.complain(f"{busy.message} [{busy.code}]")
    if not unused and is_tty(1):
        console.say("Every environment is used by a project.")


def _remove(one: StoredEnvironment) -> None:
    remove_stored(one)
    console.say(f"removed {one.name[:_SHORT]}, {size(one.size)}")


def install(requirements: Sequence[str]) -> None:
    """Make the environment for some packages, or find it; print the path of its Python."""
    from shipper.build.ensuring import ensure_environment

    built = ensure_environment(requirements, find_home().cache, console.complain)
    console.say(os.fspath(Path(built.python)))
