"""Answers questions about a kernel's names between cells: complete, inspect, variables."""

from __future__ import annotations

import keyword
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PREVIEW = 200
_MOST = 500
_PATH = re.compile(r"[A-Za-z_][\w.]*$|\.$")


class AskError(ValueError):
    """The question cannot be answered."""


def answer(namespace: dict[str, Any], header: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to one question; raise AskError."""
    what = header.get("what")
    if what == "complete":
        return complete(namespace, str(header.get("code", "")), int(header.get("cursor") or 0))
    if what == "inspect":
        return inspect(namespace, str(header.get("code", "")), int(header.get("cursor") or 0))
    if what == "variables":
        return {"variables": variables(namespace)}
    if what == "is_complete":
        return is_complete(str(header.get("code", "")))
    message = f"There is no question `{what}`."
    raise AskError(message)


def complete(namespace: dict[str, Any], code: str, cursor: int) -> dict[str, Any]:
    """Return names that go on from the cursor."""
    found = _PATH.search(code[:cursor])
    path = found.group() if found else ""
    owner, _dot, start = path.rpartition(".")
    if owner:
        value = _value(namespace, owner)
        names = [] if value is _MISSING else _names_of(value)
    else:
        known = namespace.get("__builtins__")
        builtin = dir(known) if not isinstance(known, dict) else list(known)
        names = sorted({*namespace, *builtin, *keyword.kwlist})
    fit = [name for name in names if name.startswith(start)]
    if not start.startswith("_"):
        fit = [name for name in fit if not name.startswith("_")]
    return {"matches": fit[:_MOST], "start": cursor - len(start), "end": cursor}


def inspect(namespace: dict[str, Any], code: str, cursor: int) -> dict[str, Any]:
    """Return signature and documentation of the name at the cursor."""
    end = cursor
    while end < len(code) and (code[end].isalnum() or code[end] == "_"):
        end += 1
    found = _PATH.search(code[:end])
    value = _value(namespace, found.group()) if found else _MISSING
    if value is _MISSING:
        return {"found": False, "data": {}}
    import inspect as library

    parts = [f"Type: {type(value).__name__}"]
    try:
        parts.insert(0, f"{found.group()}{library.signature(value)}" if found else "")
    except (TypeError, ValueError):
        parts.append(f"Value: {_preview(value)}")
    documentation = library.getdoc(value)
    text = "\n".join(parts) + (f"\n\n{documentation}" if documentation else "")
    return {"found": True, "data": {"text/plain": text}}


def variables(namespace: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the names that cells have made, with what they are."""
    found: list[dict[str, Any]] = []
    for name, value in list(namespace.items()):
        if name.startswith("_") or isinstance(value, type(re)) or name in ("In", "Out"):
            continue
        if len(found) == _MOST:
            break
        found.append(_described(name, value))
    return found


def _described(name: str, value: Any) -> dict[str, Any]:
    about: dict[str, Any] = {"name": name, "type": type(value).__name__}
    try:
        shape = getattr(value, "shape", None)
        if isinstance(shape, tuple):
            about["shape"] = [int(one) for one in shape]
        elif not isinstance(value, type) and hasattr(value, "__len__"):
            about["size"] = len(value)
    except Exception:  # noqa: BLE001 - an object may do anything
        pass
    about["preview"] = _preview(value)
    return about


def _preview(value: Any) -> str:
    """The beginning of a value; a large container is not written out for it."""
    try:
        if type(value) in (str, bytes):
            return repr(value[:_PREVIEW])
        if isinstance(value, (list, tuple, dict, set, frozenset)):
            import reprlib

            return reprlib.repr(value)[:_PREVIEW]
        if hasattr(value, "shape"):
            return ""
        return repr(value)[:_PREVIEW]
    except Exception:  # noqa: BLE001 - as above
        return "<repr failed>"


_MISSING: Any = object()


def _value(namespace: dict[str, Any], path: str) -> Any:
    """Follow a dotted name without calling what is not an attribute already."""
    first, *rest = path.split(".")
    value = namespace.get(first, _MISSING)
    if value is _MISSING:
        known = namespace.get("__builtins__")
        names = known if isinstance(known, dict) else vars(known)
        value = names.get(first, _MISSING)
    for name in rest:
        if value is _MISSING or not name:
            return _MISSING
        try:
            value = getattr(value, name, _MISSING)
        except Exception:  # noqa: BLE001 - an object may do anything
            return _MISSING
    return value


def _names_of(value: Any) -> list[str]:
    try:
        return [str(name) for name in dir(value)]
    except Exception:  # noqa: BLE001 - as above
        return []


def is_complete(code: str) -> dict[str, Any]:
    """Say whether code can be run as it stands."""
    import codeop
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compiled = codeop.compile_command(code, "<cell>", "exec")
        except (SyntaxError, ValueError, OverflowError):
            return {"status": "invalid", "indent": ""}
    if compiled is not None:
        return {"status": "complete", "indent": ""}
    last = code.rstrip("\n").rpartition("\n")[2]
    indent = last[: len(last) - len(last.lstrip())]
    deeper = "    " if last.rstrip().endswith(":") else ""
    return {"status": "incomplete", "indent": indent + deeper}
