"""What Python source names that may lie beside it: data files by literal, modules by import."""

import ast
import warnings
from collections.abc import Iterator
from typing import NamedTuple

_OPENERS = {
    "open", "read_csv", "read_excel", "read_json", "read_parquet", "read_table", "read_text",
    "load", "loadtxt", "genfromtxt", "imread",
}  # fmt: skip


class NamedFile(NamedTuple):
    """A file that a call names, and on which line. `read`: the call certainly reads it."""

    name: str
    line: int
    read: bool


def parse_quietly(source: str) -> ast.Module | None:
    """Return the syntax tree, or None where there is none; the compile check tells why."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they would be printed, and are not ours to tell
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def data_files(tree: ast.Module) -> Iterator[NamedFile]:
    """Yield the files that calls name by a literal, relative path."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and _is_data_name(first.value):
                reads = _name(node.func) in _OPENERS and not _writes(node)
                yield NamedFile(str(first.value).removeprefix("./"), first.lineno, reads)


def imported_modules(tree: ast.Module) -> Iterator[str]:
    """Yield the dotted names that are imported, relative ones left out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


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
