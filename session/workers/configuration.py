"""The settings of workers that are in force: the defaults, the settings file, the project.

The file is read and never written here. What is unfit in it is told and left at its default;
what the plan that Playhead was made after called otherwise is understood, and said to be old.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from session.deprecation import Deprecation
from session.home import Home
from session.workers.defaults import FOREIGN_KEYS, TABLE, WorkerSettings
from session.workers.old_keys import renewed

_FILE: Final = "settings.json"
_MANIFEST: Final = f"tool.playhead.{TABLE}"
#: More than this is nobody's settings, in bytes.
_LARGEST: Final = 4_000_000


class WorkerConfiguration(NamedTuple):
    """The settings in force. `problems` are sentences: what was passed over, and why.

    `old` are keys that have other names by now.
    """

    settings: WorkerSettings
    problems: tuple[str, ...] = ()
    old: tuple[Deprecation, ...] = ()


def worker_configuration(
    home: Home, project: Mapping[str, Any] | None = None, *, own: bool = True
) -> WorkerConfiguration:
    """Return what is in force for a project, whose `worker` table is given, or for none.

    Of a project of somebody else's (`own` is False) only `FOREIGN_KEYS` count. Blocking, but
    tiny. Warns of old keys (DeprecationWarning).
    """
    path = home.config / _FILE
    problems: list[str] = []
    table, old = renewed(_table_of(path, problems))
    said = _fit(table, TABLE, path.name, problems)
    settings = _laid_over(WorkerSettings(), said)
    theirs = _fit(project or {}, _MANIFEST, "pyproject.toml", problems)
    if not own:
        problems += [
            f"`{_MANIFEST}.{key}` is not for a project of somebody else's to say."
            for key in sorted(theirs.keys() - FOREIGN_KEYS)
        ]
        theirs = {key: value for key, value in theirs.items() if key in FOREIGN_KEYS}
    return WorkerConfiguration(_laid_over(settings, theirs), tuple(problems), old)


def _table_of(path: Path, problems: list[str]) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        document = json.loads(data) if len(data) <= _LARGEST else None
    except FileNotFoundError:
        return {}
    except OSError as error:
        problems.append(f"{path} could not be read: {error.strerror}. Defaults are used.")
        return {}
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        problems.append(f"{path} could not be understood. Defaults are used.")
        return {}
    table = document.get(TABLE, {})
    if not isinstance(table, dict):
        problems.append(f"{path.name}: `{TABLE}` must be a table.")
        return {}
    return table


def _fit(table: Mapping[str, Any], at: str, name: str, problems: list[str]) -> dict[str, Any]:
    """Return what of a table can be used; what cannot is told."""
    if not table:
        return {}
    # Imported late: this brings pydantic, and most have no such table.
    from shipper.formats.manifest import ManifestFaults, read_worker_table

    left = dict(table)
    while left:
        try:
            return read_worker_table(left, at)
        except ManifestFaults as error:
            problems += [
                f"{name}: `{fault.path}` {_said(fault.message)}. {fault.hint}"
                for fault in error.faults
            ]
            paths = [fault.path.removeprefix(at).lstrip(".") for fault in error.faults]
            less = _without(left, paths)
            left = less if less != left else {}
    return {}


def _said(message: str) -> str:
    return "is not a known key" if message.endswith("is not a known key") else message


def _without(table: Mapping[str, Any], paths: list[str]) -> dict[str, Any]:
    """A copy without some dotted keys; of a list the whole goes."""
    left = dict(table)
    for path in paths:
        key, _, rest = path.partition(".")
        if isinstance(left.get(key), dict) and rest:
            left[key] = _without(left[key], [rest])
        else:
            left.pop(key, None)
    return left


def _laid_over(settings: WorkerSettings, said: Mapping[str, Any]) -> WorkerSettings:
    changes = dict(said)
    for key in ("heartbeat", "grpc_listener", "recycling"):
        if key in changes:
            changes[key] = replace(getattr(settings, key), **changes[key])
    if "adapter_args" in changes:
        changes["adapter_args"] = tuple(changes["adapter_args"])
    return replace(settings, **changes)
