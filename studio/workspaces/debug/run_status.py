"""Keeps the card below the log true: how the run stands, what Stop waits for, how it ended."""

import contextlib
import re
import time
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from session.exit_info import Cause
from session.log.entry import LogEntry
from session.record import RunRecord
from session.runtime.liveness import SILENT
from session.state import SessionState
from studio.desk import Desk
from studio.open_project import OpenProject
from studio.widgets.log_view.links import LogLink
from studio.widgets.runs.card import RunCard
from studio.widgets.runs.card_keeper import CardKeeper
from studio.widgets.runs.card_text import (
    active_card,
    granting,
    grants_in_words,
    needs_reduced,
    place_of,
    stopping_card,
)
from studio.workspaces.debug.shown_run import RunChoice

#: How often a run's time is told, in milliseconds; while it is stopping it is a countdown.
_TELL_MS: Final = 500
_COUNT_MS: Final = 100
#: Rows at the end of a log in which a suggestion is looked for.
_LAST_ROWS: Final = 12
_SUGGESTED: Final = re.compile(r"Did you mean: '[^'\n]{1,80}'\?")


class RunStatus(QObject):
    """Decides what the card says, from the session's state and the run that is shown."""

    #: Show a place that the run's end names (`LogLink`).
    place_requested = Signal(object)

    def __init__(
        self,
        project: OpenProject,
        desk: Desk,
        card: RunCard,
        choice: RunChoice,
        kept: dict[str, Any],
    ) -> None:
        super().__init__(card)
        self._project = project
        self._desk = desk
        self._card = card
        self._choice = choice
        self._kept = kept
        self._keeper = CardKeeper(card, project.service.history, self)
        self._clock = QTimer(self)
        self._clock.timeout.connect(self.refresh)
        project.bridge.state_changed.connect(self.refresh)
        project.bridge.run_ended.connect(self.refresh)
        choice.changed.connect(self.refresh)
        card.dismissed.connect(self._dismiss)
        card.problems_requested.connect(project.problems_requested)
        card.place_requested.connect(self._ask_for_place)
        card.grant_requested.connect(self._grant)
        card.reduced_requested.connect(self._play_reduced)
        card.unblock_requested.connect(self._unblock)
        card.force_requested.connect(lambda: project.stop(force=True))
        project.problems.changed.connect(self._offer)
        self.refresh()

    def refresh(self) -> None:
        """Look at the run anew."""
        self._choice.refresh()
        shown, session = self._choice.shown, self._project.session
        if shown.record is None:
            self._clock.stop()
            self._card.hide()
        elif not shown.earlier and session.state.active:
            self._show_active(shown.record)
        elif shown.live:
            self._clock.stop()
            self._keeper.forget()
            self._card.offer()
            text = active_card(shown.record.state, time.time() - shown.record.started)
            self._card.show_text(text, over=False, error=False)
            self._card.show()
        else:
            self._clock.stop()
            self._show_ended(shown.record, earlier=shown.earlier)

    def _show_active(self, record: RunRecord) -> None:
        now, state = time.time(), self._project.session.state
        elapsed, asked = now - record.started, self._project.bridge.stop_asked
        stopping = self._project.session.stop_requested and asked is not None
        if stopping and asked is not None:
            grace = self._desk.settings.current.grace_s
            text = stopping_card(state, elapsed, now - asked, grace)
        else:
            health = self._project.session.health
            text = active_card(state, elapsed, asking=self._project.asking, health=health)
        self._keeper.forget()
        self._card.offer(force=not stopping and self._project.session.health == SILENT)
        self._card.show_text(text, over=False, error=False)
        self._card.show()
        interval = _COUNT_MS if stopping else _TELL_MS
        if not self._clock.isActive() or self._clock.interval() != interval:
            self._clock.start(interval)

    def _show_ended(self, record: RunRecord, *, earlier: bool) -> None:
        if record.ended is None and not earlier:
            return  # it is being filed; `run_ended` says when it is
        if self._kept.get("dismissed") == record.run_id:
            self._card.hide()
            return
        self._keeper.show_ended(record, hint=self._hint(record))
        self._offer()
        self._card.show()

    def _hint(self, record: RunRecord) -> str:
        """Return what Python suggests below a traceback: the run's end does not know of it."""
        log = self._choice.shown.log
        if log is None or record.exit is None or record.exit.cause is not Cause.EXCEPTION:
            return ""
        with contextlib.suppress(OSError):  # its folder is gone, say
            rows = log.read(max(log.last_seq - _LAST_ROWS, 0), _LAST_ROWS)
            said = (_SUGGESTED.search(row.message) for row in rows if isinstance(row, LogEntry))
            return next((found[0] for found in said if found), "")
        return ""

    @property
    def place(self) -> LogLink | None:
        """Where the run that is shown went wrong, as far as that is known."""
        shown, session = self._choice.shown, self._project.session
        if shown.record is None or shown.live or (not shown.earlier and session.state.active):
            return None
        if shown.earlier or shown.record.state is not SessionState.PREPARE_FAILED:
            return place_of(shown.record)
        found = (one.location for one in self._project.problems.problems if one.location)
        first = next(found, None)
        return LogLink(first.path, first.line, first.column) if first else None

    def _offer(self) -> None:
        """Offer the way to what went wrong."""
        place, record = self.place, self._choice.shown.record
        failed = record is not None and record.state is SessionState.PREPARE_FAILED
        words = ""
        if place is not None:
            words = Path(place.path).name + (f":{place.line}" if place.line else "")
        problems = failed and not self._choice.shown.earlier
        own = record is not None and not self._choice.shown.earlier
        denied = record.denied if record is not None and own else ()
        self._card.offer(
            place=words,
            problems=problems,
            grants=grants_in_words(denied),
            granting=granting(denied),
            reduced=own and record is not None and needs_reduced(record),
            blocked=own and record is not None and record.blocked_by is not None,
        )

    def _grant(self) -> None:
        record = self._choice.shown.record
        if record is not None:
            self._project.grant_and_play(record)

    def _play_reduced(self) -> None:
        record = self._choice.shown.record
        if record is not None:
            self._project.play_reduced(record)

    def _unblock(self) -> None:
        record = self._choice.shown.record
        if record is not None:
            self._card.unblock.setEnabled(False)  # it may take its grace
            self._project.unblock_and_play(record)

    def _ask_for_place(self) -> None:
        if self.place is not None:
            self.place_requested.emit(self.place)

    def _dismiss(self) -> None:
        self._kept["dismissed"] = self._choice.shown.run_id
        self._card.hide()
