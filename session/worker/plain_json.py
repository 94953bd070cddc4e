"""JSON at the price of a C module: what launcher and worker speak, without importing `json`.

`import json` pulls in `re` and `enum`, which costs a small process a third of its start and
fills `sys.modules` with names that a user's project may shadow. The C scanner and encoder
behind it need neither; an interpreter that lacks them falls back to `json` itself.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def _refuse(value: object) -> object:
    message = f"{type(value).__name__} has no place in JSON"
    raise TypeError(message)


class _Rules:
    """What the C scanner asks of its decoder."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int

    @staticmethod
    def parse_constant(name: str) -> float:
        message = f"{name} is not JSON"
        raise ValueError(message)


def _from_c() -> tuple[Callable[[str], Any], Callable[[Any], str]]:
    import _json

    scan = _json.make_scanner(_Rules)  # type: ignore[arg-type]  # any object with these
    quote = _json.encode_basestring_ascii
    encode = _json.make_encoder(None, _refuse, quote, None, ":", ",", False, False, False)

    def loads(text: str) -> Any:
        stripped = text if text[:1] == "{" and text[-1:] == "}" else text.strip(" \t\r\n")
        try:
            value, end = scan(stripped, 0)
        except StopIteration:
            message = "no JSON value"
            raise ValueError(message) from None
        if end != len(stripped):
            message = "more than one JSON value"
            raise ValueError(message)
        return value

    return loads, lambda value: "".join(encode(value, 0))


def _from_library() -> tuple[Callable[[str], Any], Callable[[Any], str]]:
    import json

    return json.loads, lambda value: json.dumps(value, separators=(",", ":"), allow_nan=False)


def _works(loads: Callable[[str], Any], dumps: Callable[[Any], str]) -> bool:
    probe = {"a": [1, 2.5, None, True, "\u00e9\ud800"]}
    return bool(loads(dumps(probe)) == probe)


def _choose() -> tuple[Callable[[str], Any], Callable[[Any], str]]:
    try:
        loads, dumps = _from_c()
        if _works(loads, dumps):
            return loads, dumps
    except (ImportError, AttributeError, TypeError, ValueError):
        pass  # an interpreter with other innards: the library does it, more slowly
    return _from_library()


loads, dumps = _choose()


def parse_object(text: bytes) -> dict[str, Any]:
    """Return the JSON object in `text`; raise ValueError that says what it is instead."""
    try:
        value = loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        message = f"is not JSON: {error}"
        raise ValueError(message) from None
    if not isinstance(value, dict):
        message = f"is {type(value).__name__}, not an object"
        raise ValueError(message)  # noqa: TRY004 - bad input from a peer, not a wrong call
    return value
