"""What a manifest, or the lack of one, names as the thing to be played."""

import re
from collections.abc import Sequence
from pathlib import Path

from shipper.errors import ManifestBroken, PrepareFailed
from shipper.formats.fix import Fix
from shipper.formats.manifest_edit import fix_entry
from shipper.formats.project_spec import ProjectSpec
from shipper.formats.toml_place import find_key
from shipper.source.project import Entry

MANIFEST = "pyproject.toml"
PLAIN_ENTRIES = ("main.py", "__main__.py")
_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def declared_entry(entry: str, key: str, text: str) -> Entry:
    """Return the entry that the manifest `text` has under the dotted `key`; ManifestBroken."""
    line, column = find_key(text, key) or (None, None)
    form = entry_form(entry)
    if form is None:
        where = f"{MANIFEST}, line {line}" if line else MANIFEST
        message = f"{where}: the entry `{entry}` is neither a file nor a module."
        raise ManifestBroken(
            message,
            'Write a path ("game.py"), a module ("game.main") or a function ("game:main").',
            code="entry-malformed",
            path=MANIFEST,
            line=line,
            column=column,
        )
    return Entry(form, entry.removeprefix("./"), MANIFEST, line, key)


def entry_form(entry: str) -> str | None:
    """Return the form of an entry as it is written in a manifest; None where it has none."""
    if entry.endswith(".ipynb"):
        return "notebook"
    if entry.endswith((".py", ".pyw")):
        return None if entry.startswith("/") or ".." in entry.split("/") else "file"
    module, colon, function = entry.partition(":")
    if not _MODULE.fullmatch(module):
        return None
    if not colon:
        return "module"
    return "function" if _MODULE.fullmatch(function) else None


def default_entry(folder: Path, names: Sequence[str], spec: ProjectSpec, text: str) -> Entry:
    """Return what is played of a declared folder that names no entry; PrepareFailed."""
    for name in PLAIN_ENTRIES:
        if name in names:
            return Entry("file", name)
    package = re.sub(r"[-.]+", "_", spec.name or "")
    looked = [*PLAIN_ENTRIES]
    if package:
        looked.append(f"{package}/__main__.py")
        if (folder / package / "__main__.py").is_file():
            return Entry("module", package)
    message = (
        f"{folder} has no entry: [tool.playhead] names none, and there is no "
        f"{', no '.join(looked)}."
    )
    raise PrepareFailed(
        message,
        'Add `entry = "…"` to [tool.playhead], or a main.py to the folder.',
        code="entry-missing",
        path=MANIFEST,
        fix=_only_candidate(names, text),
    )


def _only_candidate(names: Sequence[str], text: str) -> Fix | None:
    scripts = [name for name in names if name.endswith((".py", ".ipynb"))]
    return (
        fix_entry(MANIFEST, text, "tool.playhead.entry", scripts[0]) if len(scripts) == 1 else None
    )
