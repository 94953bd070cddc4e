"""A worker as whoever looks after workers sees it: one row, plain data."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol


class WorkerKind(StrEnum):
    """What a worker is for: a program that is played, a next Play, or calls of a pool."""

    RUN = "run"
    SPARE = "spare"
    POOL = "pool"


class WorkerRow(NamedTuple):
    """One worker. `id` names it among all of them; `title` says what it does, in a word or two.

    `health`: `answers`, `busy`, `silent`, `stopping`, `starting`, `waiting`, `dead`, or "" where
    nothing is known. `memory` is bytes of it and of what it started, `since` seconds since the
    epoch; None where that is not known. `heartbeats` are answers out of questions. `isolation` is
    the profile that was put on, "" for none. `can_end`: it may be ended from here.
    """

    id: str
    kind: WorkerKind
    title: str
    health: str
    pid: int | None = None
    memory: int | None = None
    since: float | None = None
    requests: int | None = None
    heartbeats: tuple[int, int] | None = None
    isolation: str = ""
    can_end: bool = True


class WorkerSource(Protocol):
    """Whoever has workers. All calls on the event loop's thread."""

    async def rows(self) -> Sequence[WorkerRow]:
        """Look at them now."""
        ...

    def end(self, worker_id: str) -> bool:
        """End one at once; whether it is one of these."""
        ...
