"""The budget of one run: what is asked of the launcher, what is counted here, what was used up."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from session.budget import Budget, Reached


class RunBudget:
    """Notes the first limit that a run comes to. `over` is set then.

    `stopping` tells whether somebody has asked for the end; what is used up after that is said,
    and is not why the run ended.
    """

    def __init__(self, budget: Budget, stopping: Callable[[], bool]) -> None:
        self.over = asyncio.Event()
        self.reached: Reached | None = None
        self.cause: Reached | None = None
        self._budget = budget
        self._stopping = stopping

    @property
    def output(self) -> int | None:
        """How many bytes of output are kept."""
        return self._budget.output

    def watch(self, folders: Iterable[Path]) -> dict[str, Any]:
        """Return what the launcher is to watch; nothing where nothing of it is limited."""
        limits = self._budget._asdict()
        del limits["output"]  # counted where it arrives
        budget = {name: limit for name, limit in limits.items() if limit is not None}
        return {"budget": budget, "folders": list(map(str, folders))} if budget else {}

    def note_output(self) -> None:
        """Take note that the program printed more than it may."""
        limit = self._budget.output or 0
        self.note(Reached("output", limit, limit))

    def note(self, reached: Reached | None) -> None:
        """Take note of a limit, unless there was one before."""
        if reached is None or self.reached is not None:
            return
        self.reached = reached
        self.cause = None if self._stopping() else reached
        self.over.set()
