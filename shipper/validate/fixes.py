"""The fixes that findings about a project come with: only where one is plainly the right one."""

import os
import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import PurePosixPath

from shipper.formats.fix import Edit, Fix, fix_of
from shipper.formats.manifest_edit import (
    MANIFEST,
    fix_dependency,
    fix_item,
    fix_permission,
    fix_script_dependency,
    fix_value,
)
from shipper.source.configured import configuration_of
from shipper.source.project import LOCK_FILES, Project
from shipper.validate.subject import Subject


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the one known word that is plainly meant; None where none or several may be."""
    words = list(known)
    same = [one for one in words if one.casefold() == word.casefold()]
    near = same or get_close_matches(word, words, n=2)
    return near[0] if len(near) == 1 else None


def nearest_path(path: str, known: Iterable[str]) -> str | None:
    """Return the one known path that is plainly meant, by its name alone; None otherwise."""
    paths = list(known)
    same = [one for one in paths if one.casefold() == path.casefold()]
    if not same:
        stems = {PurePosixPath(one).stem for one in paths}
        near = get_close_matches(PurePosixPath(path).stem, stems, n=2)
        same = [one for one in paths if PurePosixPath(one).stem in near]
    return same[0] if len(same) == 1 else None


def fix_declared(project: Project, key: str, old: str, new: str | None) -> Fix | None:
    """Put a text of the manifest right: the value of a dotted key, or an item of it."""
    if new is None or project.manifest != MANIFEST:
        return None
    return fix_value(MANIFEST, project.text, key, old, new)


def fix_declared_entry(project: Project, new: str | None) -> Fix | None:
    """Let the manifest name another entry, where it names this one."""
    entry = project.entry
    chosen = configuration_of(project.spec, project.configuration) or {}
    in_chosen = entry.key != "tool.playhead.entry"
    written = chosen.get("entry") if in_chosen else project.spec.entry
    return fix_declared(project, entry.key, written, new) if written else None


def fix_platform(subject: Subject) -> Fix | None:
    """Add this platform to those of the project."""
    project = subject.project
    if project.manifest != MANIFEST:
        return None
    return fix_item(MANIFEST, project.text, "tool.playhead.platforms", subject.platform)


def fix_granted(project: Project, permission: str) -> Fix | None:
    """Grant a permission, unless the configuration in force says otherwise anyway."""
    chosen = configuration_of(project.spec, project.configuration) or {}
    if project.manifest != MANIFEST or permission in chosen.get("permissions", {}):
        return None
    return fix_permission(MANIFEST, project.text, permission)


def fix_missing_module(subject: Subject, package: str) -> Fix | None:
    """Declare a dependency, where declaring it is all that is missing.

    A lock of the project's own would have to be made anew, and whoever relies on a `.venv` has
    more to declare than this.
    """
    project = subject.project
    if project.only is None:
        locked = any(name in subject.files for name in LOCK_FILES)
        if locked or not subject.environment.sealed:
            return None
        text = project.text if project.manifest == MANIFEST else None
        return fix_dependency(text, package, project.root.name)
    if project.manifest is None or project.path.suffix == ".ipynb":
        return None
    return fix_script_dependency(project.manifest, project.text, package)


def fix_literal(project: Project, line: int, old: str, new: str) -> Fix | None:
    """Correct a file's name where a script names it; a notebook's JSON is left to its editor."""
    if project.manifest is None or project.path.suffix == ".ipynb":
        return None
    text = project.text.replace("\r\n", "\n")
    start = sum(len(one) + 1 for one in text.split("\n")[: line - 1])
    end = text.find("\n", start) if "\n" in text[start:] else len(text)
    found = [*re.finditer(rf"(?<=[\"'/]){re.escape(old)}(?=[\"'])", text[start:end])]
    if len(found) != 1:
        return None
    edit = Edit(start + found[0].start(), start + found[0].end(), new)
    return fix_of(f"Change `{old}` to `{new}`", project.manifest, text, edit)


def other_case(project: Project, name: str) -> str | None:
    """Return the one file there is whose name differs from `name` only in upper and lower case."""
    folder, _, last = name.rpartition("/")
    try:
        names = os.listdir(project.root / folder)  # noqa: PTH208 - the names are what is wanted
    except OSError:
        return None
    same = [one for one in names if one.casefold() == last.casefold() and one != last]
    return f"{folder}/{same[0]}".lstrip("/") if len(same) == 1 else None
