"""Which bracket belongs to which. Pure; strings and comments are told by whoever calls."""

from collections.abc import Callable
from typing import Final

PAIRS: Final = {"(": ")", "[": "]", "{": "}"}
_OPENING: Final = {closing: opening for opening, closing in PAIRS.items()}
#: How many lines are looked through for the other one.
REACH: Final = 2_000


def match_of(
    line_at: Callable[[int], str],
    is_code: Callable[[int, int], bool],
    count: int,
    line: int,
    column: int,
) -> tuple[int, int] | None:
    """Return where the partner of the bracket at a place stands; None without one nearby.

    `is_code(line, column)` says whether a character is neither in a string nor in a comment.
    Lines and columns count from 0.
    """
    text = line_at(line)
    if column >= len(text) or not is_code(line, column):
        return None
    bracket = text[column]
    if bracket in PAIRS:
        return _search(line_at, is_code, count, (line, column), (bracket, PAIRS[bracket], 1))
    if bracket in _OPENING:
        return _search(line_at, is_code, count, (line, column), (bracket, _OPENING[bracket], -1))
    return None


def _search(
    line_at: Callable[[int], str],
    is_code: Callable[[int, int], bool],
    count: int,
    start: tuple[int, int],
    wanted: tuple[str, str, int],
) -> tuple[int, int] | None:
    same, other, step = wanted
    line, column = start
    depth = 0
    for number in range(line, line + step * REACH, step):
        if not 0 <= number < count:
            return None
        text = line_at(number)
        if same in text or other in text:
            first = column if number == line else (0 if step > 0 else len(text) - 1)
            for place in range(first, len(text) if step > 0 else -1, step):
                character = text[place]
                if character not in (same, other) or not is_code(number, place):
                    continue
                depth += 1 if character == same else -1
                if depth == 0:
                    return number, place
    return None
