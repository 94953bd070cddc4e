"""How far a line is indented: after Return, by Tab, in this text. Pure."""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Final

from studio.widgets.code_editor.brackets import PAIRS

_LEAVES: Final = re.compile(r"(return|pass|break|continue|raise)\b")
#: What a clause is a part of: the words that the lines above it may begin with.
_CLAUSES: Final = {
    "else": {"if", "elif", "for", "while", "try", "except", "async"},
    "elif": {"if", "elif"},
    "except": {"try", "except"},
    "finally": {"try", "except", "else"},
}
_CLAUSE: Final = re.compile(r"[ \t]+(else|finally|elif .+|except(?:\*| .+)?)")
#: So many lines above a clause are looked at.
_FAR: Final = 1_000
_CLOSING: Final = frozenset(PAIRS.values())


def leading(text: str) -> str:
    """Return the white space that a line begins with."""
    return text[: len(text) - len(text.lstrip(" \t"))]


def indent_unit(lines: Iterable[str], width: int) -> str:
    """Return one indentation as the text itself has it; `width` spaces where it has none."""
    above: str | None = None
    for line in lines:
        if not line.strip():
            continue
        here = leading(line)
        if here.startswith("\t"):
            return "\t"
        step = 0 if above is None else len(here) - len(above)
        if step in (2, 3, 4, 8):
            return " " * step
        above = here
    return " " * width


def next_indent(code: str, unit: str, *, python: bool, statement: str | None = None) -> str:
    """Return the white space of the line that Return begins.

    `code` is the line up to the cursor, its strings and comments blanked out by the same number
    of `_`. `statement` is the white space of the line in which the statement began, where a
    bracket that `code` closes was opened elsewhere.
    """
    own = leading(code)
    open_at = _open_bracket(code)
    stripped = code.rstrip()
    if open_at is not None:
        inside = code[open_at + 1 :]
        if not inside.strip():
            return own + unit
        first = open_at + 1 + len(inside) - len(inside.lstrip())
        return own + "".join("\t" if c == "\t" else " " for c in code[len(own) : first])
    start = own if statement is None else statement
    if python and stripped.endswith(":"):
        return start + unit
    if python and statement is None and _LEAVES.match(stripped.lstrip()):
        return own.removesuffix(unit) if own.endswith(unit) else own[: -len(unit)]
    return start


def clause_indent(line: str, above: Iterable[str]) -> str | None:
    """Return the white space that an `else`, typed up to its colon, belongs at.

    `above` are the lines before it, the nearest first. None where it stands right, or belongs to
    nothing.
    """
    found = _CLAUSE.fullmatch(line)
    if found is None:
        return None
    heads = _CLAUSES[found[1].split()[0].rstrip("*")]
    own = len(leading(line))
    for text in islice(above, _FAR):
        here = leading(text)
        if len(here) > own or not text.strip() or text.lstrip().startswith("#"):
            continue
        word = re.match(r"\w*", text[len(here) :])
        if word is not None and word[0] in heads:
            return here if len(here) < own else None
        if len(here) < own:
            return None
    return None


def _open_bracket(code: str) -> int | None:
    """Return where the last bracket stands that is not closed in this line."""
    stack: list[int] = []
    for place, character in enumerate(code):
        if character in PAIRS:
            stack.append(place)
        elif character in _CLOSING and stack:
            stack.pop()
    return stack[-1] if stack else None


def unopened(code: str) -> int | None:
    """Return where the last closing bracket stands whose partner is in an earlier line."""
    depth, found = 0, None
    for place, character in enumerate(code):
        if character in PAIRS:
            depth += 1
        elif character in _CLOSING:
            if depth:
                depth -= 1
            else:
                found = place
    return found


def spaces_to_tab_stop(before: str, unit: str) -> str:
    """Return what Tab inserts after `before`, the line up to the cursor."""
    if unit == "\t":
        return "\t"
    return " " * (len(unit) - len(before.expandtabs(len(unit))) % len(unit))


def backspace_count(before: str, unit: str) -> int:
    """Return how many characters Backspace takes after `before`: in indentation, one step."""
    if unit == "\t" or before.strip(" ") or not before:
        return 1
    return (len(before) - 1) % len(unit) + 1


def without_one(line: str, unit: str) -> str:
    """Return a line with one indentation less, as far as it has one."""
    if line.startswith("\t"):
        return line[1:]
    spaces = len(line) - len(line.lstrip(" "))
    step = 4 if unit == "\t" else len(unit)
    return line[(spaces - 1) % step + 1 if spaces else 0 :]
