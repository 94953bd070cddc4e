"""The fixes that change a manifest: `pyproject.toml`, or the block of a script. Pure.

`text` is the file's text. None where the layout leaves no safe way to make the change.
"""

import re
import tomllib
from collections.abc import Sequence
from typing import Any

from shipper.formats.fix import Edit, Fix, fix_of
from shipper.formats.inline_script import ScriptBlockBroken, read_script_block
from shipper.formats.toml_edit import (
    add_item,
    add_table,
    quoted,
    rename_key,
    replace_string,
    set_key,
)

MANIFEST = "pyproject.toml"
_BLOCK = re.compile(r"(?m)^# /// script\n(?P<content>(?:#(?:| .*)\n)+?)# ///$")
#: What has to stay in front of everything else in a script.
_FIRST_LINES = re.compile(r"(?:#!.*\n)?(?:#.*coding[:=].*\n)?")
_DEPENDENCIES = ("project", "dependencies")
_SINGLE = re.compile(r"([A-Za-z0-9][\w.-]*(?:\[[\w, -]*\])?)\s*=\s*([\w.*+!]+)")
_NOT_IN_NAME = re.compile(r"[^a-z0-9]+")


def fix_key(path: str, text: str, key: Sequence[str], nearest: str) -> Fix | None:
    """Give an unknown key the name of the nearest known one."""
    flat = _flat(text)
    return _fix(f"Change `{key[-1]}` to `{nearest}`", path, flat, rename_key(flat, key, nearest))


def fix_value(path: str, text: str, key: str, old: str, new: str) -> Fix | None:
    """Put a text in the place of another: the value of a dotted key, or an item of it."""
    flat = _flat(text)
    edit = replace_string(flat, key.split("."), old, new)
    return _fix(f"Change `{old}` to `{new}`", path, flat, edit)


def fix_requirement(path: str, text: str, requirement: str) -> Fix | None:
    """Write the two equals signs that pin a version, where there is one."""
    single = _SINGLE.fullmatch(requirement)
    if single is None:
        return None
    right = f"{single[1]}=={single[2]}"
    if path == MANIFEST:
        return fix_value(path, text, ".".join(_DEPENDENCIES), requirement, right)
    flat = _flat(text)
    at = flat.find(quoted(requirement))
    edit = Edit(at, at + len(quoted(requirement)), quoted(right)) if at >= 0 else None
    return _fix(f"Change `{requirement}` to `{right}`", path, flat, edit)


def fix_item(path: str, text: str, key: str, item: str) -> Fix | None:
    """Add a text to the array of a dotted key."""
    flat = _flat(text)
    name = key.rpartition(".")[2]
    return _fix(f'Add "{item}" to `{name}`', path, flat, add_item(flat, key.split("."), item))


def fix_entry(path: str, text: str, key: str, entry: str) -> Fix | None:
    """Name an entry where none is named."""
    flat = _flat(text)
    after = ("kind", "title")
    edit = set_key(flat, key.split("."), quoted(entry), entry, after)
    return _fix(f"Make {entry} the entry", path, flat, edit)


def fix_permission(path: str, text: str, permission: str) -> Fix | None:
    """Grant a permission in the manifest."""
    flat = _flat(text)
    key = ("tool", "playhead", "permissions", permission)
    return _fix(f"Add the permission `{permission}`", path, flat, set_key(flat, key, "true", True))


def fix_dependency(text: str | None, package: str, project: str) -> Fix | None:
    """Declare a dependency in `pyproject.toml`; `text` is None where there is none yet.

    `project` is the name that a new `[project]` table gets.
    """
    flat = _flat(text or "")
    table = _project_table(flat)
    if "dependencies" in table.get("dynamic", ()):
        return None
    if not table:
        edit = _new_project(flat, package, project)
    elif "dependencies" in table:
        edit = add_item(flat, _DEPENDENCIES, package)
    else:
        after = ("name", "version", "description", "requires-python")
        edit = set_key(flat, _DEPENDENCIES, f"[{quoted(package)}]", [package], after)
    return _fix(_adding(package), MANIFEST, flat, edit)


def _project_table(text: str) -> dict[str, Any]:
    try:
        table = tomllib.loads(text).get("project", {})
    except tomllib.TOMLDecodeError:
        return {}
    return table if isinstance(table, dict) else {}


def fix_script_dependency(path: str, text: str, package: str) -> Fix | None:
    """Declare a dependency in a script's block; one that has no block gets one."""
    flat = _flat(text)
    block = _BLOCK.search(flat)
    edit = _in_block(block, package) if block else _new_block(flat, package)
    right = edit is not None and package in _declared(edit.of(flat))
    return _fix(_adding(package), path, flat, edit if right else None)


def _declared(script: str) -> Sequence[str]:
    try:
        block = read_script_block(script)
    except ScriptBlockBroken:
        return ()
    return (block and block.dependencies) or ()


def _adding(package: str) -> str:
    return f'Add "{package}" to the dependencies'


def _flat(text: str) -> str:
    return text.replace("\r\n", "\n")


def _fix(title: str, path: str, text: str, edit: Edit | None) -> Fix | None:
    return None if edit is None else fix_of(title, path, text, edit)


def _new_project(text: str, package: str, project: str) -> Edit | None:
    name = _NOT_IN_NAME.sub("-", project.lower()).strip("-") or "project"
    rows = {"name": name, "version": "0.1.0", "dependencies": [package]}
    lines = ["[project]", f'name = "{name}"', 'version = "0.1.0"']
    lines.append(f"dependencies = [{quoted(package)}]")
    return add_table(text, "project", rows, "\n".join(lines))


def _new_block(text: str, package: str) -> Edit:
    first = _FIRST_LINES.match(text)
    start = first.end() if first else 0
    end = text.find("\n", start) if "\n" in text[start:] else len(text)
    block = f"# /// script\n# dependencies = [{quoted(package)}]\n# ///\n\n"
    return Edit(start, end, block + text[start:end])


def _in_block(block: re.Match[str], package: str) -> Edit | None:
    """Change the TOML within the comment, and put the change back among its hashes."""
    lines = block["content"].split("\n")[:-1]
    bare = "\n".join(line[2:] for line in lines) + "\n"
    edit = add_item(bare, ["dependencies"], package)
    edit = edit or set_key(bare, ["dependencies"], f"[{quoted(package)}]", [package])
    if edit is None:
        return None
    first = block.start("content")
    if edit.start == edit.end == 0:
        return Edit(first, first, "# " + edit.text)
    start, end = (first + _in_comment(lines, at) for at in edit[:2])
    return Edit(start, end, edit.text.replace("\n", "\n# "))


def _in_comment(lines: Sequence[str], offset: int) -> int:
    """Return where an offset of the bare text lies among the lines with their hashes."""
    place = 0
    for line in lines:
        length = len(line[2:]) + 1
        if offset < length:
            return place + len(line[:2]) + offset
        offset -= length
        place += len(line) + 1
    return place
