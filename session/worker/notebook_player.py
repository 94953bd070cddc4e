"""Plays a notebook from top to bottom in one `__main__`, as a REPL would show it.

A failing cell ends the run unless it is tagged `raises-exception`; `skip-execution` skips.
"""

from __future__ import annotations

import sys

from .failures import traceback_of
from .notebook_cells import Cell, NotebookUnreadable, read_cells, without_magics

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .failures import Reporter

TOP_LEVEL_AWAIT = 0x2000  # ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, without importing ast
_ONLY_AST = 0x400  # ast.PyCF_ONLY_AST
COROUTINE = 0x80  # inspect.CO_COROUTINE


def prepare_cells() -> None:
    """Import what knows a cell's source, before a project's own modules can stand in for it."""
    import linecache

    global _cache
    _cache = linecache.cache


def prepare(reporter: Reporter) -> None:
    """Import what shows a cell's source, too."""
    import traceback

    from .serving.coroutines import close_loop

    def display(error: BaseException) -> None:
        traceback.print_exception(type(error), error, traceback_of(error))

    global _close_loop
    _close_loop = close_loop
    prepare_cells()
    reporter.display = display


_cache: dict[str, Any] = {}
_close_loop: Callable[[Any], None]


def run_notebook(config: dict[str, Any], reporter: Reporter) -> None:
    """Run every code cell; an uncaught exception of a cell goes to the caller."""
    path = config["view"] + "/" + config["entry"]
    try:
        with open(path, encoding="utf-8-sig") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        reporter.note("error", "entry-unreadable", f"{config['entry']} cannot be read: {error}")
        sys.exit(2)
    try:
        cells = read_cells(path, text)
    except NotebookUnreadable as error:
        reporter.note("error", "notebook-unreadable", f"{config['entry']}: {error}")
        sys.exit(1)
    # No `__file__`, as in Jupyter: a process that `multiprocessing` spawns would run that file.
    _Player(path, cells, sys.modules["__main__"].__dict__, reporter).play()
    reporter.origin = None


class _Player:
    def __init__(
        self, path: str, cells: list[Cell], namespace: dict[str, Any], reporter: Reporter
    ) -> None:
        self._path = path
        self._cells = cells
        self._namespace = namespace
        self._reporter = reporter
        self._loop: Any = None

    def play(self) -> None:
        try:
            for cell in self._cells:
                self._play_cell(cell)
        finally:
            self._close_loop()

    def _play_cell(self, cell: Cell) -> None:
        if "skip-execution" in cell.tags:
            self._say(cell, "skipped")
            return
        self._say(cell, "started")
        self._reporter.origin = f"cell {cell.number}"
        try:
            self._run(cell)
        except SystemExit:
            self._say(cell, "finished")
            raise
        except KeyboardInterrupt:
            self._say(cell, "interrupted")
            raise
        except BaseException as error:
            self._say(cell, "failed")
            if "raises-exception" not in cell.tags:
                raise
            self._reporter.show(error)
        else:
            self._say(cell, "finished")

    def _say(self, cell: Cell, state: str) -> None:
        self._reporter.cell({"cell": cell.id, "number": cell.number, "state": state})

    def _run(self, cell: Cell) -> None:
        filename, source = self._named(cell)
        remember(filename, source)
        tree = parsed(filename, source, self._reporter.note)
        last = tree.body.pop() if tree.body and shown(tree.body[-1], source) else None
        if tree.body:
            self._execute(compile(tree, filename, "exec", TOP_LEVEL_AWAIT, dont_inherit=True))
        if last is not None:
            import _ast

            single = _ast.Interactive(body=[last])
            self._execute(compile(single, filename, "single", TOP_LEVEL_AWAIT, dont_inherit=True))

    def _named(self, cell: Cell) -> tuple[str, str]:
        """A script's cell keeps its own file and lines; a notebook's is named by its number."""
        if cell.line is None:
            return f"{self._path}[{cell.number}]", cell.source
        return self._path, "\n" * (cell.line - 1) + cell.source

    def _execute(self, code: Any) -> None:
        if not code.co_flags & COROUTINE:
            exec(code, self._namespace)
            return
        if self._loop is None:
            self._loop = _current_loop()
        self._loop.run_until_complete(eval(code, self._namespace))

    def _close_loop(self) -> None:
        if self._loop is None:
            return
        _close_loop(self._loop)


def _current_loop() -> Any:
    """Return the loop that earlier cells may have used, or a fresh one."""
    import asyncio
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            loop = asyncio.get_event_loop()
        except RuntimeError:
            loop = None
    if loop is None or loop.is_closed():
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
    return loop


def parsed(filename: str, source: str, note: Callable[[str, str, str], None]) -> Any:
    """Return a cell's tree; `note` is given severity, code and text of what had to be left out."""
    flags = _ONLY_AST | TOP_LEVEL_AWAIT
    try:
        return compile(source, filename, "exec", flags, dont_inherit=True)
    except SyntaxError:
        plain, magics = without_magics(source)
        if not magics:
            raise
    tree = compile(plain, filename, "exec", flags, dont_inherit=True)
    names = ", ".join(f"`{magic}`" for magic in magics)
    note("warning", "magic-left-out", f"Left out, since it needs IPython: {names}.")
    return tree


def shown(statement: Any, source: str) -> bool:
    """Whether a cell's last statement is an expression whose value is printed."""
    return type(statement).__name__ == "Expr" and not source.rstrip().endswith(";")


def remember(filename: str, source: str) -> None:
    """Give a cell's source to `linecache`, so that tracebacks can show it."""
    lines = [line + "\n" for line in source.split("\n")]
    _cache[filename] = (len(source), None, lines, filename)
