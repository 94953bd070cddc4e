"""The playable examples: what they are called, and the user's own copies of them.

What is bundled may lie where nobody may write, and the next version replaces it; so an example
is opened as a copy. A copy that nobody changed follows the bundled one.
"""

import hashlib
import json
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from resources import example_names, example_path, template_folder, template_names

_copying = Lock()
_DERIVED = {"__pycache__", ".ipynb_checkpoints"}


class Example(NamedTuple):
    """One bundled example, or a template: its name, what it says of itself, and where it lies.

    `kind` is `cartridge` or `notebook`.
    """

    name: str
    title: str
    description: str
    kind: str
    source: Path


def list_examples() -> list[Example]:
    """Return the bundled examples, in alphabetical order of their names."""
    return [_describe(name, example_path(name)) for name in example_names()]


def bundled_at(path: Path) -> Example | None:
    """Return the bundled example that lies at a path; None for anything else."""
    wanted = path.resolve()
    sources = ((name, example_path(name)) for name in example_names())
    return next((_describe(name, at) for name, at in sources if at.resolve() == wanted), None)


def list_templates() -> list[Example]:
    """Return the templates for new projects; their title is their name."""
    found = [_describe(name, template_folder(name)) for name in template_names()]
    return [one._replace(title=one.name[:1].upper() + one.name[1:]) for one in found]


def open_copy(example: Example, folder: Path) -> Path:
    """Return the user's copy of an example below `folder`, made or brought up to date.

    A copy in which anything was changed, added or deleted is left alone. OSError where it
    cannot be made. On any thread.
    """
    with _copying:
        return _open_copy(example, folder)


def _open_copy(example: Example, folder: Path) -> Path:
    own = folder / example.name
    stamp = folder / f".{example.name}.sha256"
    bundled = _digest(example.source)
    if not own.exists() or (_digest(own) == _read(stamp) != bundled):
        _copy(example.source, own)
        stamp.write_text(_digest(own), encoding="ascii")
    return own if example.source.is_dir() else own / example.source.name


def _describe(name: str, source: Path) -> Example:
    if source.is_dir():
        text = (source / "pyproject.toml").read_text(encoding="utf-8")
        document = tomllib.loads(text)
        own = document.get("tool", {}).get("playhead", {})
        description = document.get("project", {}).get("description", "")
        kind = own.get("kind", "cartridge")
        return Example(name, own.get("title", name), description, kind, source)
    if source.suffix == ".ipynb":
        title, description = _first_words(json.loads(source.read_bytes()))
        return Example(name, title or name, description, "notebook", source)
    title, _, description = _docstring(source.read_text(encoding="utf-8")).partition(": ")
    description = description[:1].upper() + description[1:]
    return Example(name, title or name, description, "cartridge", source)


def _docstring(text: str) -> str:
    import ast

    return (ast.get_docstring(ast.parse(text)) or "").split("\n\n")[0].replace("\n", " ")


def _first_words(notebook: dict[str, Any]) -> tuple[str, str]:
    """Return heading and first line of the text that a notebook begins with."""
    texts = [
        "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"
    ]
    lines = [line for line in "".join(texts[:1]).splitlines() if line]
    title = lines[0].lstrip("# ") if lines else ""
    return title, lines[1] if len(lines) > 1 else ""


def _files(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        if path.is_file() and not _DERIVED & set(path.parts):
            yield path


def _digest(root: Path) -> str:
    """Name the content of a file or folder: the same for an example and its fresh copy."""
    digest = hashlib.sha256()
    base, paths = (root, _files(root)) if root.is_dir() else (root.parent, iter([root]))
    for path in paths:
        digest.update(path.relative_to(base).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _read(stamp: Path) -> str:
    try:
        return stamp.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""


def _copy(source: Path, own: Path) -> None:
    """Replace `own`, a copy that nobody changed, or make it. What breaks off leaves none."""
    part = own.with_name(f".{own.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    base, paths = (source, _files(source)) if source.is_dir() else (source.parent, iter([source]))
    for path in paths:
        copy = part / path.relative_to(base)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())  # not its mode: the bundled one may be read-only
    if own.exists():
        shutil.rmtree(own)
    part.replace(own)
