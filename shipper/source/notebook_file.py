"""Notebook files: their cells, and the data files that lie beside a notebook played alone."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from shipper.errors import PrepareFailed
from shipper.formats.notebook import (
    Cell,
    NotebookBroken,
    find_magics,
    language_of,
    read_ipynb,
    read_percent,
)
from shipper.source.named_files import data_files, parse_quietly
from shipper.source.reading import decode_source


class Beside(NamedTuple):
    """Data files that a notebook names: those that are there, and (name, cell, line) of others.

    `watched` are the folders in which the others might appear.
    """

    present: tuple[str, ...]
    absent: tuple[tuple[str, int, int], ...]
    watched: tuple[str, ...]


class Named(NamedTuple):
    """A file that a cell names in a call. `read`: the call certainly reads it."""

    name: str
    cell: int
    line: int
    read: bool


def read_cells(data: bytes, path: str) -> list[Cell]:
    """Return the cells of a notebook, by its name's ending; raise PrepareFailed."""
    if not path.lower().endswith(".ipynb"):
        return read_percent(decode_source(data))
    try:
        document = json.loads(data)
        language = language_of(document)
        if language not in (None, "python"):
            raise _foreign(path, str(language))
        return read_ipynb(document)
    except json.JSONDecodeError as error:
        raise _broken(
            path, f"it is not valid JSON: {error.msg}", error.lineno, error.colno
        ) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise _broken(path, "it is not valid JSON", None, None) from error
    except NotebookBroken as error:
        raise _broken(path, str(error), None, None) from error


def _foreign(path: str, language: str) -> PrepareFailed:
    return PrepareFailed(
        message=f"{path} is a notebook in {language}, and Playhead plays Python.",
        hint="Choose a Python kernel for it, if it is written in Python after all.",
        code="notebook-language",
        path=path,
    )


def _broken(path: str, reason: str, line: int | None, column: int | None) -> PrepareFailed:
    where = f"{path}, line {line}" if line else path
    return PrepareFailed(
        f"{where}: the notebook cannot be read: {reason}.",
        "Open it in an editor for notebooks and save it again, or restore an earlier version.",
        code="notebook-broken",
        path=path,
        line=line,
        column=column,
    )


def data_beside(cells: list[Cell], folder: Path, poll: Callable[[], None]) -> Beside:
    """Return which of the files that the cells name lie in `folder` or below it.

    A file that the notebook may itself write is not said to be absent. `poll` may raise to stop.
    """
    present: dict[str, None] = {}
    absent: dict[str, tuple[str, int, int]] = {}
    named = named_files(cells, poll)
    unsure = {row.name for row in named if not row.read}
    for row in named:
        poll()
        if (folder / row.name).is_file():
            present[row.name] = None
        elif row.name not in unsure:
            absent.setdefault(row.name, (row.name, row.cell, row.line))
    watched = {os.path.dirname(os.path.join(folder, name)) for name in absent}  # noqa: PTH118, PTH120 - text
    return Beside(tuple(present), tuple(absent.values()), tuple(sorted(watched)))


def named_files(cells: list[Cell], poll: Callable[[], None]) -> list[Named]:
    """Return the files that code cells name by a literal, relative path."""
    rows: list[Named] = []
    for cell in cells:
        poll()
        if cell.type == "code":
            rows += _literals(cell)
    return rows


def _literals(cell: Cell) -> Iterator[Named]:
    magic = {found.line for found in find_magics(cell.source)}
    lines = cell.source.splitlines()
    source = "\n".join("" if n in magic else line for n, line in enumerate(lines, start=1))
    tree = parse_quietly(source)
    for file in data_files(tree) if tree else ():
        yield Named(file.name, cell.index, file.line, file.read)
