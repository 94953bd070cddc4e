"""How large and how deep a JSON value is, when it comes from a stranger. Pure."""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn


class NotPlain(ValueError):
    """A value that is not kept. `kind` is `unsupported_type`, `too_deep` or `too_large`."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


def plain_value(value: object, *, bytes_at_most: int, deepest: int) -> Any:  # noqa: ANN401 - JSON
    """Return a value as JSON would bring it back, so that nobody else holds a part of it.

    Raises NotPlain. Nothing of it is walked before its depth and its kinds are known to be fit.
    """
    _look(value, bytes_at_most, deepest)
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    size = len(text.encode(errors="surrogatepass"))
    if size > bytes_at_most:
        _refuse("too_large", f"it has {size:,} bytes, and may have {bytes_at_most:,}")
    return json.loads(text)


def _look(value: object, bytes_at_most: int, deepest: int) -> None:
    """Level by level, without recursion; each part takes a byte at least."""
    level, depth, parts = [value], 0, 0
    while level:
        depth += 1
        parts += len(level)
        if depth > deepest:
            _refuse("too_deep", f"it lies more than {deepest} deep")
        if parts > bytes_at_most:
            _refuse("too_large", f"it may have {bytes_at_most:,} bytes")
        level = [inner for one in level for inner in _inner(one)]


def _inner(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            _refuse("unsupported_type", "it has a name that is no text")
        yield from value.values()
    elif isinstance(value, list | tuple):
        yield from value
    elif isinstance(value, float) and not math.isfinite(value):
        _refuse("unsupported_type", "it has a number that JSON does not know")
    elif value is not None and not isinstance(value, str | int | float):
        _refuse("unsupported_type", f"it has a {type(value).__name__}")


def _refuse(kind: str, reason: str) -> NoReturn:
    raise NotPlain(kind, reason)
