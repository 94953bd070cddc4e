"""Reads `pyproject.toml` files and script blocks: text in, spec or faults with their lines out."""

import re
import tomllib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from shipper.errors import ManifestBroken, PrepareFailed
from shipper.formats.fix import Fix
from shipper.formats.inline_script import ScriptBlockBroken, read_script_block
from shipper.formats.manifest_edit import fix_key, fix_requirement, fix_value
from shipper.formats.project_spec import ProjectSpec
from shipper.formats.requirement import requirement_fault
from shipper.formats.toml_place import find_key, find_text

if TYPE_CHECKING:
    from shipper.formats.manifest import Fault

_AT = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")


def parse_toml(data: bytes, path: str) -> tuple[str, dict[str, Any]]:
    """Return the file as text and as a document; raise ManifestBroken with its place."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"{path}, line {line}: the file is not UTF-8 text."
        raise ManifestBroken(
            message,
            "Save it as UTF-8.",
            code="manifest-syntax",
            path=path,
            line=line,
        ) from error
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax(str(error), text, path) from error
    except RecursionError as error:
        too_deep = "it is nested too deeply"
        raise _syntax(too_deep, text, path) from error


def _syntax(words: str, text: str, path: str) -> ManifestBroken:
    at = _AT.search(words)
    line = int(at[1]) if at and at[1] else text.count("\n") + 1
    column = int(at[2]) if at and at[2] else None
    reason = _AT.sub("", words)
    return ManifestBroken(
        f"{path}, line {line}: this is not valid TOML: {reason[:1].lower()}{reason[1:]}.",
        "Correct the line; the rest of the file could not be read because of it.",
        code="manifest-syntax",
        path=path,
        line=line,
        column=column,
    )


def read_spec(document: dict[str, Any], text: str, path: str) -> ProjectSpec:
    """Return what a parsed `pyproject.toml` says; raise ManifestBroken with all of its faults."""
    # Imported late: this brings pydantic, which an unchanged project has no need of.
    from shipper.formats.manifest import ManifestFaults, read_manifest

    try:
        spec = read_manifest(document)
    except ManifestFaults as error:
        parts: list[PrepareFailed] = []
        for fault in error.faults:
            line, column = find_key(text, fault.path) or (None, None)
            where = f"{path}, line {line}" if line else path
            parts.append(
                ManifestBroken(
                    f"{where}: `{fault.path}`: {fault.message}.",
                    fault.hint,
                    code=fault.code,
                    path=path,
                    line=line,
                    column=column,
                    fix=_fix(fault, text, path),
                )
            )
        parts.sort(key=lambda part: (part.line or 0, part.column or 0))
        raise ManifestBroken.of(parts) from error
    line, _ = find_key(text, "project.dependencies") or (1, 1)
    _check_requirements(spec.dependencies or (), text, path, line)
    return spec


def _fix(fault: "Fault", text: str, path: str) -> Fix | None:
    if fault.nearest is None:
        return None
    if fault.value is None:
        return fix_key(path, text, fault.path.split("."), fault.nearest)
    key = re.sub(r"\.\d+$", "", fault.path)  # an item of a list is found by what it says
    return fix_value(path, text, key, fault.value, fault.nearest)


def _check_requirements(requirements: Sequence[str], text: str, path: str, start: int) -> None:
    """Raise ManifestBroken for what no tool could install; its place is sought from `start` on."""
    parts: list[PrepareFailed] = []
    for requirement in requirements:
        fault = requirement_fault(requirement)
        if fault is not None:
            line, column = find_text(text, requirement, start) or (start, None)
            message = f"{path}, line {line}: the dependency `{requirement}` is not understood"
            parts.append(
                ManifestBroken(
                    f"{message}: {fault}.",
                    'Write a dependency like "rich", "rich>=13" or "rich @ https://…/rich.whl".',
                    code="requirement-broken",
                    path=path,
                    line=line,
                    column=column,
                    fix=fix_requirement(path, text, requirement),
                )
            )
    if parts:
        raise ManifestBroken.of(parts)


def script_spec(text: str, path: str) -> ProjectSpec:
    """Return what a script's block declares, or an empty spec; raise ManifestBroken."""
    try:
        block = read_script_block(text)
    except ScriptBlockBroken as error:
        message = f"{path}, line {error.line}: the script block cannot be used: {error}."
        raise ManifestBroken(
            message,
            error.hint,
            code="script-block-broken",
            path=path,
            line=error.line,
        ) from error
    if block is None:
        return ProjectSpec()
    _check_requirements(block.dependencies or (), text, path, block.line)
    return ProjectSpec(dependencies=block.dependencies, requires_python=block.requires_python)
