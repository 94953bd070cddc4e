"""The word at a place of a text, as a double click selects it. Pure."""

import re
from typing import Final

_WORD: Final = re.compile(r"[\w.-]+|\s+|[^\w\s]")


def word_at(text: str, position: int) -> tuple[int, int]:
    """Return where the word at `position` begins and ends."""
    for found in _WORD.finditer(text):
        if found.start() <= position < found.end():
            return found.span()
    return position, position
