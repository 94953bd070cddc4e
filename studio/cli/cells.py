"""How many columns a text takes on a terminal. Pure."""

import unicodedata

from studio.cli.program_text import visible

_TAB = 8


def width(text: str) -> int:
    """Return the columns that `text` takes, colours aside, tabs at every eighth column."""
    text = visible(text)
    if text.isascii() and "\t" not in text:
        return len(text)
    columns = 0
    for character in text:
        columns += _TAB - columns % _TAB if character == "\t" else _cell(character)
    return columns


def cut(text: str, columns: int) -> str:
    """Return the beginning of `text` that fits into `columns`; what is cut loses its colours."""
    if width(text) <= columns:
        return text
    text = visible(text).expandtabs(_TAB)
    taken = 0
    for index, character in enumerate(text):
        taken += _cell(character)
        if taken > columns:
            return text[:index]
    return text


def cut_middle(text: str, columns: int, ellipsis: str = "…") -> str:
    """Return `text` with its middle left out where it is longer than `columns` characters."""
    if len(text) <= columns:
        return text
    room = max(columns - len(ellipsis), 0)
    left = room // 2
    return text[:left] + ellipsis + text[len(text) - (room - left) :]


def _cell(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
