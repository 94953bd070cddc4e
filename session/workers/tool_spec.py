"""What a tool is, as plain data, and as JSON Schema. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal

from session.workers.shapes import ANY, Shape, schema_of

#: A tool's name: at most this many bytes, and only such letters.
LONGEST_NAME: Final = 64
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-.]*")

#: Where a tool runs: in the host, or in a worker.
Kind = Literal["host", "worker"]

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """One parameter. One that is not `required` has a `default`, which is told and no more.

    The tool itself has the real one, which may be nothing that JSON knows.
    """

    name: str
    shape: Shape = ANY
    description: str = ""
    required: bool = True
    default: Any = None


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """One tool. `worker_id` names the worker that it lives in; None for one of the host.

    `streaming` says that its result comes in parts, and `takes_any` that it takes parameters by
    any name beside its own.
    """

    name: str
    description: str = ""
    parameters: tuple[ParameterSpec, ...] = ()
    streaming: bool = False
    takes_any: bool = False
    metadata: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    kind: Kind = "worker"
    worker_id: str | None = None


def schema_of_tool(tool: ToolSpec) -> dict[str, Any]:
    """Return a tool as JSON: name, description, and its `parameters` as one JSON Schema."""
    return {
        "name": tool.name,
        "description": tool.description,
        "streaming": tool.streaming,
        "parameters": {
            "type": "object",
            "properties": {one.name: _property(one) for one in tool.parameters},
            "required": [one.name for one in tool.parameters if one.required],
            "additionalProperties": tool.takes_any,
        },
    }


def _property(parameter: ParameterSpec) -> dict[str, Any]:
    found = schema_of(parameter.shape)
    if parameter.description:
        found["description"] = parameter.description
    if not parameter.required and not isinstance(parameter.default, bytes):
        found["default"] = parameter.default
    return found
