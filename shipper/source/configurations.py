"""Reads and writes the run configurations of a project, as people write them in its manifest.

Writing touches `[tool.playhead.configurations]` and nothing else of the file: comments, order
and format of the rest stay as they are.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shipper.errors import ManifestBroken, PrepareFailed, ProjectMissing, ProjectUnreadable
from shipper.source.configuration_text import with_configurations
from shipper.source.pyproject import parse_toml, read_spec
from shipper.source.reading import read_bytes
from shipper.source.replacing import replace_file

MANIFEST = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class RunConfiguration:
    """A named way to play a project, as its manifest says it; what is empty is not said.

    `args` follow the project's own. `entry`, `cwd` (a folder, relative to the project) and the
    keys of `permissions` and `budget` stand in for the project's own; amounts are texts such as
    `"60s"` and `"512MB"`. Nothing here is checked; writing does that.
    """

    name: str
    title: str = ""
    entry: str = ""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: str = ""
    permissions: Mapping[str, bool | Sequence[str]] = field(default_factory=dict)
    budget: Mapping[str, str | int] = field(default_factory=dict)

    def table(self) -> dict[str, Any]:
        """Return the keys and values of its TOML table, in the order in which they are written."""
        rows = {
            "title": self.title,
            "entry": self.entry,
            "args": list(self.args),
            "env": dict(self.env),
            "cwd": self.cwd,
            "permissions": {key: _plain(value) for key, value in self.permissions.items()},
            "budget": dict(self.budget),
        }
        return {key: value for key, value in rows.items() if value}

    @classmethod
    def of(cls, name: str, table: Mapping[str, Any]) -> "RunConfiguration":
        """Return the configuration that a checked table describes."""
        args = tuple(table.get("args", ()))
        return cls(name, **{**table, "args": args})


def _plain(value: bool | Sequence[str]) -> bool | list[str]:
    return value if isinstance(value, bool) else list(value)


def read_configurations(project: Path) -> list[RunConfiguration]:
    """Return the project's configurations in the order of its manifest; none where it has none.

    Raises ManifestBroken, with every fault, where the manifest cannot be understood.
    """
    place = manifest_place(project)
    if place is None or not place.exists():
        return []
    text, document = parse_toml(read_bytes(place), MANIFEST)
    read_spec(document, text, MANIFEST)
    return [RunConfiguration.of(name, one) for name, one in _tables(document).items()]


def write_configurations(project: Path, configurations: Sequence[RunConfiguration]) -> None:
    """Let the project have these configurations and no others, in this order.

    A folder without a manifest gets one. Raises PrepareFailed, and has written nothing, where
    the manifest is broken, would be by what is to be written (every fault at once), or cannot be
    written; and for a single file, which has no place for them.
    """
    place = manifest_place(project)
    if place is None:
        raise _no_place(project)
    _check_names(configurations)
    text, document = "", dict[str, Any]()
    if place.exists():
        text, document = parse_toml(read_bytes(place), MANIFEST)
    tables = {one.name: one.table() for one in configurations}
    if tables == _tables(document) and list(tables) == list(_tables(document)):
        return
    changed = with_configurations(text, tables)
    read_spec(tomllib.loads(changed), changed, MANIFEST)
    try:
        replace_file(place, changed.encode("utf-8"))
    except OSError as error:
        raise _unwritten(place, error) from error


def manifest_place(project: Path) -> Path | None:
    """Return where the manifest of a project lies, or would; None for a single file."""
    if project.name == MANIFEST:
        return project
    try:
        is_folder = project.is_dir()
    except OSError as error:
        raise ProjectUnreadable(project, error.strerror or str(error)) from error
    if is_folder:
        return project / MANIFEST
    if not project.exists():
        raise ProjectMissing(project)
    return None


def _tables(document: Mapping[str, Any]) -> dict[str, Any]:
    tool = document.get("tool", {})
    own = tool.get("playhead", {}) if isinstance(tool, dict) else {}
    tables = own.get("configurations", {}) if isinstance(own, dict) else {}
    return tables if isinstance(tables, dict) else {}


def _check_names(configurations: Sequence[RunConfiguration]) -> None:
    names = [one.name for one in configurations]
    faults = [f"{name!r} is no name for a configuration." for name in names if _odd(name)]
    twice = sorted({name for name in names if names.count(name) > 1})
    faults += [f"There is more than one configuration named `{name}`." for name in twice]
    if faults:
        parts = [_misnamed(message) for message in faults]
        raise ManifestBroken.of(parts)


def _odd(name: str) -> bool:
    return not name.strip() or not name.isprintable()


def _misnamed(message: str) -> PrepareFailed:
    hint = "Give each configuration a name of its own."
    return ManifestBroken(message, hint, code="configuration-name", path=MANIFEST)


def _no_place(project: Path) -> PrepareFailed:
    return PrepareFailed(
        f"{project.name} is a single file, which has no place for configurations.",
        f"Put it into a folder of its own as main.py; that folder's {MANIFEST} has one.",
        code="configurations-no-place",
    )


def _unwritten(place: Path, error: OSError) -> PrepareFailed:
    return PrepareFailed(
        f"{place} cannot be written: {error.strerror or error}.",
        "Make it writable, or free some space, and save again; nothing was changed.",
        code="manifest-unwritable",
        path=MANIFEST,
    )
