"""Makes a project of a template: copies its folder and fills in the project's name and title."""

import keyword
import os
import re
import shutil
import string
from pathlib import Path
from typing import Final

from resources import template_folder

_FILLED_IN: Final = {".py", ".toml", ".md"}


class FolderTaken(FileExistsError):
    """The folder for a new project is a file, or holds something already."""


def fill_template(template: str, folder: Path) -> Path:
    """Fill a new or an empty folder from a template; return its normal, absolute path.

    KeyError for an unknown template, FolderTaken, and OSError where it cannot be written.
    """
    source = template_folder(template)
    target = Path(os.path.normpath(folder.expanduser().absolute()))
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise FolderTaken(target)
    target.mkdir(parents=True, exist_ok=True)
    _copy(source, target, names_for(target.name))
    return target


def names_for(folder_name: str) -> dict[str, str]:
    """Return what the placeholders stand for: `name` for packages, `title` for people."""
    name = re.sub(r"[^a-z0-9]+", "-", folder_name.lower()).strip("-") or "project"
    if keyword.iskeyword(name):
        name += "-project"
    title = re.sub(r"[\s_\-]+", " ", re.sub(r'["\\$\x00-\x1f\x7f]', "", folder_name)).strip()
    title = title or name
    return {"name": name, "title": title[0].upper() + title[1:]}


def _copy(source: Path, target: Path, names: dict[str, str]) -> None:
    for path in sorted(source.rglob("*")):
        copy = target / path.relative_to(source)
        if "__pycache__" in path.parts:
            continue
        if path.is_dir():
            copy.mkdir()
        elif path.suffix in _FILLED_IN:
            text = string.Template(path.read_text(encoding="utf-8")).safe_substitute(names)
            copy.write_text(text, encoding="utf-8")
        else:
            shutil.copyfile(path, copy)
