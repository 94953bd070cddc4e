"""`[project]` and `[tool.playhead]` of a `pyproject.toml`, read strictly. Pure.

Only this module knows pydantic; what it returns is plain. Every fault is found at once, each
with its dotted path; an unknown key names the nearest known one.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from shipper.formats.project_spec import ProjectSpec
from shipper.formats.units import UnitUnknown, parse_duration, parse_size
from shipper.formats.variables import first_variable_fault
from shipper.formats.way import folder_inside
from shipper.formats.worker_table import GrpcListener, Heartbeat, Recycling, Worker


class Fault(NamedTuple):
    """One thing that is wrong with a manifest. `path` is dotted: `tool.playhead.budget.wall`.

    `nearest` is the one known key, or value, that an unknown one resembles; `value` is that
    value, and None where it is the key that is unknown.
    """

    path: str
    message: str
    hint: str
    code: str = "manifest-broken"
    nearest: str | None = None
    value: str | None = None


class ManifestFaults(ValueError):
    """Everything that is wrong with a manifest."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.path}: {fault.message}" for fault in faults))
        self.faults = faults


def _amount(parse: Callable[[str], int], word: str) -> Callable[[object], int]:
    def read(value: object) -> int:
        if not isinstance(value, str):
            message = f"must be text with a unit, such as {word}"
            raise ValueError(message)  # noqa: TRY004 - pydantic understands only this one
        try:
            return parse(value)
        except UnitUnknown as error:
            raise ValueError(str(error)) from error

    return read


Duration = Annotated[int, BeforeValidator(_amount(parse_duration, '"60s"'))]
Size = Annotated[int, BeforeValidator(_amount(parse_size, '"512MB"'))]
Text = Annotated[str, Field(min_length=1)]
_REFUSED: Final = "variable_refused"
_OUTSIDE: Final = "cwd_outside"


def _settable(variables: dict[str, str]) -> dict[str, str]:
    if fault := first_variable_fault(variables.items()):
        raise PydanticCustomError(_REFUSED, "{reason}", {"reason": fault})
    return variables


def _inside(cwd: str) -> str:
    if folder_inside(cwd) is None:
        raise PydanticCustomError(_OUTSIDE, "must be a folder inside the project")
    return cwd


Variables = Annotated[dict[str, str], AfterValidator(_settable)]
Folder = Annotated[Text, AfterValidator(_inside)]
_Model = TypeVar("_Model", bound=BaseModel)
Grant = bool | list[Text]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Permissions(_Strict):
    """The closed vocabulary; only what is written is kept."""

    net: Grant = False
    read: Grant = False
    write: Grant = False
    run: Grant = True
    env: Grant = False
    display: bool = False
    audio: bool = False
    gpu: bool = False


class Budget(_Strict):
    """Limits: milliseconds, bytes, and a count of processes."""

    wall: Duration | None = None
    cpu: Duration | None = None
    memory: Size | None = None
    output: Size | None = None
    processes: Annotated[int, Field(ge=1)] | None = None
    disk: Size | None = None


class Configuration(_Strict):
    """A named way to play the project: what it says beside, or instead of, the project itself."""

    title: str | None = None
    entry: Text | None = None
    args: list[str] = []
    env: Variables = {}
    cwd: Folder | None = None
    permissions: Permissions = Permissions()
    budget: Budget = Budget()

    def plain(self) -> dict[str, Any]:
        """Return it as JSON values; of what may stand in for the project's own, what is said."""
        own = self.model_dump(exclude={"cwd", "permissions", "budget"})
        more = {
            "cwd": self.cwd,
            "permissions": _said(self.permissions),
            "budget": _said(self.budget),
        }
        return own | {key: value for key, value in more.items() if value}


class Playhead(_Strict):
    """The `[tool.playhead]` table."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")] | None = None
    kind: Literal["cartridge", "notebook", "workflow"] | None = None
    entry: Text | None = None
    args: list[str] = []
    title: Text | None = None
    icon: Text | None = None
    include: list[Text] = []
    exclude: list[Text] = []
    assets: list[Text] = []
    platforms: list[Literal["linux", "macos", "windows"]] = []
    requires: list[Text] = []
    tools: list[Text] = []
    permissions: Permissions = Permissions()
    budget: Budget = Budget()
    worker: Worker = Worker()
    configurations: dict[str, Configuration] = {}


class Project(BaseModel):
    """The keys of `[project]` that are used here; the others are for other tools."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    name: Text | None = None
    version: str | None = None
    dependencies: list[str] | None = None
    requires_python: str | None = Field(default=None, alias="requires-python")


def read_manifest(document: Mapping[str, Any]) -> ProjectSpec:
    """Return what a parsed `pyproject.toml` says; raise ManifestFaults with every fault."""
    tool = document.get("tool", {})
    table = tool.get("playhead") if isinstance(tool, Mapping) else None
    faults: list[Fault] = []
    project = _validate(Project, document.get("project", {}), "project", faults)
    playhead = _validate(Playhead, {} if table is None else table, "tool.playhead", faults)
    if faults or project is None or playhead is None:
        raise ManifestFaults(faults)
    own = playhead.model_dump(exclude={"permissions", "budget", "worker", "configurations"})
    plain: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in own.items()
    }
    return ProjectSpec(
        declared=table is not None,
        name=project.name,
        version=project.version,
        dependencies=None if project.dependencies is None else tuple(project.dependencies),
        requires_python=project.requires_python,
        permissions=_said(playhead.permissions),
        budget=_said(playhead.budget),
        worker=playhead.worker.said(),
        configurations={name: one.plain() for name, one in playhead.configurations.items()},
        **plain,
    )


def read_worker_table(table: object, at: str) -> dict[str, Any]:
    """Return what a `worker` table says, by itself; raise ManifestFaults with every fault.

    `at` is the dotted path of the table, for what is said about it.
    """
    faults: list[Fault] = []
    worker = _validate(Worker, table, at, faults)
    if faults or worker is None:
        raise ManifestFaults(faults)
    return worker.said()


def _said(table: BaseModel) -> dict[str, Any]:
    return table.model_dump(exclude_unset=True, exclude_none=True)


def _validate(model: type[_Model], value: object, at: str, faults: list[Fault]) -> _Model | None:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        seen: set[str] = set()
        for found in error.errors():
            fault = _fault(model, at, dict(found))
            # A union reports each of its members, and so the same value more than once.
            if not any(fault.path == path or fault.path.startswith(path + ".") for path in seen):
                seen.add(fault.path)
                faults.append(fault)
        return None


def _fault(model: type[BaseModel], at: str, found: dict[str, Any]) -> Fault:
    keys = [str(key) for key in found["loc"] if not _is_union_tag(key)]
    path = ".".join([at, *keys])
    if found["type"] == "extra_forbidden":
        known = sorted(_known_keys(model, keys[:-1]))
        near = difflib.get_close_matches(keys[-1], known, n=1, cutoff=0.5)
        hint = f"Did you mean `{near[0]}`?" if near else f"Known keys: {', '.join(known)}."
        message, nearest = f"`{keys[-1]}` is not a known key", near[0] if near else None
        return Fault(path, message, hint, "manifest-unknown-key", nearest)
    if found["type"] == "literal_error" and isinstance(value := found["input"], str):
        known = re.findall(r"'([^']*)'", found["ctx"]["expected"])
        if near := difflib.get_close_matches(value.lower(), known, n=1):
            hint = f"Did you mean `{near[0]}`?"
            return Fault(path, _words(keys, found), hint, nearest=near[0], value=value)
    return Fault(path, _words(keys, found), _advice(keys, found), _code(found))


def _code(found: dict[str, Any]) -> str:
    own = {_REFUSED: "variable-refused", _OUTSIDE: "cwd-outside"}
    return own.get(found["type"], "manifest-broken")


_WORDS = {
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": "must be a reversed domain name",
    "bool_type": "must be true or false",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "dict_type": "must be a table",
    "model_type": "must be a table",
}


def _is_union_tag(key: object) -> bool:
    return isinstance(key, str) and bool(re.fullmatch(r"bool|list\[.*|constrained-.*", key))


def _known_keys(model: type[BaseModel], keys: list[str]) -> set[str]:
    tables: dict[str, type[BaseModel]] = {"permissions": Permissions, "budget": Budget}
    if keys[:1] == ["configurations"]:
        model, keys = Configuration, keys[2:]
    if model is Playhead and keys[:1] == ["worker"]:
        model, keys = Worker, keys[1:]
    if model is Worker:
        tables = {"heartbeat": Heartbeat, "grpc_listener": GrpcListener, "recycling": Recycling}
    if keys and keys[0] in tables:
        model = tables[keys[0]]
    return {field.alias or name for name, field in model.model_fields.items()}


def _words(keys: list[str], found: dict[str, Any]) -> str:
    if found["type"] == "bool_type" and "permissions" in keys:
        grant = keys[-1] not in ("display", "audio", "gpu")
        return "must be true, false or a list of names" if grant else "must be true or false"
    if found["type"] in _WORDS:
        return _WORDS[found["type"]]
    message = str(found["msg"]).removeprefix("Value error, ")
    message = message.replace("Input should be", "must be").replace("valid ", "")
    return message[:1].lower() + message[1:]


def _advice(keys: list[str], found: dict[str, Any]) -> str:
    if keys and keys[-1] == "id":
        return "Write it like a reversed domain name, such as `org.example.game`."
    if found["type"] == _OUTSIDE:
        return "Name a folder of the project, relative to it, such as `data`."
    if found["type"] == _REFUSED:
        return "Take it out; other variables can be set."
    return f"It says {found.get('input')!r} now."
