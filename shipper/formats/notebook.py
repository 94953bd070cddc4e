"""Cells of a notebook, from `.ipynb` JSON or a `py:percent` script. Standard library only, pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

_PERCENT = re.compile(r"^# ?%%(?P<rest>.*)$")
_KIND = re.compile(r"\[(?P<kind>[A-Za-z]+)\]")
_TAGS = re.compile(r"\btags\s*=\s*\[(?P<tags>[^\]]*)\]")
_MAGIC = re.compile(r"^\s*(?:%%?[A-Za-z]|!|\?{1,2}\w|[\w.]+\?{1,2}\s*$)")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `index` counts from 0; `type` is `code`, `markdown` or `raw`.

    `line` is where the source begins in the file (from 1) for a script, and 1 for a `.ipynb`,
    whose cells have lines of their own.
    """

    index: int
    id: str
    type: str
    source: str
    line: int
    tags: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """How people count it: from 1."""
        return self.index + 1


class Magic(NamedTuple):
    """A line that only IPython understands; `line` counts from 1 in its cell."""

    line: int
    text: str


class NotebookBroken(ValueError):
    """The file is no notebook; its text says why."""


def is_percent_script(text: str) -> bool:
    """Tell whether a script is divided into `# %%` cells."""
    return any(_PERCENT.match(line) for line in text.splitlines())


def read_percent(text: str) -> list[Cell]:
    """Return the cells of a script; what stands before the first marker is a cell if not blank."""
    cells: list[Cell] = []
    head: tuple[str, tuple[str, ...]] = ("code", ())
    start, lines = 1, text.splitlines()
    for number, line in enumerate([*lines, "# %%"], start=1):
        match = _PERCENT.match(line)
        if match is None:
            continue
        body = lines[start - 1 : number - 1]
        if start > 1 or any(part.strip() for part in body):
            cells.append(_percent_cell(len(cells), head, body, start))
        head, start = _head(match["rest"]), number + 1
    return cells


def _head(rest: str) -> tuple[str, tuple[str, ...]]:
    kind = _KIND.search(rest)
    word = kind["kind"].lower() if kind else "code"
    tags = _TAGS.search(rest)
    names = re.findall(r"[\"']([^\"']+)[\"']", tags["tags"]) if tags else []
    type_ = {"markdown": "markdown", "md": "markdown", "raw": "raw"}.get(word, "code")
    return type_, tuple(names)


def _percent_cell(
    index: int, head: tuple[str, tuple[str, ...]], body: list[str], line: int
) -> Cell:
    type_, tags = head
    while body and not body[-1].strip():
        body.pop()
    if type_ != "code":
        body = [re.sub(r"^# ?", "", part) for part in body]
    return Cell(index, f"cell-{index + 1}", type_, "\n".join(body), line, tags)


def read_ipynb(document: object) -> list[Cell]:
    """Return the cells of a parsed `.ipynb` of format 3 or 4; raise NotebookBroken."""
    if not isinstance(document, Mapping):
        message = "it holds no JSON object"
        raise NotebookBroken(message)
    major = document.get("nbformat")
    if major == 3:
        rows = [row for sheet in _list(document.get("worksheets")) for row in _sheet_cells(sheet)]
    elif major == 4:
        rows = _list(document.get("cells"))
    else:
        message = f"its format is {major!r}, and only nbformat 3 and 4 can be read"
        raise NotebookBroken(message)
    return [_ipynb_cell(index, row) for index, row in enumerate(rows)]


def language_of(document: object) -> str | None:
    """Return the language that a parsed `.ipynb` names, in lower case; None if it names none."""
    metadata = document.get("metadata") if isinstance(document, Mapping) else None
    for part, key in (("kernelspec", "language"), ("language_info", "name")):
        row = metadata.get(part) if isinstance(metadata, Mapping) else None
        word = row.get(key) if isinstance(row, Mapping) else None
        if isinstance(word, str):
            return word.lower()
    return None


def _sheet_cells(sheet: object) -> list[Any]:
    return _list(sheet.get("cells")) if isinstance(sheet, Mapping) else []


def _list(value: object) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        message = "its cells are not a list"
        raise NotebookBroken(message)
    return value


def _ipynb_cell(index: int, row: object) -> Cell:
    if not isinstance(row, Mapping):
        message = f"cell {index + 1} is not an object"
        raise NotebookBroken(message)
    kind = row.get("cell_type")
    metadata = row.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, Mapping) else None
    return Cell(
        index,
        str(row.get("id") or f"cell-{index + 1}"),
        {"code": "code", "raw": "raw"}.get(str(kind), "markdown"),
        _source(row.get("source", row.get("input", "")), index),
        1,
        tuple(str(tag) for tag in tags) if isinstance(tags, list) else (),
    )


def _source(value: object, index: int) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "".join(value)
    message = f"the source of cell {index + 1} is not text"
    raise NotebookBroken(message)


def find_magics(source: str) -> list[Magic]:
    """Return the lines of a cell that start with `%`, `!` or `?`, or end with `?`."""
    return [
        Magic(number, line.strip())
        for number, line in enumerate(source.splitlines(), start=1)
        if _MAGIC.match(line) and not line.lstrip().startswith("#")
    ]
