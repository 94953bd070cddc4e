"""Reads a notebook's code cells, from `.ipynb` (formats 3 and 4) or a `py:percent` script.

Pure: text in, cells out. Standard library only, since the project's interpreter runs it.
"""

from __future__ import annotations

from .plain_json import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MARKERS = ("# %%", "#%%")


class NotebookUnreadable(ValueError):
    """The file is no notebook of a kind we know."""


class Cell:
    """One code cell. `number` counts all cells from 1; `line` is where a script's cell starts."""

    __slots__ = ("id", "line", "number", "source", "tags")

    def __init__(
        self, number: int, name: str, source: str, tags: frozenset[str], line: int | None = None
    ) -> None:
        self.number = number
        self.id = name
        self.source = source
        self.tags = tags
        self.line = line


def read_cells(path: str, text: str) -> list[Cell]:
    """Return the code cells of a notebook, in order; raise NotebookUnreadable."""
    if path.lower().endswith(".ipynb"):
        return _from_json(text)
    return _from_percent(text)


def without_magics(source: str) -> tuple[str, list[str]]:
    """Return the source with its line magics (`%matplotlib inline`) commented out, and those.

    Only sensible for a cell that does not compile: `%` also starts a line of an expression.
    """
    lines = source.split("\n")
    magics = [line.strip() for line in lines if _is_magic(line)]
    kept = ["# " + line if _is_magic(line) else line for line in lines]
    return "\n".join(kept), magics


def _is_magic(line: str) -> bool:
    return line.startswith("%") and not line.startswith("%%")


def _from_json(text: str) -> list[Cell]:
    try:
        notebook = loads(text.lstrip("\ufeff"))
        blocks = enumerate(_blocks(notebook), 1)
        return [_cell(number, block) for number, block in blocks if block["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"the notebook cannot be read: {type(error).__name__}: {error}"
        raise NotebookUnreadable(message) from None


def _blocks(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    if "cells" in notebook:
        return list(notebook["cells"])
    return [cell for sheet in notebook["worksheets"] for cell in sheet["cells"]]


def _cell(number: int, block: dict[str, Any]) -> Cell:
    source = block["source"] if "source" in block else block["input"]
    if not isinstance(source, str):
        source = "".join(source)
    tags = (block.get("metadata") or {}).get("tags") or ()
    name = block.get("id")
    return Cell(number, name if isinstance(name, str) else str(number), source, frozenset(tags))


def _from_percent(text: str) -> list[Cell]:
    cells: list[Cell] = []
    lines: list[str] = []
    start, header, count = 1, "", 0

    def close() -> None:
        nonlocal count
        source = "\n".join(lines)
        # What stands before the first marker is a cell only where there is something.
        count += start > 1 or bool(source.strip())
        if _is_code(header) and source.strip():
            cells.append(Cell(count, str(count), source, _tags(header), start))

    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith(_MARKERS):
            close()
            start, header, lines = number + 1, line, []
        else:
            lines.append(line.rstrip("\r"))
    close()
    return cells


def _is_code(header: str) -> bool:
    return not any(f"[{kind}]" in header for kind in ("markdown", "md", "raw"))


def _tags(header: str) -> frozenset[str]:
    """Read `tags=["a", "b"]` from a cell's marker; anything else there is not ours."""
    _before, found, rest = header.partition("tags=")
    if not found:
        return frozenset()
    try:
        tags = loads(rest[: rest.index("]") + 1])
    except ValueError:
        return frozenset()
    return frozenset(tag for tag in tags if isinstance(tag, str))
