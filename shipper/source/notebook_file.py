"""Notebook files: their cells, and the data files that lie beside a notebook played alone."""

import ast
import json
import os
import warnings
from collections.abc import Iterator
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
from shipper.source.reading import decode_source

_OPENERS = {
    "open", "read_csv", "read_excel", "read_json", "read_parquet", "read_table", "read_text",
    "load", "loadtxt", "genfromtxt", "imread",
}  # fmt: skip


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


def data_beside(cells: list[Cell], folder: Path) -> Beside:
    """Return which of the files that the cells name lie in `folder` or below it.

    A file that the notebook may itself write is not said to be absent.
    """
    present: dict[str, None] = {}
    absent: dict[str, tuple[str, int, int]] = {}
    named = named_files(cells)
    unsure = {row.name for row in named if not row.read}
    for row in named:
        if (folder / row.name).is_file():
            present[row.name] = None
        elif row.name not in unsure:
            absent.setdefault(row.name, (row.name, row.cell, row.line))
    watched = {os.path.dirname(os.path.join(folder, name)) for name in absent}  # noqa: PTH118, PTH120 - text
    return Beside(tuple(present), tuple(absent.values()), tuple(sorted(watched)))


def named_files(cells: list[Cell]) -> list[Named]:
    """Return the files that code cells name by a literal, relative path."""
    return [row for cell in cells if cell.type == "code" for row in _literals(cell)]


def _literals(cell: Cell) -> Iterator[Named]:
    magic = {found.line for found in find_magics(cell.source)}
    lines = cell.source.splitlines()
    source = "\n".join("" if n in magic else line for n, line in enumerate(lines, start=1))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they would be printed, and are not ours to tell
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and _is_data_name(first.value):
                reads = _name(node.func) in _OPENERS and not _writes(node)
                name = str(first.value).removeprefix("./")
                yield Named(name, cell.index, first.lineno, reads)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _is_data_name(name: object) -> bool:
    if not isinstance(name, str):
        return False
    parts = name.split("/")
    return (
        "." in parts[-1].strip(".")
        and "://" not in name
        and "\0" not in name
        and not name.startswith(("/", "~"))
        and ".." not in parts
        and name.isprintable()
    )


def _writes(call: ast.Call) -> bool:
    """Tell whether an `open` has a mode that makes the file."""
    modes = [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "mode")]
    return any(
        isinstance(mode, ast.Constant)
        and isinstance(mode.value, str)
        and bool(set(mode.value) & set("wax"))
        for mode in modes
    )
