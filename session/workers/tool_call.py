"""Whether a call fits its tool, and the parameters that it comes to. Pure."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from session.workers.shapes import misfit
from session.workers.tool_errors import InvalidParameter
from session.workers.tool_spec import ToolSpec


def checked_parameters(tool: ToolSpec, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a call gives, defaults filled in, in the order that the tool declares.

    Raises InvalidParameter for the first thing that is wrong: one too many, one that lacks, one
    of a wrong type.
    """
    known = {one.name: one for one in tool.parameters}
    for name in given:
        if name not in known:
            raise _unknown(tool, name)
    found: dict[str, Any] = {}
    for name, parameter in known.items():
        if name not in given:
            if parameter.required:
                raise InvalidParameter(tool.name, name, "missing", "is missing", _usage(tool))
            found[name] = parameter.default
            continue
        found[name] = value = given[name]
        is_default = not parameter.required and value is parameter.default
        fault = None if is_default else misfit(parameter.shape, value)
        if fault is not None:
            hint = f"It is {type(value).__name__} now."
            raise InvalidParameter(tool.name, name, "wrong_type", fault, hint)
    return found


def _unknown(tool: ToolSpec, name: str) -> InvalidParameter:
    near = get_close_matches(name, [one.name for one in tool.parameters], n=1)
    hint = f"Did you mean `{near[0]}`?" if near else _usage(tool)
    return InvalidParameter(tool.name, name, "unknown", "is not a parameter of it", hint)


def _usage(tool: ToolSpec) -> str:
    if not tool.parameters:
        return "It takes none."
    names = (one.name if one.required else f"[{one.name}]" for one in tool.parameters)
    return f"It takes {', '.join(names)}."
