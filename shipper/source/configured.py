"""A project as one way of playing it has it: the chosen configuration put in force, and checked.

What is sealed stays the project's own; see `Project.own`.
"""

from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from shipper.errors import PrepareFailed
from shipper.formats.project_spec import ProjectSpec
from shipper.formats.toml_place import find_key
from shipper.formats.way import Way, folder_inside
from shipper.source.entries import declared_entry
from shipper.source.project import Project
from shipper.source.working_folder import folder_fault

_KEY = "tool.playhead.configurations"


def configured(project: Project, way: Way) -> Project:
    """Return the project with what `way` asks for in force; raise PrepareFailed."""
    if way.configuration is not None:
        project = _with_configuration(project, way.configuration)
    _check_folder(project, way)
    return project


def _with_configuration(project: Project, name: str) -> Project:
    chosen = configuration_of(project.spec, name)
    if chosen is None:
        raise _unknown(project, name)
    spec = replace(
        project.spec,
        args=(*project.spec.args, *chosen["args"]),
        permissions={**project.spec.permissions, **chosen.get("permissions", {})},
        budget={**project.spec.budget, **chosen.get("budget", {})},
    )
    return _with_entry(project, name, chosen)._replace(
        spec=spec,
        own=project,
        configuration=name,
        env=tuple(chosen["env"].items()),
        cwd=folder_inside(chosen.get("cwd", "")) or "",
    )


def configuration_of(spec: ProjectSpec, name: str | None) -> dict[str, Any] | None:
    """Return the keys of a configuration; None where there is none of that name."""
    found: dict[str, Any] | None = spec.configurations.get(name) if name is not None else None
    return found


def configuration_key(name: str | None, key: str) -> str:
    """Return the dotted key of a configuration's own key."""
    return f"{_KEY}.{name}.{key}"


def _with_entry(project: Project, name: str, chosen: dict[str, Any]) -> Project:
    if chosen["entry"] is None:
        return project
    entry = declared_entry(chosen["entry"], configuration_key(name, "entry"), project.text)
    if entry.form == "notebook":
        return project._replace(entry=entry, kind="notebook")
    if project.spec.kind == "notebook" and entry.form == "file":  # a script in cells
        entry = entry._replace(form="notebook")
    return project._replace(entry=entry, kind=project.spec.kind or "cartridge")


def _unknown(project: Project, name: str) -> PrepareFailed:
    known = ", ".join(f"`{one}`" for one in project.spec.configurations)
    if known:
        near = get_close_matches(name, project.spec.configurations, n=1)
        meant = f"Did you mean `{near[0]}`? " if near else ""
        hint = f"{meant}It has {known}. Play with one of those, or without."
    elif project.only is None:
        table = "[tool.playhead.configurations.NAME]"
        hint = f"It has none. Play without, or add it as a table `{table}` to the manifest."
    else:
        hint = "A single file has none; play it without, or give it a folder with a pyproject.toml."
    line, column = find_key(project.text, _KEY) or (None, None)
    return PrepareFailed(
        f"The project has no configuration `{name}`.",
        hint,
        code="configuration-unknown",
        path=project.manifest,
        line=line if known else None,
        column=column if known else None,
    )


def _check_folder(project: Project, way: Way) -> None:
    cwd, place = way.cwd, None
    if cwd is None and project.cwd:
        cwd = project.cwd
        place = find_key(project.text, configuration_key(project.configuration, "cwd"))
    if cwd is None or (code := folder_fault(project.root, cwd)) is None:
        return
    what = "leads out of the project" if code == "cwd-outside" else "is no folder of the project"
    line, column = place or (None, None)
    message = f"The working directory `{cwd}` {what}."
    raise PrepareFailed(
        message,
        "Name a folder of the project, relative to it, such as `data`.",
        code=code,
        path=project.manifest if place else None,
        line=line,
        column=column,
    )
