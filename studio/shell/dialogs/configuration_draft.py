"""A run configuration while it is being edited: texts as typed, and what is wrong with each.

No widgets. A fault is named by its field: `name`, `title`, `entry`, `args`, `env`, `cwd`,
`permissions.net`, `budget.wall` and so on.
"""

import re
import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from PySide6.QtCore import QCoreApplication

from shipper.formats.units import UnitUnknown, parse_duration, parse_size
from shipper.formats.variables import variable_fault
from shipper.source.configurations import RunConfiguration
from shipper.source.entries import entry_form

#: The closed vocabulary; those in `LISTED` can also be granted for some names only.
GRANTS: Final = ("net", "read", "write", "run", "env", "display", "audio", "gpu")
LISTED: Final = ("net", "read", "write", "run", "env")
DURATIONS: Final = ("wall", "cpu")
SIZES: Final = ("memory", "output", "disk")
#: Returns the code of what is wrong with a working directory, None for nothing.
FolderFault = Callable[[str], str | None]
BUDGETS: Final = ("wall", "cpu", "memory", "output", "processes", "disk")


@dataclass(frozen=True, slots=True)
class Draft:
    """One configuration as it stands in the form.

    `grants` holds True, False or a text of names between commas; a missing key leaves it to the
    project. `budget` holds texts, "" likewise.
    """

    name: str
    title: str = ""
    entry: str = ""
    args: str = ""
    env: tuple[tuple[str, str], ...] = ()
    cwd: str = ""
    grants: dict[str, bool | str] = field(default_factory=dict)
    budget: dict[str, str] = field(default_factory=dict)


def draft_of(configuration: RunConfiguration) -> Draft:
    """Return a configuration as it is edited."""
    grants = {
        key: value if isinstance(value, bool) else ", ".join(value)
        for key, value in configuration.permissions.items()
    }
    return Draft(
        configuration.name,
        configuration.title,
        configuration.entry,
        shlex.join(configuration.args),
        tuple(configuration.env.items()),
        configuration.cwd,
        grants,
        {key: str(value) for key, value in configuration.budget.items()},
    )


def configuration_of(draft: Draft) -> RunConfiguration:
    """Return what a draft without faults says."""
    permissions = {
        key: value if isinstance(value, bool) else _names(value)
        for key, value in draft.grants.items()
    }
    budget: dict[str, str | int] = {
        key: int(text.strip()) if key == "processes" else text.strip()
        for key, text in draft.budget.items()
        if text.strip()
    }
    return RunConfiguration(
        draft.name.strip(),
        draft.title.strip(),
        draft.entry.strip(),
        tuple(shlex.split(draft.args)),
        dict(_said(draft.env)),
        draft.cwd.strip(),
        permissions,
        budget,
    )


def split_arguments(text: str) -> tuple[list[str], str]:
    """Return the arguments that a line means, and what is wrong with it."""
    try:
        return shlex.split(text), ""
    except ValueError as error:
        quote = "closing" in str(error).lower()
        return [], _tr("A quotation mark is not closed.") if quote else _tr(
            "Nothing follows the last backslash."
        )


def faults_of(draft: Draft, others: Iterable[Draft], folder: FolderFault) -> dict[str, str]:
    """Return a sentence for every field that is not fit; `folder` is asked about `cwd`."""
    found = {
        "name": _name_fault(draft.name, {other.name.strip() for other in others}),
        "title": _line_fault(draft.title),
        "entry": _entry_fault(draft.entry.strip()),
        "args": split_arguments(draft.args)[1],
        "env": _env_fault(draft.env),
        "cwd": _cwd_fault(draft.cwd.strip(), folder),
    }
    for key, value in draft.grants.items():
        if isinstance(value, str) and not _names(value):
            found[f"permissions.{key}"] = _tr("Name at least one, or choose Granted.")
    for key, text in draft.budget.items():
        found[f"budget.{key}"] = budget_fault(key, text)
    return {key: text for key, text in found.items() if text}


def budget_fault(key: str, text: str) -> str:
    """Return what is wrong with the amount of a budget, "" for nothing."""
    text = text.strip()
    if not text:
        return ""
    if key == "processes":
        fit = re.fullmatch(r"0*[1-9][0-9]{0,8}", text)
        return "" if fit else _tr("Write a whole number from 1, such as 64.")
    try:
        parse_duration(text) if key in DURATIONS else parse_size(text)
    except UnitUnknown as error:
        return f"{error}."
    return ""


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """Return a name that no other configuration has."""
    known = set(taken)
    if wanted not in known:
        return wanted
    number = 2
    while f"{wanted}-{number}" in known:
        number += 1
    return f"{wanted}-{number}"


def copy_of(draft: Draft, taken: Iterable[str]) -> Draft:
    """Return the same under another name."""
    title = _tr("{0} (copy)").format(draft.title) if draft.title else ""
    return replace(
        draft,
        name=free_name(draft.name, taken),
        title=title,
        grants=dict(draft.grants),
        budget=dict(draft.budget),
    )


def _names(text: str) -> list[str]:
    return [name for part in text.split(",") if (name := part.strip())]


def _said(env: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the rows of the table that are filled in."""
    return [(name.strip(), value) for name, value in env if name.strip() or value]


def _name_fault(name: str, others: set[str]) -> str:
    name = name.strip()
    if not name:
        return _tr("Give it a name.")
    if name in others:
        return _tr("Another configuration is named {0}.").format(name)
    return _line_fault(name)


def _line_fault(text: str) -> str:
    return "" if text.isprintable() else _tr("It holds a character that cannot be shown.")


def _entry_fault(entry: str) -> str:
    if not entry or entry_form(entry) is not None:
        return ""
    return _tr("Write a path (game.py), a module (game.main) or a function (game:main).")


def _env_fault(env: Sequence[tuple[str, str]]) -> str:
    said = _said(env)
    names = [name for name, _ in said]
    for name, value in said:
        if not name:
            return _tr("The value {0} has no name.").format(value)
        if names.count(name) > 1:
            return _tr("{0} is there more than once.").format(name)
        if fault := variable_fault(name, value):
            return f"{fault}."
    return ""


def _cwd_fault(cwd: str, folder: FolderFault) -> str:
    code = folder(cwd) if cwd else None
    if code is None:
        return ""
    if code == "cwd-outside":
        return _tr("It leads out of the project.")
    return _tr("The project has no folder {0}.").format(cwd)


def _tr(text: str) -> str:
    return QCoreApplication.translate("ConfigurationsDialog", text)
