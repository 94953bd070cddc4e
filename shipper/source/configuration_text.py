"""Puts configurations into the text of a manifest and leaves the rest of it alone. Pure.

Imports tomlkit, which is slow, when it is needed.
"""

import copy
import re
import tomllib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from shipper.errors import ManifestBroken

if TYPE_CHECKING:
    from tomlkit.items import InlineTable, Table

_KEY = "configurations"
_SECTION = re.compile(r"\s*\[\s*tool\s*\.\s*playhead\s*\.\s*configurations\s*[.\]]")
_Tables = Mapping[str, Mapping[str, Any]]


def with_configurations(text: str, tables: _Tables) -> str:
    """Return the text of a manifest with these configurations; raise ManifestBroken if it cannot.

    `text` is valid TOML. Whatever way it is laid out, the result says the same as before but
    for the configurations.
    """
    crlf = "\r\n" in text
    flat = text.replace("\r\n", "\n")
    before = tomllib.loads(flat)
    if not tables and not _names(before):
        return text
    wanted = _expected(before, tables)
    for edit in (_edited, _moved, _cut) if _names(before) else (_appended, _edited):
        changed = edit(flat, tables)
        if changed is not None and _says(changed, wanted):
            return changed.replace("\n", "\r\n") if crlf else changed
    message = "The configurations cannot be written into pyproject.toml as it is laid out."
    raise ManifestBroken(
        message,
        "Write them as tables of their own, `[tool.playhead.configurations.NAME]`.",
        code="manifest-layout",
        path="pyproject.toml",
    )


def _names(document: Mapping[str, Any]) -> dict[str, Any]:
    own = document.get("tool", {}).get("playhead", {})
    found: dict[str, Any] = own.get(_KEY, {})
    return found


def _expected(document: dict[str, Any], tables: _Tables) -> dict[str, Any]:
    wanted = copy.deepcopy(document)
    own = wanted.setdefault("tool", {}).setdefault("playhead", {})
    own.pop(_KEY, None)
    if tables:
        own[_KEY] = {name: dict(table) for name, table in tables.items()}
    return wanted


def _says(text: str, wanted: dict[str, Any]) -> bool:
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    said.setdefault("tool", {}).setdefault("playhead", {})  # an empty table is none, too
    return said == wanted and list(_names(said)) == list(_names(wanted))


def _appended(text: str, tables: _Tables) -> str:
    """Write them below everything else, where there were none before."""
    import tomlkit

    rows = tomlkit.table(is_super_table=True)
    for name, table in tables.items():
        rows.append(name, _table(table))
    above = tomlkit.table(is_super_table=True).append(_KEY, rows)
    tool = tomlkit.table(is_super_table=True).append("playhead", above)
    tail = tomlkit.document().append("tool", tool).as_string()
    head = text.rstrip("\n") if text.strip() else "[tool.playhead]"
    return f"{head}\n\n{tail}"


def _moved(text: str, tables: _Tables) -> str | None:
    """Take out what cannot be changed where it stands, and write it below everything else."""
    bare = _edited(text, {})
    return None if bare is None else _added(bare, tables)


def _cut(text: str, tables: _Tables) -> str:
    """Take out their sections wherever they stand, and write them below everything else."""
    kept: list[str] = []
    ours = False
    for line in text.split("\n"):
        if line.lstrip().startswith("["):
            ours = bool(_SECTION.match(line))
        if not ours:
            kept.append(line)
    return _added("\n".join(kept), tables)


def _added(bare: str, tables: _Tables) -> str:
    return _appended(bare, tables) if tables else bare


def _edited(text: str, tables: _Tables) -> str | None:
    """Change what differs, where it stands."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    document = tomlkit.parse(text)
    try:
        own: Any = document["tool"]["playhead"]
        if tables:
            _change(own.setdefault(_KEY, {}), tables)
        else:
            own.remove(_KEY)
        return document.as_string()
    except (TOMLKitError, TypeError, AttributeError, LookupError, ValueError):
        return None  # a layout that the library does not master


def _change(rows: Any, tables: _Tables) -> None:  # noqa: ANN401 - any of tomlkit's tables
    kept = [name for name in rows if name in tables]
    inside = not hasattr(rows, "is_super_table")
    if kept != [name for name in tables if name in rows] or list(tables)[: len(kept)] != kept:
        old = {name: rows[name] for name in kept}
        for name in list(rows):
            rows.remove(name)
        for name in tables:
            rows[name] = old.get(name, {})
    for name in [name for name in rows if name not in tables]:
        rows.remove(name)
    for name, table in tables.items():
        if name in rows:
            _update(rows[name], table)
        else:
            rows.append(name, _inline(table) if inside else _table(table))


def _update(row: Any, table: Mapping[str, Any]) -> None:  # noqa: ANN401 - any of tomlkit's tables
    for key in [key for key in row if key not in table]:
        row.remove(key)
    for key, value in table.items():
        if key in row and row[key] == value:
            continue
        if key in row and isinstance(value, dict):
            _update(row[key], value)
        else:
            row[key] = _inline(value) if isinstance(value, dict) else value


def _table(rows: Mapping[str, Any]) -> "Table":
    import tomlkit

    table = tomlkit.table()
    for key, value in rows.items():
        table.append(key, _inline(value) if isinstance(value, dict) else value)
    return table


def _inline(rows: Mapping[str, Any]) -> "InlineTable":
    import tomlkit

    table = tomlkit.inline_table()
    for key, value in rows.items():
        table.append(key, _inline(value) if isinstance(value, dict) else value)
    return table
