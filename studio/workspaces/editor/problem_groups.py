"""Problems as the panel shows them: grouped by file, with words for place and kind. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from session.log.entry import Severity
from studio.problems import Problem


def _say(text: str) -> str:
    return QCoreApplication.translate("ProblemGroups", text)


class ProblemGroup(NamedTuple):
    """The problems of one file; `path` is "" for those of the project as a whole."""

    path: str
    problems: tuple[Problem, ...]


def groups_of(problems: Sequence[Problem]) -> list[ProblemGroup]:
    """Group problems by file: files with errors first, then by name; in a file by place."""
    by_path: dict[str, list[Problem]] = {}
    for problem in problems:
        path = problem.location.path if problem.location is not None else ""
        by_path.setdefault(path, []).append(problem)
    groups = [
        ProblemGroup(path, tuple(sorted(found, key=_place))) for path, found in by_path.items()
    ]
    return sorted(groups, key=lambda g: (-max(p.severity for p in g.problems), g.path))


def _place(problem: Problem) -> tuple[int, int, int]:
    where = problem.location
    line, column = (where.line or 0, where.column or 0) if where is not None else (0, 0)
    return line, column, -problem.severity


def place_words(problem: Problem) -> str:
    """Return where in its file a problem is."""
    where = problem.location
    if where is None or where.line is None:
        return ""
    if where.column is None:
        return _say("line {0}").format(where.line)
    return _say("line {0}, column {1}").format(where.line, where.column)


def message_words(problem: Problem) -> str:
    """Return what is wrong, as a sentence: without the place where the message begins with it."""
    message = _without_place(problem)
    return message[:1].upper() + message[1:] if message[:1].islower() else message


def _without_place(problem: Problem) -> str:
    where = problem.location
    for start in (f"{where.path}, line {where.line}: ", f"{where.path}: ") if where else ():
        if problem.message.startswith(start):
            return problem.message.removeprefix(start)
    return problem.message


def copied(problem: Problem) -> str:
    """Return a problem as a line of text, as compilers write it."""
    where = f"{problem.location}: " if problem.location is not None else ""
    code = f" [{problem.code}]" if problem.code else ""
    hint = f"\n  {problem.hint}" if problem.hint else ""
    return f"{where}{problem.severity.word}: {_without_place(problem)}{code}{hint}"


def count_words(problems: Sequence[Problem]) -> str:
    """Return how many of what there are."""
    errors = sum(problem.severity >= Severity.ERROR for problem in problems)
    warnings = len(problems) - errors
    parts = []
    if errors:
        parts.append(_say("1 error") if errors == 1 else _say("{0} errors").format(errors))
    if warnings:
        parts.append(_say("1 warning") if warnings == 1 else _say("{0} warnings").format(warnings))
    return ", ".join(parts)
