"""Opens what a user points at: a folder, a script or a notebook. Reads; never writes."""

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from shipper.errors import (
    NotAProject,
    PrepareFailed,
    ProjectMissing,
    ProjectUnreadable,
)
from shipper.formats.notebook import is_percent_script
from shipper.formats.project_spec import ProjectSpec
from shipper.source.companions import companions_of
from shipper.source.configured import configuration_key, configuration_of
from shipper.source.entries import MANIFEST, PLAIN_ENTRIES, declared_entry, default_entry
from shipper.source.notebook_file import data_beside, read_cells
from shipper.source.project import Entry, Project
from shipper.source.pyproject import parse_toml, read_spec, script_spec
from shipper.source.reading import decode_source, read_bytes
from shipper.store.results import ResultStore, step_key

_VERSION = 2
_Poll = Callable[[], None]


def open_project(
    path: Path, results: ResultStore, poll: _Poll, configuration: str | None = None
) -> Project:
    """Return the project at `path` (absolute); raise PrepareFailed where there is none.

    A manifest that was understood once is taken from `results`; `poll` may raise to stop.
    The entry of `configuration` stands in where the project has none of its own.
    """
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise ProjectMissing(path) from None
    except OSError as error:
        raise ProjectUnreadable(path, error.strerror or str(error)) from error
    if path.name == MANIFEST:
        return _open_folder(path.parent, results, configuration)
    if stat.S_ISDIR(status.st_mode):
        return _open_folder(path, results, configuration)
    return _open_file(path, poll)


def _open_folder(folder: Path, results: ResultStore, configuration: str | None) -> Project:
    names = _names(folder)
    if MANIFEST not in names:
        return _plain(folder, names, ProjectSpec())
    data = read_bytes(folder / MANIFEST)
    text, document = parse_toml(data, MANIFEST)
    sha256 = hashlib.sha256(data).hexdigest()
    spec = _spec(document, text, sha256, results)
    if spec.declared:
        project = _declared(folder, names, spec, text, configuration)
    else:
        project = _plain(folder, names, spec)
    return project._replace(manifest=MANIFEST, manifest_sha256=sha256, text=text)


def _spec(document: dict[str, Any], text: str, sha256: str, results: ResultStore) -> ProjectSpec:
    key = step_key("spec", _VERSION, [], [sha256])
    known = results.get("spec", key)
    if known is not None:
        return ProjectSpec.from_json(known)
    spec = read_spec(document, text, MANIFEST)
    results.put("spec", key, spec.to_json())
    return spec


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 - the names are what is wanted
    except OSError as error:
        raise ProjectUnreadable(folder, error.strerror or str(error)) from error


def _plain(folder: Path, names: list[str], spec: ProjectSpec) -> Project:
    target = next((name for name in PLAIN_ENTRIES if name in names), None)
    if target is None:
        _refuse_folder(folder, names)
    title = spec.name or folder.name or str(folder)
    return Project(folder, folder, spec, "cartridge", Entry("file", target), title)


def _refuse_folder(folder: Path, names: list[str]) -> NoReturn:
    wanted = "a pyproject.toml with [tool.playhead], main.py or __main__.py"
    scripts = [name for name in names if name.endswith((".py", ".ipynb"))]
    hint = "Add one of them, or play a single .py file or notebook."
    if scripts:
        hint = f"Play one of its files, such as {folder / scripts[0]}, or name it main.py."
    message = f"{folder} is no project: it holds none of {wanted}."
    raise NotAProject(message, hint)


def _declared(
    folder: Path, names: list[str], spec: ProjectSpec, text: str, configuration: str | None
) -> Project:
    entry = _entry(folder, names, spec, text, configuration)
    kind = spec.kind or ("notebook" if entry.form == "notebook" else "cartridge")
    if kind == "notebook" and entry.form == "file":
        entry = entry._replace(form="notebook")
    title = spec.title or spec.name or folder.name
    return Project(folder, folder, spec, kind, entry, title)


def _entry(
    folder: Path, names: list[str], spec: ProjectSpec, text: str, configuration: str | None
) -> Entry:
    if spec.entry is not None:
        return declared_entry(spec.entry, "tool.playhead.entry", text)
    try:
        return default_entry(folder, names, spec, text)
    except PrepareFailed:
        chosen = configuration_of(spec, configuration)
        if chosen is None or chosen["entry"] is None:
            raise
        return declared_entry(chosen["entry"], configuration_key(configuration, "entry"), text)


def _open_file(path: Path, poll: _Poll) -> Project:
    name = path.name.lower()
    if name.endswith((".py", ".pyw")):
        return _open_script(path, poll)
    if name.endswith(".ipynb"):
        return _open_notebook(path, ProjectSpec(), poll)
    if name.endswith(".cart"):
        message = f"{path} is a cartridge file, which this version cannot open yet."
        raise PrepareFailed(
            message,
            "Play the project folder that it was made from.",
            code="cart-unsupported",
        )
    if ".workflow" in name:
        raise _no_workflow(str(path))
    kinds = "a .py file, an .ipynb notebook or a project folder"
    message = f"{path} is nothing that can be played."
    raise NotAProject(message, f"Play {kinds}.")


def _no_workflow(what: str) -> PrepareFailed:
    return PrepareFailed(
        f"{what} is a workflow, which this version cannot play yet.",
        "Play its tasks one by one as scripts, or wait for a version that plays workflows.",
        code="workflow-unsupported",
    )


def _open_script(path: Path, poll: _Poll) -> Project:
    data = read_bytes(path)
    text = decode_source(data)
    spec = script_spec(text, path.name)
    if is_percent_script(text):
        project = _open_notebook(path, spec, poll)
    else:
        entry = Entry("file", path.name)
        beside = companions_of([text], path.parent, poll)
        only = (path.name, *(name for name in beside.paths if name != path.name))
        project = Project(
            path,
            path.parent,
            spec,
            "cartridge",
            entry,
            path.stem,
            only,
            watched=beside.watched,
            cut_off=beside.cut_off,
        )
    return project._replace(
        manifest=path.name, manifest_sha256=hashlib.sha256(data).hexdigest(), text=text
    )


def _open_notebook(path: Path, spec: ProjectSpec, poll: _Poll) -> Project:
    cells = read_cells(read_bytes(path), path.name)
    beside = data_beside(cells, path.parent, poll)
    code = [cell.source for cell in cells if cell.type == "code"]
    companions = companions_of(code, path.parent, poll)
    paths = {*beside.present, *companions.paths} - {path.name}
    only = (path.name, *sorted(paths))
    return Project(
        path,
        path.parent,
        spec,
        "notebook",
        Entry("notebook", path.name),
        path.stem,
        only,
        absent=beside.absent,
        watched=(*beside.watched, *companions.watched),
        cut_off=companions.cut_off,
    )
