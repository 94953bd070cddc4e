"""Compiles every source of the image, in the project's own interpreter, and tells every error.

A source is compiled once for each version of Python, by the hash of its bytes; the check itself
is `compile_check.py`, which runs through the host's spawn.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from shipper.build.context import Context
from shipper.build.tool import plain_environment, run_tool
from shipper.errors import PrepareFailed
from shipper.events import ToolRights
from shipper.formats.amounts import count
from shipper.formats.interpreter import Interpreter
from shipper.formats.module_report import CompileError, ModuleReport, Reports
from shipper.formats.notebook import Cell, find_magics
from shipper.formats.scan import StoredFile
from shipper.journal import StepLog
from shipper.source.notebook_file import read_cells
from shipper.source.project import Project

_CHECK = Path(__file__).with_name("compile_check.py")
_VERSION = 3
_BATCH = 150
_CRASHED = {"error": ["compiling it crashes this Python", None, None, None], "lasting": False}


class Source(NamedTuple):
    """One thing to compile: a file of the image, or one cell of a notebook in it."""

    path: str
    key: str
    place: str | None
    cell: Cell | None


class Compiled(NamedTuple):
    """The reports of all sources, by path; a notebook has one for each of its code cells.

    `failures` are told already; they keep the image from being sealed, not from being checked.
    """

    reports: Reports
    failures: tuple[PrepareFailed, ...]


def compile_sources(
    project: Project,
    files: Sequence[StoredFile],
    interpreter: Interpreter,
    context: Context,
    log: StepLog,
) -> Compiled:
    """Compile what is new among the sources, and report every error found."""
    cells = _notebook_cells(project, files, context)
    sources = _sources(files, cells, interpreter, context)
    answers = context.results.get_many("compile", {source.key for source in sources})
    fresh = list({s.key: s for s in sources if s.key not in answers}.values())
    answers.update(_run_all(fresh, interpreter, context))
    reports: Reports = {}
    failures: list[PrepareFailed] = []
    for source in sources:
        report = ModuleReport.from_json(answers[source.key])
        reports.setdefault(source.path, []).append((source.cell, report))
        if report.error:
            failures += _failures(source, report.error)
    for failure in failures:
        log.fail(failure)
    _sum_up(log, len(sources), len(fresh), len(failures))
    return Compiled(reports, tuple(failures))


def _sum_up(log: StepLog, total: int, fresh: int, failed: int) -> None:
    what = f"compiled {count(total, 'source')}"
    broken = f"; {failed} cannot be compiled" if failed else ""
    if total == 0:
        log.sum_up("compiled nothing: there is no Python source")
        return
    log.sum_up(f"{what}, {total - fresh:,} from the store{broken}", f"{what}, all from the store")


def _notebook_cells(
    project: Project, files: Sequence[StoredFile], context: Context
) -> dict[str, list[Cell]]:
    """Return the cells of the notebook that is to be played; other notebooks are data."""
    if project.entry.form != "notebook":
        return {}
    for file in files:
        if file.path == project.entry.target:
            return {file.path: read_cells(context.blobs.read(file.sha256), file.path)}
    return {}


def _sources(
    files: Sequence[StoredFile],
    cells: dict[str, list[Cell]],
    interpreter: Interpreter,
    context: Context,
) -> list[Source]:
    # A key for each of thousands of files: one hash over plain text, not canonical JSON.
    prefix = f"compile\0{_VERSION}\0{interpreter.cache_tag}\0{interpreter.version}\0"
    sources = []
    for file in files:
        if file.path in cells:
            for cell in cells[file.path]:
                if cell.type == "code":
                    material = f"{prefix}cell\0{cell.source}".encode("utf-8", "surrogatepass")
                    key = hashlib.sha256(material).hexdigest()
                    sources.append(Source(file.path, key, None, cell))
        elif file.path.endswith((".py", ".pyw")):
            key = hashlib.sha256(f"{prefix}{file.sha256}".encode()).hexdigest()
            sources.append(Source(file.path, key, context.blobs.place(file.sha256), None))
    return sources


def _run_all(fresh: Sequence[Source], interpreter: Interpreter, context: Context) -> dict[str, Any]:
    def batch(rows: Sequence[Source]) -> dict[str, Any]:
        context.check()
        return _run(rows, interpreter, context)

    parts = [fresh[at :: -(-len(fresh) // _BATCH)] for at in range(-(-len(fresh) // _BATCH))]
    if len(parts) > 1 and context.workers > 1:
        with ThreadPoolExecutor(context.workers, thread_name_prefix="shipper-compile") as pool:
            done = list(pool.map(batch, parts))
    else:
        done = [batch(part) for part in parts]
    answers = {key: answer for part in done for key, answer in part.items()}
    lasting = {key: answer for key, answer in answers.items() if answer.get("lasting", True)}
    if lasting:
        context.results.put_many("compile", lasting)
    return answers


def _run(rows: Sequence[Source], interpreter: Interpreter, context: Context) -> dict[str, Any]:
    """Compile a batch; where the check itself dies, blame the source it died at and go on."""
    answers: dict[str, Any] = {}
    rest = list(rows)
    while rest:
        stdin = json.dumps([[r.place, r.cell.source if r.cell else None] for r in rest]).encode()
        outcome = run_tool(
            context.spawn,
            [os.fspath(interpreter.path), "-I", "-S", os.fspath(_CHECK)],
            cwd=_CHECK.parent,
            env=plain_environment(),
            rights=ToolRights(read=(_CHECK, context.blobs.folder)),
            stdin=stdin,
        )
        lines = outcome.stdout.split(b"\n")[:-1]
        for row, line in zip(rest, lines, strict=False):
            answers[row.key] = json.loads(line)
        rest = rest[len(lines) :]
        if outcome.exit_code == 0 and rest:
            raise _check_broken(interpreter, "it gave too few answers")
        if outcome.exit_code > 0:
            raise _check_broken(interpreter, outcome.stderr.strip().rpartition("\n")[2])
        if rest:
            answers[rest.pop(0).key] = _CRASHED
    return answers


def _check_broken(interpreter: Interpreter, reason: str) -> PrepareFailed:
    return PrepareFailed(
        f"The compile check does not run in {interpreter.path}: {reason}.",
        "Repair that Python, or name another with `requires-python`.",
        code="python-broken",
    )


def _failures(source: Source, error: CompileError) -> list[PrepareFailed]:
    cell = source.cell
    magics = find_magics(cell.source) if cell else []
    if cell and magics:
        return [_magic(source.path, cell, magic.line, magic.text) for magic in magics]
    line, where = error.line, source.path
    if cell:
        line = (error.line or 1) + cell.line - 1
        where = f"cell {cell.number}"
    if line is not None:
        where += f", line {line}"
    return [
        PrepareFailed(
            f"{where}: {_sentence(error.message)}",
            _advice(error),
            code="syntax-error",
            path=source.path,
            line=line,
            column=error.column,
        )
    ]


def _sentence(message: str) -> str:
    """Return what Python said as the end of a sentence; one that asks keeps its question mark."""
    said = message[:1].lower() + message[1:].rstrip(".")
    return said if said.endswith(("?", "!")) else f"{said}."


def _magic(path: str, cell: Cell, line: int, text: str) -> PrepareFailed:
    place = cell.line + line - 1
    return PrepareFailed(
        f"cell {cell.number}, line {place}: `{text}` is for IPython and is not Python.",
        "This needs the notebook engine, which this version has not; write it in Python or "
        "take the line out.",
        code="notebook-magic",
        path=path,
        line=place,
    )


_ADVICE = (
    ("null bytes", "The file is not text; restore it, or leave it out with `exclude`."),
    ("decode", "Save the file as UTF-8, or name its encoding in its first line."),
    ("encoding", "Save the file as UTF-8, or name its encoding in its first line."),
    ("never closed", "Look for the bracket or quote that has no partner."),
    ("unterminated", "Close the string on the same line, or use triple quotes."),
    ("indent", "Use the same indentation, in spaces, for all lines of a block."),
    ("Missing parentheses", "This is Python 2; call print as a function."),
    ("await", "`await` works in async functions, and at the top level of notebook cells."),
    ("nested too deeply", "Split the expression into several statements."),
)


def _advice(error: CompileError) -> str:
    for word, advice in _ADVICE:
        if word in error.message:
            return advice
    line = (error.text or "").strip()[:120]
    what = f"the line `{line}`" if line else "the file"
    return f"Correct {what}, or leave the file out with `exclude` in [tool.playhead]."
