"""What typing a bracket or a quote does besides inserting it. Pure."""

import re
from typing import Final

from studio.widgets.code_editor.brackets import PAIRS

_QUOTES: Final = "\"'"
_LAST_WORD: Final = re.compile(r"\w+$")
#: Before these, or the end of the line, what is opened is closed at once.
_CLOSED_BEFORE: Final = frozenset(" \t)]},;:")
_PREFIXES: Final = frozenset(
    first + second for first in ("", *"rRbBfFuUtT") for second in ("", *"rRbBfFtT")
)


def surrounding(typed: str) -> tuple[str, str] | None:
    """Return what is put around a selection when a bracket or quote is typed."""
    if typed in PAIRS:
        return typed, PAIRS[typed]
    return (typed, typed) if typed and typed in _QUOTES + "`" else None


def closer_of(typed: str, before: str, after: str, *, code: bool, python: bool) -> str:
    """Return what is to follow the typed character by itself, "" for nothing.

    `before` and `after` are the line up to the cursor and from it; `code` is false in strings
    and comments.
    """
    if not code or (after and after[0] not in _CLOSED_BEFORE):
        return ""
    if typed in PAIRS:
        return PAIRS[typed]
    if not typed or typed not in _QUOTES:
        return ""
    if before.endswith(typed * 2):
        return typed * 3 if python and not before.endswith(typed * 3) else ""
    word = _LAST_WORD.search(before)
    glued = word is not None and word.group() not in _PREFIXES
    return "" if glued or before.endswith((typed, "\\")) else typed


def is_pair(before: str, after: str) -> bool:
    """Whether the cursor stands in an empty pair, which Backspace removes as a whole."""
    if not before or not after:
        return False
    return PAIRS.get(before[-1]) == after[0] or (before[-1] in _QUOTES and before[-1] == after[0])


def is_open_string(text: str) -> bool:
    """Whether what a line holds of a string leaves it open."""
    body = text.lstrip("rRbBfFuUtT")
    return body in {"'", '"', "'''", '"""'} or not body.endswith(("'", '"'))
