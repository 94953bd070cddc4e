"""Keeps the entries of steps that run side by side in one fixed order.

Every step writes to its own `StepLog`. The step whose turn it is streams; the others are kept
until their turn comes. So the order is the same for one worker and for many, and a tool's output
still arrives as it comes.
"""

import threading
from collections.abc import Sequence
from typing import NamedTuple

from shipper.errors import PrepareFailed
from shipper.events import Channel, Emit, PrepareEvent, Severity, shown
from shipper.formats.fix import Fix


class Phase(NamedTuple):
    """A step that speaks: its name, and the channel it speaks on."""

    name: str
    channel: Channel


class StepLog:
    """What one step has to say. Only the thread of that step may use it."""

    def __init__(self, phase: Phase, journal: "Journal") -> None:
        self.phase = phase
        self._journal = journal

    def event(self, event: PrepareEvent, again: PrepareEvent | None = None) -> None:
        """Take an event as it is; `again` is what to say when nothing had to be done."""
        self._journal.take(self.phase.name, event, again)

    def say(self, message: str, severity: Severity = Severity.INFO) -> None:
        """Say something that is only said when it happens."""
        self.event(self._event(severity, message))

    def sum_up(self, message: str, unchanged: str | None = None, *, dull: bool = False) -> None:
        """Say what the phase has done; `unchanged` is what to say when it had nothing to do.

        What is `dull` is kept in the log, but nobody needs to see it at every Play.
        """
        severity = Severity.DEBUG if dull else Severity.INFO
        again = self._event(severity, unchanged or message)
        self.event(self._event(severity, message), again)

    def find(
        self,
        severity: Severity,
        message: str,
        *,
        code: str | None = None,
        hint: str | None = None,
        path: str | None = None,
        line: int | None = None,
        column: int | None = None,
        fix: Fix | None = None,
        channel: Channel | None = None,
        lasting: bool = True,
    ) -> None:
        """Report a finding; a lasting one is true again as long as nothing changes."""
        event = PrepareEvent(
            channel or self.phase.channel,
            severity,
            shown(message),
            self.phase.name,
            path and shown(path),
            line,
            column,
            code,
            hint and shown(hint),
            fix,
        )
        self.event(event, event if lasting else None)

    def fail(self, failure: PrepareFailed) -> None:
        """Report a failure, or each of its parts, as errors."""
        for part in failure.parts or (failure,):
            self.find(
                Severity.ERROR,
                part.message,
                code=part.code,
                hint=part.hint,
                path=part.path,
                line=part.line,
                column=part.column,
                fix=part.fix,
            )

    def _event(self, severity: Severity, message: str) -> PrepareEvent:
        return PrepareEvent(self.phase.channel, severity, shown(message), self.phase.name)


class Journal:
    """The entries of a preparation, in the order of its phases."""

    def __init__(self, phases: Sequence[Phase], emit: Emit) -> None:
        self._emit = emit
        self._lock = threading.Lock()
        self._waiting: dict[str, list[PrepareEvent]] = {phase.name: [] for phase in phases}
        self._again: dict[str, list[PrepareEvent]] = {phase.name: [] for phase in phases}
        self._open = [phase.name for phase in phases]
        self._done: set[str] = set()

    def take(self, step: str, event: PrepareEvent, again: PrepareEvent | None) -> None:
        """Emit the event now if it is its step's turn, later otherwise."""
        with self._lock:
            if again is not None:
                self._again[step].append(again)
            if self._open and self._open[0] == step:
                self._emit(event)
            else:
                self._waiting[step].append(event)

    def close(self, step: str) -> None:
        """Note that a step has nothing more to say, and let the next ones speak."""
        with self._lock:
            self._done.add(step)
            while self._open and self._open[0] in self._done:
                self._open.pop(0)
                if self._open:
                    self._flush(self._open[0])

    def _flush(self, step: str) -> None:
        for event in self._waiting[step]:
            self._emit(event)
        self._waiting[step].clear()

    def again(self) -> list[PrepareEvent]:
        """Return what is to be said when the same preparation has nothing to do."""
        return [event for events in self._again.values() for event in events]
