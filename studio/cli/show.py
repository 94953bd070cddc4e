"""How a run that is being played is shown: to a person, or as JSON to a program."""

import time
from typing import Protocol

from session.events import RunEnded
from session.log.entry import Severity, Stream
from session.log.store import LogStore
from session.record import RunRecord
from session.run_id import RunId
from session.state import SessionState
from studio.cli.feed import View
from studio.cli.jsonl_view import JsonlView
from studio.cli.render import copy_text, end_text
from studio.cli.screen import Screen
from studio.cli.terminal import Terminal, columns, terminal_of
from studio.figures import since_play

#: A state that lasts longer than this is shown while it lasts.
PATIENCE_S = 0.3


class Show(Protocol):
    """What a run looks like outside; returns text, writes nothing."""

    encoding: str
    live: bool

    def begin(self, run_id: RunId, started: float) -> View:
        """Return how the rows of this run are written."""
        ...

    def tail(self, log: LogStore, stream: Stream) -> str:
        """Return what shows a stream's unfinished line."""
        ...

    def waiting(self, state: SessionState, since: float, word: str) -> str:
        """Return what shows that something takes its time."""
        ...

    def typed(self) -> None:
        """Note that a person pressed Enter."""
        ...

    def interrupted(self) -> str:
        """Return what tidies the screen after Ctrl-C."""
        ...

    def skipped(self, count: int, run_id: RunId) -> str:
        """Return what stands for rows that are not shown."""
        ...

    def end(self, ended: RunEnded, record: RunRecord | None) -> str:
        """Return what is written last."""
        ...


class HumanShow:
    """For a person, at a terminal or reading a file later."""

    def __init__(
        self,
        terminal: Terminal | None = None,
        *,
        times: bool = False,
        severity: Severity = Severity.INFO,
    ) -> None:
        terminal = terminal or terminal_of(1)
        self.encoding = terminal.encoding
        self.live = terminal.live
        self._screen = Screen(terminal, times=times, severity=severity)

    def begin(self, run_id: RunId, started: float) -> View:  # noqa: ARG002 - a person needs no id
        self._screen.started = started
        return self._screen

    def tail(self, log: LogStore, stream: Stream) -> str:
        if not self.live:
            return ""
        return self._screen.tail(stream, log.tail(stream), columns(1))

    def waiting(self, state: SessionState, since: float, word: str) -> str:
        now = time.time()
        if not self.live or now - since < PATIENCE_S:
            return ""
        passed = since_play(now - self._screen.started)[:-2]
        text = f"{passed}     {word or state + self._screen.theme.ellipsis}"
        return self._screen.status(text, columns(1))

    def typed(self) -> None:
        self._screen.typed()

    def interrupted(self) -> str:
        return self._screen.interrupted()

    def skipped(self, count: int, run_id: RunId) -> str:
        theme = self._screen.theme
        text = f"{theme.ellipsis} {count:,} lines not shown; `playhead log {run_id}` has them all"
        return self._screen.end_line() + theme.dim(text) + "\n"

    def end(self, ended: RunEnded, record: RunRecord | None) -> str:
        theme = self._screen.theme
        said = ended.exit.next_step in self._screen.hints
        why = ended.exit._replace(next_step=None) if said else ended.exit
        text = self._screen.end_line() + end_text(ended.state, why, ended.duration_s, theme) + "\n"
        if record and record.written:
            text += theme.dim(copy_text(record.run_id)) + "\n"
        return text


class JsonlShow:
    """For a program: one JSON object a line."""

    encoding = "utf-8"
    live = False

    def __init__(self) -> None:
        self._view: JsonlView | None = None

    def begin(self, run_id: RunId, started: float) -> View:  # noqa: ARG002 - rows have their times
        self._view = JsonlView(run_id)
        return self._view

    def tail(self, log: LogStore, stream: Stream) -> str:  # noqa: ARG002 - only whole lines
        return ""

    def waiting(self, state: SessionState, since: float, word: str) -> str:  # noqa: ARG002
        return ""

    def typed(self) -> None:
        return

    def interrupted(self) -> str:
        return ""

    def skipped(self, count: int, run_id: RunId) -> str:  # noqa: ARG002 - nothing is skipped
        return ""

    def end(self, ended: RunEnded, record: RunRecord | None) -> str:
        content_id = record.content_id if record else None
        return self._view.end(ended, content_id) if self._view else ""
