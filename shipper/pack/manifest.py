"""Puts together the manifest of an image: what it is, and every file that is in it. Pure."""

from collections.abc import Sequence
from typing import Any

from shipper.events import shown
from shipper.formats.image import FORMAT, file_rows
from shipper.formats.interpreter import Environment, Interpreter
from shipper.formats.scan import LeftOut, StoredFile
from shipper.source.project import Project

Manifest = dict[str, Any]


def assemble(
    project: Project,
    files: Sequence[StoredFile],
    assets: Sequence[str],
    lock_sha256: str | None,
) -> Manifest:
    """Return the manifest without its `build` section: all that the identity covers."""
    spec = project.spec
    return {
        "format": FORMAT,
        "kind": project.kind,
        "id": spec.id,
        "title": shown(project.title),
        "version": spec.version,
        "entry": {"form": project.entry.form, "target": project.entry.target},
        "args": list(spec.args),
        "requires_python": spec.requires_python,
        "dependencies": list(spec.dependencies or ()),
        "lock": lock_sha256,
        "icon": spec.icon,
        "assets": list(assets),
        "platforms": list(spec.platforms),
        "requires": list(spec.requires),
        **({"needs": spec.needs} if spec.needs else {}),
        "tools": list(spec.tools),
        "permissions": spec.permissions,
        "budget": spec.budget,
        "configurations": spec.configurations,
        "files": file_rows({file.path: (file.size, file.sha256) for file in files}),
    }


def build_section(
    left_out: Sequence[LeftOut], interpreter: Interpreter, environment: Environment
) -> Manifest:
    """Return the `build` section: how this copy was made, which is no part of the identity."""
    return {
        "tool": "playhead",
        "python": interpreter.version,
        "platform": interpreter.platform,
        "sealed": environment.sealed,
        "left_out": [{"path": row.path, "reason": row.reason} for row in left_out],
    }
