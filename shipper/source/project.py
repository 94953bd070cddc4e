"""A project that has been opened: where it lies, what it says, what is to be played."""

from pathlib import Path
from typing import NamedTuple

from shipper.formats.project_spec import ProjectSpec

#: Locks that a project may bring, best first.
LOCK_FILES = ("uv.lock", "pylock.toml")


class Entry(NamedTuple):
    """What is to be played. `form` is `file`, `module`, `function` or `notebook`.

    `path` and `line` say where it is declared, if it is, and `key` under which dotted key.
    """

    form: str
    target: str
    path: str | None = None
    line: int | None = None
    key: str = "tool.playhead.entry"


class Project(NamedTuple):
    """An opened project.

    `path` is what was opened and `root` the folder that paths are relative to. `only` lists the
    project's files where it is not all of `root`. `manifest` is the path of the file that the
    spec came from, if any, and `manifest_sha256` the hash of the bytes that were read; `text` is
    that file as text. `absent` are data files that a notebook names and that are not there.
    `cut_off`: so many files beside what is played belong to it that `only` has not all of them.

    Where a `configuration` is in force, spec, kind and entry are what it makes of them, and `own`
    is the project without it; `env` and `cwd` (relative, `""` for `root`) are the configuration's.
    """

    path: Path
    root: Path
    spec: ProjectSpec
    kind: str
    entry: Entry
    title: str
    only: tuple[str, ...] | None = None
    manifest: str | None = None
    manifest_sha256: str | None = None
    text: str = ""
    absent: tuple[tuple[str, int, int], ...] = ()
    watched: tuple[str, ...] = ()
    cut_off: bool = False
    configuration: str | None = None
    own: "Project | None" = None
    env: tuple[tuple[str, str], ...] = ()
    cwd: str = ""
