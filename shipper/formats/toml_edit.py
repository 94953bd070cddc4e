"""Small changes to a TOML text that leave every other character alone. Pure.

Every one is tried out: an edit is only returned when the text then says exactly what it should,
so an unusual layout costs the edit and never the file.
"""

import copy
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from shipper.formats.fix import Edit

_HEADER = re.compile(r"[ \t]*\[(?!\[)([^\]\n]+)\][ \t]*(?:#.*)?")
_KEY = re.compile(r"[ \t]*([A-Za-z0-9_\-.\"' ]+?)[ \t]*=[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:\\.|.)*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'', re.DOTALL
)

Document = dict[str, Any]


class _Row(NamedTuple):
    """A line with a table's header or a key: its dotted path, where it begins and ends."""

    parts: list[str]
    header: bool
    start: int
    end: int
    value: int


def quoted(text: str) -> str:
    """Return the text as a TOML string."""
    escaped = "".join(_escaped(letter) for letter in text)
    return f'"{escaped}"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    return letter if letter.isprintable() else f"\\U{ord(letter):08x}"


def rename_key(text: str, path: Sequence[str], new: str) -> Edit | None:
    """Return what gives the key at `path` another name."""
    document = _parsed(text)
    table = _at(document, path[:-1])
    if document is None or not isinstance(table, dict) or path[-1] not in table or new in table:
        return None
    wanted = copy.deepcopy(document)
    _at(wanted, path[:-1])[new] = _at(wanted, path[:-1]).pop(path[-1])
    old = re.escape(path[-1])
    token = re.compile(rf"(?<![\w.-])(?:\"{old}\"|'{old}'|{old})(?![\w-])|(?<=\.){old}(?![\w-])")
    return _first_right(text, (Edit(*found.span(), new) for found in token.finditer(text)), wanted)


def replace_string(text: str, path: Sequence[str], old: str, new: str) -> Edit | None:
    """Return what puts the string `new` in the place of `old`: a value, or an item of an array."""
    document = _parsed(text)
    value = _at(document, path)
    wanted = copy.deepcopy(document)
    if isinstance(value, list) and old in value:
        _at(wanted, path)[value.index(old)] = new
    elif value == old:
        _at(wanted, path[:-1])[path[-1]] = new
    else:
        return None
    found = (found for found in _STRING.finditer(text) if old in found[0])
    return _first_right(text, (Edit(*one.span(), quoted(new)) for one in found), wanted)


def add_item(text: str, path: Sequence[str], item: str) -> Edit | None:
    """Return what adds a string to the end of the array at `path`, in the array's own layout."""
    document = _parsed(text)
    array = _at(document, path)
    if not isinstance(array, list) or item in array:
        return None
    wanted = copy.deepcopy(document)
    _at(wanted, path).append(item)
    starts = [row.value for row in _rows(text) if not row.header and row.parts == [*path]]
    edits = (_array_edit(text, start, quoted(item)) for start in starts)
    return _first_right(text, edits, wanted)


def set_key(
    text: str, path: Sequence[str], literal: str, value: object, after: Sequence[str] = ()
) -> Edit | None:
    """Return what gives the key at `path` a value, which is written as `literal`.

    A new key of a table that is there goes below the last of the keys named by `after`; a table
    that is not there is made, below the table it belongs to.
    """
    document = _parsed(text)
    if document is None:
        return None
    wanted = _with(document, path, value)
    if wanted is None:
        return None
    edits = [*_replaced(text, path, literal), *_below(text, path, literal, after)]
    if _at(document, path[:-1]) is None:
        edits += _new_table(text, path, literal)
    return _first_right(text, edits, wanted)


def add_table(text: str, name: str, rows: Document, lines: str) -> Edit | None:
    """Return what adds a table of the root, written as `lines`, above all the others."""
    document = _parsed(text)
    if document is None or name in document:
        return None
    starts = [row.start for row in _rows(text) if row.header]
    gap = "" if not text or text.endswith("\n") else "\n"
    edits = [Edit(start, start, f"{lines}\n\n") for start in starts[:1]]
    edits.append(Edit(len(text), len(text), f"{gap}{lines}\n"))
    return _first_right(text, edits, {**document, name: rows})


def _with(document: Document, path: Sequence[str], value: object) -> Document | None:
    wanted = copy.deepcopy(document)
    table: Any = wanted
    for part in path[:-1]:
        table = table.setdefault(part, {}) if isinstance(table, dict) else None
    if not isinstance(table, dict):
        return None
    table[path[-1]] = value
    return wanted


def _parsed(text: str) -> Document | None:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def _at(document: Any, path: Sequence[str]) -> Any:  # noqa: ANN401 - any TOML value
    for part in path:
        document = document.get(part) if isinstance(document, dict) else None
    return document


def _first_right(text: str, edits: Iterable[Edit | None], wanted: Document | None) -> Edit | None:
    return next((one for one in edits if one and _parsed(one.of(text)) == wanted), None)


def _rows(text: str) -> Iterator[_Row]:
    table: list[str] = []
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if header := _HEADER.fullmatch(line):
            table = _parts(header[1])
            yield _Row(table, True, start, end, end)
        elif key := _KEY.match(line):
            yield _Row(table + _parts(key[1]), False, start, end, start + key.end())
        start = end + 1


def _parts(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]


def _replaced(text: str, path: Sequence[str], literal: str) -> Iterator[Edit]:
    """Yield what replaces a plain value: a word, a number, a string on its line."""
    for row in _rows(text):
        if not row.header and row.parts == [*path]:
            value = _STRING.match(text, row.value) or re.compile(r"[^\s,#]+").match(text, row.value)
            if value:
                yield Edit(*value.span(), literal)


def _below(text: str, path: Sequence[str], literal: str, after: Sequence[str]) -> Iterator[Edit]:
    """Yield what puts a new key into a table that has a header of its own, or is the root."""
    key = path[-1] if _BARE.fullmatch(path[-1]) else quoted(path[-1])
    rows = list(_rows(text))
    keys = [row for row in rows if row.parts[:-1] == [*path[:-1]] and not row.header]
    places = [row.end for row in keys if row.parts[-1] in after][-1:]
    places += [row.end for row in rows if row.header and row.parts == [*path[:-1]]]
    yield from (Edit(end, end, f"\n{key} = {literal}") for end in places)
    if len(path) == 1:
        yield Edit(0, 0, f"{key} = {literal}\n")


def _new_table(text: str, path: Sequence[str], literal: str) -> Iterator[Edit]:
    """Yield what makes a table: below the section of the one above it, or at the end."""
    rows = [row for row in _rows(text) if row.header]
    lines = f"[{'.'.join(path[:-1])}]\n{path[-1]} = {literal}"
    above = next((n for n, row in enumerate(rows) if row.parts == [*path[:-2]]), None)
    ends = [] if above is None else [row.start for row in rows[above + 1 :]][:1]
    for end in [*ends, len(text)]:
        bare = _without_lead(text[:end]) if end < len(text) else text.rstrip()
        gap = "\n\n" if bare else ""
        yield Edit(len(bare), len(bare), gap + lines)


def _without_lead(text: str) -> str:
    """Leave out what belongs to the header that follows: its comment, and blank lines."""
    lines = text.rstrip("\n").split("\n")
    while lines and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines.pop()
    return "\n".join(lines)


def _array_edit(text: str, start: int, literal: str) -> Edit | None:
    if text[start : start + 1] != "[":
        return None
    last, close = _array_end(text, start)
    if close is None:
        return None
    if last is None:
        return Edit(start + 1, start + 1, literal)
    comma = "" if text[last - 1] == "," else ","
    if "\n" not in text[start:close]:
        return Edit(last, last, f"{comma} {literal}")
    line = text.rfind("\n", 0, last) + 1
    indent = re.compile(r"[ \t]*").match(text, line)
    end = text.find("\n", last, close)
    end = last if end < 0 else end  # what follows on the line is a comment, and stays there
    pad = indent[0] if indent and line > start else ""
    trail = "," if not comma else ""
    return Edit(last, end, f"{comma}{text[last:end]}\n{pad}{literal}{trail}")


def _array_end(text: str, start: int) -> tuple[int | None, int | None]:
    """Return the end of the array's last item, comma included, and where it closes."""
    depth, at, last = 0, start, None
    while at < len(text):
        letter = text[at]
        if found := _STRING.match(text, at):
            at = last = found.end()
            continue
        if letter == "#":
            at = text.find("\n", at) if "\n" in text[at:] else len(text)
            continue
        depth += (letter in "[{") - (letter in "]}")
        if not depth:
            return last, at
        at += 1
        if not letter.isspace() and at - 1 > start:
            last = at
    return last, None
