"""Where a pattern is found in the texts that are on the screen. Pure.

This runs where the window runs, so a pattern that could take its time is not tried: its rows
were found by another process, and are marked as a whole.
"""

import re
from importlib import import_module
from typing import Any, Final

from studio.widgets.log_view.row_text import MAX_RAW
from studio.widgets.log_view.shown_line import FOLD

_parser: Any = import_module("re._parser")
_constants: Any = import_module("re._constants")
#: More of a text than this is not looked through for a regular expression, and more matches are
#: not marked. Plain text is looked for in all of a row.
_LIMIT: Final = 2 * FOLD
_MAX_MATCHES: Final = 200
#: Parts of a pattern without an upper limit, one after the other; each one more is a power.
_MAX_OPEN: Final = 2


class Highlighter:
    """Finds one pattern in texts; an impossible or a slow pattern marks whole texts or nothing."""

    def __init__(self, pattern: str, *, regex: bool, case: bool) -> None:
        self._compiled: re.Pattern[str] | None = None
        self._whole = regex and not is_quick(pattern)
        self._limit = _LIMIT if regex else MAX_RAW
        if pattern and not self._whole:
            flags = re.NOFLAG if case else re.IGNORECASE
            try:
                self._compiled = re.compile(pattern if regex else re.escape(pattern), flags)
            except (re.error, OverflowError, RecursionError):
                self._whole = True

    @property
    def whole(self) -> bool:
        """Whether only whole rows can be marked."""
        return self._whole

    def matches(self, text: str) -> list[tuple[int, int]]:
        """Return the places of a text at which the pattern is found, as start and stop."""
        if self._compiled is None:
            return []
        found: list[tuple[int, int]] = []
        for match in self._compiled.finditer(text, 0, self._limit):
            if match.end() > match.start():
                found.append(match.span())
            if len(found) >= _MAX_MATCHES:
                break
        return found


def is_quick(pattern: str) -> bool:
    """Whether a pattern cannot take longer than a low power of its text's length.

    Nothing that repeats without limit may hold another such part, and few may stand in a row.
    """
    try:
        tree = _parser.parse(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return _open_parts(tree, inside=False) <= _MAX_OPEN


def _open_parts(tree: Any, *, inside: bool) -> int:  # noqa: ANN401 - the parser's own types
    """Return how many parts repeat without limit; far too many where one holds another."""
    count = 0
    for operation, argument in tree:
        open_ended = operation in _REPEATS and argument[1] > _LIMIT // 100
        if open_ended and inside:
            return _LIMIT
        if operation in (_constants.GROUPREF, _constants.ASSERT, _constants.ASSERT_NOT):
            return _LIMIT
        if operation is _constants.BRANCH and inside:
            return _LIMIT
        parts = sum(_open_parts(part, inside=inside or open_ended) for part in _parts(argument))
        count += parts + open_ended
    return count


def _parts(argument: Any) -> list[Any]:  # noqa: ANN401 - the parser's own types
    """Return the trees within an operation's argument."""
    if isinstance(argument, _parser.SubPattern):
        return [argument]
    if isinstance(argument, list | tuple):
        return [part for item in argument for part in _parts(item)]
    return []


_REPEATS: Final = (
    _constants.MAX_REPEAT,
    _constants.MIN_REPEAT,
    _constants.POSSESSIVE_REPEAT,
)
