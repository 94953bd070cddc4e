"""A sealed image as its player sees it. Plain data; imports nothing heavy."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from shipper.formats.permission import Wanted


class ImageFile(NamedTuple):
    """One file of an image: `path` inside it, and the read-only blob that holds its bytes."""

    path: str
    blob: Path
    size: int
    executable: bool


class SealedImage(NamedTuple):
    """An immutable image, ready to be played.

    `content_id` is `sha256:<hex>`. `kind` is `cartridge`, `notebook` or `workflow`.
    `entry_form` is `file` (a path in the image), `module` (as `python -m`), `function`
    (`module:function`) or `notebook` (a path). `root` is the project's folder. `data_key`
    names its lasting data folder. `interpreter` is for people. `sealed` is False where the
    environment is the project's own `.venv`, which nothing pins. `env_names` are the variables
    that the manifest asks for; `write_project` says that the program works in `root` itself.
    `env` are variables that are set for it, and `cwd` is the folder that it starts in, relative
    to the project, `""` for the project's own. `permissions` is what the manifest, or the chosen
    configuration, says of rights; `wanted` are those that its imports call for beyond that.
    `budget` are the limits that are in force, by name, in milliseconds, bytes or a count.
    `worker` is the table of that name: how its workers are kept, as far as it says so.
    """

    content_id: str
    kind: str
    title: str
    root: Path
    data_key: str
    entry_form: str
    entry: str
    args: tuple[str, ...]
    python: Path
    interpreter: str
    sealed: bool
    env_names: tuple[str, ...]
    write_project: bool
    files: tuple[ImageFile, ...]
    env: tuple[tuple[str, str], ...] = ()
    cwd: str = ""
    permissions: Mapping[str, bool | Sequence[str]] = MappingProxyType({})
    wanted: tuple[Wanted, ...] = ()
    budget: tuple[tuple[str, int], ...] = ()
    worker: Mapping[str, Any] = MappingProxyType({})
