"""What is wrong with a project, as its last preparation or check found it."""

import time
from collections.abc import Iterable
from typing import Final, NamedTuple

from PySide6.QtCore import QObject, Signal

from session.log.entry import Fix, Location, LogEntry, NewEntry, Row, Severity, Source

#: Where findings come from; a program's own output is no finding.
_SOURCES: Final = frozenset({Source.BUILD, Source.PACK_VALIDATION, Source.PACK})


class Problem(NamedTuple):
    """One finding. `location.path` is relative to the project."""

    severity: Severity
    source: Source
    message: str
    location: Location | None = None
    code: str | None = None
    hint: str | None = None
    fix: Fix | None = None


def problems_of(rows: Iterable[Row | NewEntry]) -> list[Problem]:
    """Return the findings among log rows: errors first, then by place, each once.

    One that only informs counts where something can be done about it at a press.
    """
    found = {
        Problem(row.severity, row.source, row.message, row.location, row.code, row.hint, row.fix)
        for row in rows
        if isinstance(row, LogEntry | NewEntry)
        and row.source in _SOURCES
        and (row.severity >= Severity.WARNING or row.fix is not None)
    }
    return sorted(found, key=_order)


def _order(problem: Problem) -> tuple[int, str, int, int, str]:
    place = problem.location or Location("")
    return (
        -problem.severity,
        place.path,
        place.line or 0,
        place.column or 0,
        problem.message,
    )


class ProblemList(QObject):
    """The problems of one project, replaced as a whole."""

    changed = Signal()
    #: The project was looked through, whatever was found.
    checked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.problems: list[Problem] = []
        #: When the project was last looked through, in seconds since the epoch.
        self.checked_at: float | None = None

    def replace(self, problems: list[Problem]) -> None:
        """Show these from now on; the project was looked through just now."""
        self.checked_at = time.time()
        if problems != self.problems:
            self.problems = problems
            self.changed.emit()
        self.checked.emit()

    def count(self, severity: Severity) -> int:
        """Return how many are of a severity."""
        return sum(problem.severity is severity for problem in self.problems)
