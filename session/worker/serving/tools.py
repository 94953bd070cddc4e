"""The tools of a served script: what they are called, what they take, whether they stream.

Read from the function itself (names, defaults, annotations), without `inspect`, whose import
costs more than a worker's whole start.
"""

from __future__ import annotations

from ..values import TYPE, pack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

_VARARGS, _VARKEYWORDS, _GENERATOR, _COROUTINE, _ASYNC_GENERATOR = 0x4, 0x8, 0x20, 0x80, 0x200
_NAME_CAP = 64
_WORDS = {
    "bool": "boolean",
    "int": "integer",
    "float": "number",
    "str": "string",
    "bytes": "bytes",
    "list": "list",
    "tuple": "list",
    "dict": "map",
}
_CLASSES: dict[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "bytes": (bytes,),
    "list": (list,),
    "map": (dict,),
}


class Tool:
    """One function that the host can call."""

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        name: str | None = None,
        description: str | None = None,
        main_thread: bool = False,
        streaming: bool | None = None,
    ) -> None:
        self.function = function
        self.name = _checked(name or str(getattr(function, "__name__", "")))
        doc = description if description is not None else getattr(function, "__doc__", None)
        self.description = " ".join((doc or "").split("\n\n")[0].split())
        self.main_thread = main_thread
        code = _code_of(function)
        flags = code.co_flags if code is not None else 0
        self.is_async = bool(flags & (_COROUTINE | _ASYNC_GENERATOR))
        produces = bool(flags & (_GENERATOR | _ASYNC_GENERATOR))
        self.streaming = produces if streaming is None else streaming
        self.takes_any = code is None or bool(flags & _VARKEYWORDS)
        self.parameters = _parameters(function, code)

    def spec(self) -> dict[str, Any]:
        """Return the tool as the host is told of it."""
        return {
            "name": self.name,
            "description": self.description,
            "parameters": [one.spec() for one in self.parameters],
            "takes_any": self.takes_any,
            "streaming": self.streaming,
            "main_thread": self.main_thread,
        }

    def fault_of(self, given: dict[str, Any]) -> str | None:
        """Return what is wrong with a call's parameters; None where nothing is."""
        known = {one.name: one for one in self.parameters}
        for one in self.parameters:
            if one.required and one.name not in given:
                return f"`{self.name}` needs the parameter `{one.name}`"
        for name, value in given.items():
            if name not in known:
                if self.takes_any:
                    continue
                listed = ", ".join(f"`{one}`" for one in known) or "none"
                return f"`{self.name}` has no parameter `{name}`; it has {listed}"
            fault = known[name].fault_of(value)
            if fault:
                return f"`{self.name}`: {fault}"
        return None


class Parameter:
    """One parameter of a tool. `type` is a word of the schema, `any` where nothing is known."""

    def __init__(self, name: str, type_word: str, default: Any, *, required: bool) -> None:
        self.name = name
        self.type = type_word
        self.default = default
        self.required = required

    def spec(self) -> dict[str, Any]:
        """Return the parameter as the host is told of it."""
        said: dict[str, Any] = {"name": self.name, "type": self.type, "required": self.required}
        if not self.required:
            try:
                said["default"], _payload = pack(self.default, TYPE)
            except ValueError:
                said["default"] = None
        return said

    def fault_of(self, value: Any) -> str | None:
        """Return what is wrong with a value: True stays a boolean and is no number."""
        classes = _CLASSES.get(self.type)
        if classes is None or (value is None and not self.required and self.default is None):
            return None
        if isinstance(value, classes) and (self.type == "boolean" or not isinstance(value, bool)):
            return None
        return f"`{self.name}` is of type {self.type}, not {type(value).__name__}"


class ToolTable:
    """All tools of one worker, by name; declared while the script is loaded."""

    def __init__(self, builtin: Iterable[Tool] = ()) -> None:
        self._tools = {tool.name: tool for tool in builtin}
        self._builtin = set(self._tools)

    def declare(self, function: Any, about: dict[str, Any]) -> None:
        """Add a tool; ValueError for a name that is taken or is none."""
        tool = Tool(function, **about)
        if tool.name in self._tools and tool.name not in self._builtin:
            message = f"there are two tools named `{tool.name}`"
            raise ValueError(message)
        self._builtin.discard(tool.name)
        self._tools[tool.name] = tool

    def get(self, name: str) -> Tool | None:
        """Return the tool of that name."""
        return self._tools.get(name)

    @property
    def names(self) -> list[str]:
        """The names of all tools, sorted."""
        return sorted(self._tools)

    def specs(self) -> list[dict[str, Any]]:
        """Return all tools as the host is told of them."""
        return [self._tools[name].spec() for name in self.names]


def echo(**parameters: Any) -> Any:
    """Return the parameters as they came."""
    return parameters


def _checked(name: str) -> str:
    plain = name.replace("_", "").replace("-", "").replace(".", "")
    if not plain.isalnum() or not name.isascii() or not name[0].isalnum():
        message = f"{name!r} cannot be the name of a tool: letters, digits, `_`, `-` and `.`"
        raise ValueError(message)
    if len(name) > _NAME_CAP:
        message = f"the name of a tool has at most {_NAME_CAP} characters: {name!r}"
        raise ValueError(message)
    return name


def _code_of(function: Any) -> Any:
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return getattr(getattr(function, "__func__", function), "__code__", None)


def _parameters(function: Any, code: Any) -> list[Parameter]:
    if code is None:
        return []
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    plain = getattr(function, "__func__", function)
    skipped = 1 if plain is not function else 0  # `self` of a bound method
    positional = code.co_varnames[skipped : code.co_argcount]
    keyword = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    positional = positional[max(code.co_posonlyargcount - skipped, 0) :]
    defaults: dict[str, Any] = dict(getattr(plain, "__kwdefaults__", None) or {})
    given = plain.__defaults__ or ()
    for at in range(1, min(len(given), len(positional)) + 1):  # they belong to the last ones
        defaults[positional[-at]] = given[-at]
    types = _annotations(plain)
    return [
        Parameter(name, _word(types.get(name)), defaults.get(name), required=name not in defaults)
        for name in (*positional, *keyword)
    ]


def _annotations(function: Any) -> dict[str, Any]:
    try:
        return dict(function.__annotations__)
    except Exception:  # noqa: BLE001 - evaluated late in newer Pythons, and may name anything
        return {}


def _word(annotation: Any) -> str:
    if isinstance(annotation, str):
        text = annotation
    else:
        origin = getattr(annotation, "__origin__", None)
        text = getattr(origin or annotation, "__name__", "")
    if "|" in text:
        return "any"
    return _WORDS.get(text.partition("[")[0].strip(), "any")
