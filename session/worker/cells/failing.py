"""What there is to say about an exception in a cell: as data, and as the lines of a traceback."""

from __future__ import annotations

import traceback

from ..failures import describe, leave_ours_out, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_CAUSE: Any = BaseException.__dict__["__cause__"]
_CONTEXT: Any = BaseException.__dict__["__context__"]
_QUIET: Any = BaseException.__dict__["__suppress_context__"]
#: So deep a chain of causes is told.
_DEEP = 10


def failure_of(error: BaseException) -> dict[str, Any]:
    """Return `ename`, `evalue`, `traceback` and the `diagnostic`, whatever the exception does."""
    leave_ours_out(error)
    return {
        "ename": type(error).__name__,
        "evalue": text_of(error),
        "traceback": _lines(error),
        "diagnostic": _told(error, _DEEP, set()),
    }


def _lines(error: BaseException) -> list[str]:
    try:
        text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    except BaseException:  # noqa: BLE001 - an exception may hold anything at all
        return [f"{type(error).__name__}: {text_of(error)}"]
    return text.rstrip("\n").split("\n")


def _told(error: BaseException, deep: int, seen: set[int]) -> dict[str, Any]:
    try:
        told = describe(error)
    except BaseException:  # noqa: BLE001 - as above
        told = {"exception": type(error).__name__, "message": "", "frames": []}
    seen.add(id(error))
    cause, context = _CAUSE.__get__(error), _CONTEXT.__get__(error)
    if deep > 0 and cause is not None and id(cause) not in seen:
        told["cause"] = _told(leave_ours_out(cause), deep - 1, seen)
    elif deep > 0 and context is not None and not _QUIET.__get__(error) and id(context) not in seen:
        told["context"] = _told(leave_ours_out(context), deep - 1, seen)
    return told
