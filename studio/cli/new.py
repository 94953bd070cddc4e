"""`playhead new`: a project from a template, ready to be played."""

import keyword
import os
import re
import shlex
import shutil
import string
from pathlib import Path
from typing import Final

from resources import template_folder, template_names
from studio.cli.console import say
from studio.cli.errors import FolderTaken, FolderUnwritable, NoSuchTemplate

_FILLED_IN: Final = {".py", ".toml", ".md"}


def make_project(template: str, folder: Path) -> None:
    """Fill a new or an empty folder from a template and say what to do next."""
    source = _find(template)
    target = Path(os.path.normpath(folder.expanduser().absolute()))
    try:
        _make_room(target)
        _copy(source, target, names_for(target.name))
    except OSError as error:
        raise FolderUnwritable(target, error) from error
    say(f"made {folder} from the template `{template}`")
    say(f"next: playhead play {shlex.quote(str(folder))}")


def names_for(folder_name: str) -> dict[str, str]:
    """Return what the placeholders stand for: `name` for packages, `title` for people."""
    name = re.sub(r"[^a-z0-9]+", "-", folder_name.lower()).strip("-") or "project"
    if keyword.iskeyword(name):
        name += "-project"
    title = re.sub(r"[\s_\-]+", " ", re.sub(r'["\\$\x00-\x1f\x7f]', "", folder_name)).strip()
    title = title or name
    return {"name": name, "title": title[0].upper() + title[1:]}


def _find(template: str) -> Path:
    try:
        return template_folder(template)
    except KeyError:
        raise NoSuchTemplate(template, template_names()) from None


def _make_room(target: Path) -> None:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise FolderTaken(target)
    target.mkdir(parents=True, exist_ok=True)


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
