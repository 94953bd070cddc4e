"""Tools as a worker declares them, made into specs or refused. Pure.

A worker is a stranger: whatever it sends is looked at part by part, and each part has a limit.
The schemas are made inside the worker, from annotations; here they are only believed or not.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from session.workers.plain_value import NotPlain, plain_value
from session.workers.shapes import ANY, Shape, ShapeUnknown, read_shape
from session.workers.tool_errors import InvalidTool
from session.workers.tool_spec import LONGEST_NAME, NAME, Kind, ParameterSpec, ToolSpec

MAX_PARAMETERS: Final = 64
MAX_METADATA: Final = 32
METADATA_BYTES: Final = 4096
DESCRIPTION_BYTES: Final = 4096
DEFAULT_BYTES: Final = 4096
#: How deep a default, a type or a piece of metadata may lie.
DEEPEST: Final = 16
_TYPE_BYTES: Final = 4096


def read_tool(declared: object, *, kind: Kind = "worker", worker_id: str | None = None) -> ToolSpec:
    """Return the tool that a worker declared as JSON values; raise InvalidTool."""
    if not isinstance(declared, Mapping):
        _refuse("?", "tool", "invalid_type", "it is not declared by a table")
    name = read_name(declared.get("name"))
    return ToolSpec(
        name=name,
        description=_description(name, declared.get("description")),
        parameters=_parameters(name, declared.get("parameters")),
        streaming=declared.get("streaming") is True,
        takes_any=declared.get("takes_any") is True,
        metadata=read_metadata(name, declared.get("metadata")),
        kind=kind,
        worker_id=worker_id,
    )


def read_name(declared: object) -> str:
    """Return a tool's name without space around it; raise InvalidTool."""
    if not isinstance(declared, str):
        _refuse("?", "name", "invalid_type", "its name is no text")
    name = declared[: 4 * LONGEST_NAME].strip()
    if not name:
        _refuse(name, "name", "empty", "it has no name")
    if len(name.encode(errors="replace")) > LONGEST_NAME:
        _refuse(name[:20] + "…", "name", "too_long", f"its name has more than {LONGEST_NAME} bytes")
    if not NAME.fullmatch(name):
        reason = "its name has to be letters, digits, `_`, `-` and `.`, and begin with neither mark"
        _refuse(name, "name", "invalid_format", reason)
    return name


def read_metadata(tool: str, declared: object) -> dict[str, Any]:
    """Return what is noted about a tool, as a table of its own; raise InvalidTool."""
    if declared is None:
        return {}
    if not isinstance(declared, Mapping):
        _refuse(tool, "metadata", "unsupported_type", "its metadata is no table")
    if len(declared) > MAX_METADATA:
        reason = f"its metadata has more than {MAX_METADATA} entries"
        _refuse(tool, "metadata", "too_many_entries", reason)
    named: dict[str, object] = {}
    for key, value in declared.items():
        if not isinstance(key, str | int):
            _refuse(tool, "metadata", "unsupported_type", "its metadata has a name that is no text")
        if str(key) in named:
            reason = f"its metadata names {str(key)[:40]!r} twice"
            _refuse(tool, "metadata", "duplicate_keys", reason)
        named[str(key)] = value
    found = _plain(tool, "metadata", named, METADATA_BYTES)
    return dict(found)


def _description(tool: str, declared: object) -> str:
    if declared is None:
        return ""
    if not isinstance(declared, str):
        _refuse(tool, "description", "invalid_type", "its description is no text")
    if len(declared.encode(errors="replace")) > DESCRIPTION_BYTES:
        reason = f"its description has more than {DESCRIPTION_BYTES:,} bytes"
        _refuse(tool, "description", "too_long", reason)
    return declared.strip()


def _parameters(tool: str, declared: object) -> tuple[ParameterSpec, ...]:
    if declared is None:
        return ()
    if not isinstance(declared, Sequence) or isinstance(declared, str | bytes):
        _refuse(tool, "parameters", "invalid_type", "its parameters are no list")
    if len(declared) > MAX_PARAMETERS:
        reason = f"it has more than {MAX_PARAMETERS} parameters"
        _refuse(tool, "parameters", "too_many_entries", reason)
    found = tuple(_parameter(tool, one) for one in declared)
    if len({one.name for one in found}) < len(found):
        _refuse(tool, "parameters", "duplicate_keys", "two of its parameters have the same name")
    return found


def _parameter(tool: str, declared: object) -> ParameterSpec:
    if not isinstance(declared, Mapping):
        _refuse(tool, "parameters", "invalid_type", "a parameter is not declared by a table")
    name = declared.get("name")
    if not isinstance(name, str) or len(name) > 2 * LONGEST_NAME or not name.isidentifier():
        _refuse(tool, "parameters", "invalid_format", "a parameter has no name that Python takes")
    shape = _shape(tool, name, declared.get("type"))
    required = declared.get("required", "default" not in declared)
    if not isinstance(required, bool):
        _refuse(tool, "parameters", "invalid_type", f"`required` of `{name}` is no yes or no")
    default = _plain(tool, "parameters", declared.get("default"), DEFAULT_BYTES)
    said = _description(tool, declared.get("description"))
    return ParameterSpec(name, shape, said, required, None if required else default)


def _shape(tool: str, parameter: str, declared: object) -> Shape:
    if declared is None:
        return ANY
    plain = _plain(tool, "parameters", declared, _TYPE_BYTES)
    try:
        return read_shape(plain)
    except ShapeUnknown as error:
        _refuse(tool, "parameters", "unsupported_type", f"the type of `{parameter}`: {error}")


def _plain(tool: str, part: str, value: object, size: int) -> Any:  # noqa: ANN401 - JSON
    try:
        return plain_value(value, bytes_at_most=size, deepest=DEEPEST)
    except NotPlain as error:
        _refuse(tool, part, error.kind, f"its {part} cannot be kept: {error}")


def _refuse(tool: str, part: str, kind: str, reason: str) -> NoReturn:
    raise InvalidTool(tool, part, kind, reason)
