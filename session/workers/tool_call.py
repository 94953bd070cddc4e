"""Whether the parameters of a call fit its tool. Pure."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from session.workers.shapes import misfit
from session.workers.tool_errors import InvalidParameter
from session.workers.tool_spec import ParameterSpec, ToolSpec


def check_call(tool: ToolSpec, given: Mapping[str, Any]) -> None:
    """Raise InvalidParameter for the first thing that is wrong with the parameters of a call.

    Defaults are not filled in: the tool itself does that, which alone has the real ones.
    """
    known = {one.name: one for one in tool.parameters}
    for parameter in tool.parameters:
        if parameter.required and parameter.name not in given:
            raise InvalidParameter(tool.name, parameter.name, "missing", "is missing", _usage(tool))
    for name, value in given.items():
        if name in known:
            _check_value(tool, known[name], value)
        elif not tool.takes_any:
            raise _unknown(tool, name)


def _check_value(tool: ToolSpec, parameter: ParameterSpec, value: object) -> None:
    is_default = value is None and not parameter.required and parameter.default is None
    fault = None if is_default else misfit(parameter.shape, value)
    if fault is not None:
        hint = f"It was given {type(value).__name__}."
        raise InvalidParameter(tool.name, parameter.name, "wrong_type", fault, hint)


def _unknown(tool: ToolSpec, name: str) -> InvalidParameter:
    short = str(name)[:64]  # it may come from a stranger, and comparing long texts takes long
    near = get_close_matches(short, [one.name for one in tool.parameters], n=1)
    hint = f"Did you mean `{near[0]}`?" if near else _usage(tool)
    return InvalidParameter(tool.name, short, "unknown", "is not a parameter of it", hint)


def _usage(tool: ToolSpec) -> str:
    if not tool.parameters:
        return "It takes none."
    names = (one.name if one.required else f"[{one.name}]" for one in tool.parameters)
    return f"It takes {', '.join(names)}."
