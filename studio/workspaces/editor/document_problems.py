"""The problems of one text: what is marked in it, where to step, what can be mended. Pure."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from session.log.entry import Fix
from studio.problems import Problem
from studio.widgets.code_editor.mark import Mark


def problems_in(problems: Sequence[Problem], root: Path, path: Path | None) -> list[Problem]:
    """Return those of a file, whose path may lie outside of the project's folder."""
    if path is None or not path.is_relative_to(root):
        return []
    name = path.relative_to(root).as_posix()
    return [one for one in problems if one.location is not None and one.location.path == name]


def marks_of(problems: Iterable[Problem]) -> list[Mark]:
    """Return the marks of problems that have a line."""
    return [
        Mark(where.line, where.column, problem.severity, problem.message)
        for problem in problems
        if (where := problem.location) is not None and where.line
    ]


def fix_at(problems: Iterable[Problem], line: int) -> Fix | None:
    """Return the first fix of a problem in a line."""
    here = (one for one in problems if one.location is not None and one.location.line == line)
    return next((one.fix for one in here if one.fix is not None), None)


def following_line(lines: Iterable[int], here: int, by: int) -> int | None:
    """Return the next of the lines after `here`, or the one before, around the end."""
    known = sorted(set(lines))
    if not known:
        return None
    if by > 0:
        return next((line for line in known if line > here), known[0])
    return next((line for line in reversed(known) if line < here), known[-1])
