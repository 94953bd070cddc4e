"""What a row of the workers says, column by column. Pure."""

from typing import Final

from PySide6.QtCore import QCoreApplication

from session.worker_row import WorkerKind, WorkerRow
from studio.figures import clock, size

#: What is not known is shown so.
UNKNOWN: Final = "\N{EN DASH}"
#: The columns whose figures are compared, so they stand at the right.
FIGURES: Final = frozenset({3, 4, 5, 6})
_TROUBLED: Final = frozenset({"silent", "dead"})


def _tr(text: str) -> str:
    return QCoreApplication.translate("Workers", text)


def headings() -> list[str]:
    """Return the titles of the columns."""
    return [
        _tr("Worker"),
        _tr("What for"),
        _tr("Health"),
        _tr("Up for"),
        _tr("Memory"),
        _tr("Calls"),
        _tr("Heartbeats"),
        _tr("Isolation"),
        _tr("Process"),
    ]


def words_of(row: WorkerRow, now: float) -> list[str]:
    """Return what each column says; `now` is seconds since the epoch."""
    beats = UNKNOWN if row.heartbeats is None else "{:,} / {:,}".format(*row.heartbeats)
    return [
        row.title,
        kind_word(row.kind),
        health_word(row.health),
        UNKNOWN if row.since is None else clock(max(now - row.since, 0.0)),
        UNKNOWN if row.memory is None else size(row.memory),
        UNKNOWN if row.requests is None else f"{row.requests:,}",
        beats,
        row.isolation or _tr("none"),
        UNKNOWN if row.pid is None else str(row.pid),
    ]


def kind_word(kind: WorkerKind) -> str:
    """Return what a worker is for."""
    return {
        WorkerKind.RUN: _tr("is played"),
        WorkerKind.SPARE: _tr("waits for the next Play"),
        WorkerKind.POOL: _tr("serves calls"),
    }[kind]


def health_word(health: str) -> str:
    """Return how a worker stands, in words."""
    return {
        "answers": _tr("answers"),
        "busy": _tr("works, does not answer meanwhile"),
        "silent": _tr("does not answer"),
        "stopping": _tr("is being ended"),
        "starting": _tr("starts"),
        "preparing": _tr("is being prepared"),
        "waiting": _tr("waits"),
        "dead": _tr("has ended"),
    }.get(health, UNKNOWN)


def icon_of(row: WorkerRow) -> tuple[str, str]:
    """Return the icon of a row and its role; the words beside it say the same."""
    if row.health in _TROUBLED:
        return "problems", "warning"
    return ("pulse", "play") if row.health in ("answers", "busy") else ("workers", "muted")


def count_words(rows: tuple[WorkerRow, ...]) -> str:
    """Return the line above the list."""
    if not rows:
        return _tr("No workers")
    memory = sum(row.memory or 0 for row in rows)
    count = _tr("1 worker") if len(rows) == 1 else _tr("{0} workers").format(len(rows))
    troubled = sum(row.health in _TROUBLED for row in rows)
    said = _tr("{0} not answering").format(troubled) if troubled else ""
    parts = [part for part in (count, size(memory), said) if part]
    return " · ".join(parts)
