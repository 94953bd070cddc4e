"""Follows a project's imports from its entry, and finds those that lead nowhere. Pure.

Only what the entry reaches is followed, so that a project's tests or tools do not count; only an
import at the top level, whose lack nothing catches, is said to be missing.
"""

from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from shipper.formats.module_report import Import, Reports
from shipper.formats.package_names import PACKAGES
from shipper.validate.subject import Subject

_CODE = (".py", ".pyw", ".so", ".pyd")


class Missing(NamedTuple):
    """An import that leads nowhere; `cell` is the number of the notebook cell, if in one.

    `local` is a module of the project whose name differs only in upper and lower case.
    """

    module: str
    package: str
    path: str
    line: int
    cell: int | None
    local: str | None = None


def missing_modules(subject: Subject) -> list[Missing]:
    """Return the first import of every module that can be found nowhere, in path order."""
    if subject.environment.open_ended:
        return []
    known = _known_names(subject)
    found: dict[str, Missing] = {}
    own = {name.casefold(): name for name in _own_names(subject)}
    for path in sorted(reachable(subject)):
        for cell, line, row in _imports(subject.reports, path):
            top = row.name.split(".")[0]
            if row.firm and top and top not in known and top not in found:
                package = PACKAGES.get(top, top)
                found[top] = Missing(top, package, path, line, cell, own.get(top.casefold()))
    return list(found.values())


def _imports(reports: Reports, path: str) -> Iterator[tuple[int | None, int, Import]]:
    for cell, report in reports.get(path, ()):
        for row in report.imports:
            line = row.line + (cell.line - 1 if cell else 0)
            yield (cell.number if cell else None), line, row


def _known_names(subject: Subject) -> set[str]:
    """Every name that an import might find, whatever a program does to its `sys.path`."""
    names = set(subject.interpreter.stdlib | subject.environment.modules)
    return names | {"__main__"} | _own_names(subject)


def _own_names(subject: Subject) -> set[str]:
    names: set[str] = set()
    for path in subject.files:
        *folders, name = path.split("/")
        names.update(folders)
        if name.endswith(_CODE):
            names.add(name.split(".")[0])
    return names


def reachable(subject: Subject) -> set[str]:
    """Return the sources that the entry imports, itself included."""
    entry = subject.project.entry
    if entry.form in ("file", "notebook"):
        roots = [entry.target.rpartition("/")[0]]
        start = {entry.target} & subject.reports.keys()
    else:
        roots, module = [""], entry.target.partition(":")[0]
        start = set(candidates(module, roots, subject.reports.keys()))
        start |= set(candidates(module + ".__main__", roots, subject.reports.keys()))
    seen, todo = set(start), list(start)
    while todo:
        path = todo.pop()
        for _, _, row in _imports(subject.reports, path):
            name, places = _absolute(row.name, path, roots)
            for target in candidates(name, places, subject.reports.keys()):
                if target not in seen:
                    seen.add(target)
                    todo.append(target)
    return seen


def _absolute(name: str, path: str, roots: list[str]) -> tuple[str, list[str]]:
    """Return a module name without leading dots, and the folders to look for it in."""
    bare = name.lstrip(".")
    level = len(name) - len(bare)
    if not level:
        return bare, roots
    folder = path.rpartition("/")[0].split("/")
    return bare, ["/".join(folder[: len(folder) - level + 1])]


def candidates(module: str, roots: Iterable[str], sources: Container[str]) -> Iterator[str]:
    """Return the sources that importing `module` runs: it, and the packages it lies in."""
    for root in roots:
        at = root
        for part in module.split("."):
            at = f"{at}/{part}" if at else part
            for path in (f"{at}.py", f"{at}/__init__.py"):
                if path in sources:
                    yield path
