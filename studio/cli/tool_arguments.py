"""The parameters of `playhead call`: `key=value` texts made into what the tool takes. Pure."""

import json
from collections.abc import Sequence
from typing import Any

from session.workers.tool_spec import ParameterSpec, ToolSpec
from studio.cli.errors import WrongParameter


def read_arguments(tool: ToolSpec, texts: Sequence[str]) -> dict[str, Any]:
    """Return the parameters of a call; raise WrongParameter.

    A text stays text where the tool takes text; anywhere else it is read as JSON where it is
    some, so `3`, `true` and `[1, 2]` are what they look like.
    """
    known = {one.name: one for one in tool.parameters}
    found: dict[str, Any] = {}
    for text in texts:
        name, mark, value = text.partition("=")
        if not mark or not name.isidentifier():
            raise WrongParameter(text, "has to be KEY=VALUE")
        if name in found:
            raise WrongParameter(text, f"names `{name}` a second time")
        found[name] = _value(known.get(name), value)
    return found


def _value(parameter: ParameterSpec | None, text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    kind = parameter.shape.kind if parameter else "any"
    if kind == "string":
        return text
    if kind == "bytes":
        return text.encode()
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def usage_of(tool: ToolSpec) -> str:
    """Return a tool as it is called: `area(width: number, height: number = 1.0)`."""
    listed = [_parameter(one) for one in tool.parameters]
    more = ["…"] if tool.takes_any else []
    return f"{tool.name}({', '.join([*listed, *more])})" + ("  streams" if tool.streaming else "")


def _parameter(parameter: ParameterSpec) -> str:
    kind = parameter.shape.kind
    text = parameter.name if kind == "any" else f"{parameter.name}: {kind}"
    if parameter.required:
        return text
    return f"{text} = {json.dumps(parameter.default, ensure_ascii=False, default=repr)}"
