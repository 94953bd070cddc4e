"""Playhead, seen from inside a program that it plays or serves.

    import playhead

    @playhead.tool                      # served: the host can call it by its name
    def area(width: float, height: float = 1.0) -> float: ...

    playhead.progress(0.5, "halfway")   # shown in the studio
    playhead.log("saved", severity="info", path="out.csv")
    name = playhead.ask("Your name? ", default="Ada")
    playhead.store["runs"] = playhead.store.get("runs", 0) + 1
    playhead.call("lookup", key=1)      # a tool that the host has registered

The module is there only inside such a program. Whatever needs the host raises `HostGone` when
it is gone, and in a forked child, which has no line to it.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    #: The line to the host; put here by the finder before this file is run.
    _host: Any = None

__all__ = [
    "CallFailed",
    "HostError",
    "HostGone",
    "ask",
    "call",
    "log",
    "progress",
    "store",
    "tool",
]

_MISSING: Any = object()
_SEVERITIES = ("debug", "info", "warning", "error")


class HostError(RuntimeError):
    """The host could not do what was asked of it."""


class HostGone(HostError):
    """There is no host: it has ended, or this is a forked child."""


class CallFailed(HostError):
    """A tool of the host failed, or there is none of that name. `kind` is the stable code."""

    def __init__(self, message: str, kind: str = "tool-failed") -> None:
        super().__init__(message)
        self.kind = kind


def tool(
    function: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    main_thread: bool = False,
) -> Any:
    """Declare a function, async function or generator as a tool that the host can call.

    Its parameters are read from its signature and annotations, its description from its
    docstring. `main_thread`: call it there also where the worker has more threads.
    """

    def declare(found: Callable[..., Any]) -> Callable[..., Any]:
        about = {"name": name, "description": description, "main_thread": main_thread}
        _host.declare(found, about)
        return found

    return declare if function is None else declare(function)


def progress(fraction: float | None, text: str = "") -> None:
    """Tell how far the work is: `fraction` from 0 to 1, None where nobody knows."""
    if fraction is not None:
        fraction = min(max(float(fraction), 0.0), 1.0)
    _tell({"type": "progress", "fraction": fraction, "text": str(text)})


def log(message: object, *, severity: str = "info", **fields: Any) -> None:
    """Write an entry into the log, with the place in the code that it comes from.

    `severity` is debug, info, warning or error; `fields` are shown behind the message.
    """
    if severity not in _SEVERITIES:
        text = f"severity is one of {', '.join(_SEVERITIES)}, not {severity!r}"
        raise ValueError(text)
    caller = sys._getframe(1)  # noqa: SLF001 - the documented way to see callers
    place = {"path": caller.f_code.co_filename, "line": caller.f_lineno}
    shown = {name: _plain(value) for name, value in fields.items()}
    about = {"type": "said", "severity": severity, "message": str(message)}
    _tell({**about, "fields": shown, "frames": [place]})


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (bool, int, float, str)) else repr(value)


def _tell(event: dict[str, Any]) -> None:
    if not _host.tell(event):
        raise HostGone(_host.why_gone())


def ask(prompt: str = "", default: str | None = None) -> str:
    """Ask whoever runs the program for a line of text.

    A played program reads its input line; a served tool asks its host. Where nobody can answer,
    `default` is returned, or `EOFError` is raised when there is none.
    """
    if _host.asks_by_input:
        return _ask_by_input(prompt, default)
    answer = _request("playhead.ask", {"prompt": str(prompt)})
    if answer is None:
        return _unanswered(default)
    return str(answer)


def _ask_by_input(prompt: str, default: str | None) -> str:
    if _host.orphaned:  # the input is its parent's
        raise HostGone(_host.why_gone())
    try:
        answer = input(prompt)
    except EOFError:
        return _unanswered(default)
    return answer if answer or default is None else default


def _unanswered(default: str | None) -> str:
    if default is None:
        message = "nobody is there to answer; give `ask` a default"
        raise EOFError(message)
    return default


def call(name: str, /, **parameters: Any) -> Any:
    """Call a tool of the host by its name and return its answer; raise `CallFailed`."""
    return _request(name, parameters)


def _request(name: str, parameters: dict[str, Any]) -> Any:
    said = _host.request(name, parameters)
    if said is None:
        raise HostGone(_host.why_gone())
    failure, value = said
    if failure is not None:
        raise CallFailed(str(failure.get("message")), str(failure.get("code", "tool-failed")))
    return value


class Store:
    """What the program keeps from one run to the next: JSON values by name, kept by the host."""

    def get(self, key: str, default: Any = None) -> Any:
        """Return what is kept under `key`, or `default`."""
        found = _request("playhead.store.get", {"key": _name(key)})
        return found["value"] if found else default

    def set(self, key: str, value: Any) -> None:
        """Keep `value` under `key`."""
        _request("playhead.store.set", {"key": _name(key), "value": value})

    def delete(self, key: str) -> bool:
        """Forget what is kept under `key`; whether there was anything."""
        return bool(_request("playhead.store.delete", {"key": _name(key)}))

    def keys(self) -> list[str]:
        """Return the names that something is kept under, sorted."""
        return list(_request("playhead.store.keys", {}))

    def __getitem__(self, key: str) -> Any:
        found = self.get(key, _MISSING)
        if found is _MISSING:
            raise KeyError(key)
        return found

    def __setitem__(self, key: str, value: Any) -> None:
        self.set(key, value)

    def __delitem__(self, key: str) -> None:
        if not self.delete(key):
            raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return self.get(str(key), _MISSING) is not _MISSING

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.keys())

    def __repr__(self) -> str:
        return "<playhead.store>"


def _name(key: object) -> str:
    if not isinstance(key, str) or not key:
        message = f"a name in the store is text that is not empty, not {key!r}"
        raise TypeError(message)
    return key


store = Store()
