"""Compiles sources and says what is wrong with them and what they import.

Standard library only, and nothing of ours: this runs in the project's own interpreter, started
by path. Standard input holds JSON rows `[file or null, source or null]`: a file to compile, or the
text of a notebook's cell. Standard output gets one line of JSON for each, in order, at once, so
that whoever reads them knows at which source a crash happened.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import warnings
from typing import TYPE_CHECKING, Any

#: Imported names, each with its first line and whether that import is firm.
if TYPE_CHECKING:
    Found = dict[str, tuple[int, bool]]
#: Walking a tree is slow in Python, and few sources import anywhere but at the top.
_INNER_IMPORT = re.compile(rb"^[ \t]+(import|from)[ \t]", re.MULTILINE)
_CATCH_ALL = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


def report(source: bytes | str, is_cell: bool) -> dict[str, Any]:
    """Return the error, if any, and the imports of one source."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if is_cell else 0
    try:
        tree: ast.Module = compile(
            source, "source", "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True
        )
        compile(tree, "source", "exec", flags, dont_inherit=True)
    except SyntaxError as error:
        line, column = _place(error.lineno), _place(error.offset)
        text = error.text.rstrip() if isinstance(error.text, str) else None
        return {"error": [error.msg, line, column, text]}
    except ValueError as error:
        return {"error": [str(error), None, None, None]}
    except (RecursionError, MemoryError):
        return {"error": ["it is nested too deeply to be compiled", None, None, None]}
    found: Found = {}
    inner = isinstance(source, str) or _INNER_IMPORT.search(source) is not None
    _collect(tree.body, True, found)
    if inner:
        _collect_inner(tree.body, found)
    return {"imports": [[name, line, firm] for name, (line, firm) in found.items()]}


def _place(number: int | None) -> int | None:
    """Return a line or column that counts from 1; Python gives 0 and -1 for none."""
    return number if number is not None and number > 0 else None


def _collect(body: list[ast.stmt], firm: bool, found: Found) -> None:
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            _note(node, firm, found)
        elif isinstance(node, ast.Try) and node.handlers:
            guarded = any(_catches_imports(handler) for handler in node.handlers)
            _collect(node.body, firm and not guarded, found)
            for handler in node.handlers:
                _collect(handler.body, False, found)
            _collect(node.orelse + node.finalbody, False, found)
        elif isinstance(node, ast.If):
            _collect(node.body, firm and _is_main_check(node.test), found)
            _collect(node.orelse, False, found)
        elif isinstance(node, (ast.With, ast.Try)):
            _collect(node.body, firm, found)


def _collect_inner(body: list[ast.stmt], found: Found) -> None:
    for statement in body:
        for inner in ast.walk(statement):
            if isinstance(inner, (ast.Import, ast.ImportFrom)):
                _note(inner, False, found)


def _note(node: ast.Import | ast.ImportFrom, firm: bool, found: Found) -> None:
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    else:
        module = "." * node.level + (node.module or "")
        dot = "" if module.endswith(".") else "."
        names = [module] if node.module else []
        names += [module + dot + alias.name for alias in node.names if alias.name != "*"]
    for name in names:
        known = found.get(name)
        if known is None or (firm and not known[1]):
            found[name] = (node.lineno, firm)


def _catches_imports(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(getattr(one, "id", getattr(one, "attr", "")) in _CATCH_ALL for one in types)


def _is_main_check(test: ast.expr) -> bool:
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
    )


def main() -> None:
    """Answer every row of standard input."""
    warnings.simplefilter("ignore")
    for path, cell in json.load(sys.stdin):
        if path is None:
            answer = report(cell, True)
        else:
            with open(path, "rb") as file:  # noqa: PTH123 - as above
                answer = report(file.read(), False)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
