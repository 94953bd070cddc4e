"""Listens to the `events` channel of one program: its diagnostics, and the one that ended it."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from session.exit_info import ExceptionFacts
from session.log.entry import NewEntry
from session.runtime import notices
from session.runtime.denials import Denials
from session.runtime.diagnostics import Places, describe, entry_of, hint_of, place_of
from session.runtime.shown import encodable, shown
from session.worker.wire import Frame, FrameReader, WireError

#: So much of what a program says of its progress is shown.
_PROGRESS_TEXT = 500
_UNCAUGHT = ("uncaught-exception", "thread-exception")


class Progress(NamedTuple):
    """How far a program says it is: `fraction` 0 to 1, or None; `call` is a served tool's."""

    fraction: float | None
    text: str
    call: int | None = None


class ProgramEvents:
    """Turns bytes of the channel into log entries. What makes no sense is dropped.

    User code can reach this socket as well, so nothing in it is believed further than that.
    """

    def __init__(
        self,
        log: Callable[[NewEntry], None],
        places: Callable[[], Places],
        stopping: Callable[[], bool],
        failed: Callable[[Mapping[str, Any]], None] = lambda _: None,
        progress: Callable[[Progress], None] = lambda _progress: None,
    ) -> None:
        self._log = log
        self._places = places
        self._stopping = stopping
        self._failed = failed
        self._progress = progress
        self._reader = FrameReader()
        self._denials = Denials()
        self._failure: Mapping[str, Any] | None = None
        self._left_by: Mapping[str, Any] | None = None
        self._broken = False

    def feed(self, data: bytes) -> None:
        """Take bytes and log what they say."""
        for frame in self.frames(data):
            self.note(frame.header)

    def frames(self, data: bytes) -> list[Frame]:
        """Take bytes and return the frames they complete; none once they made no sense."""
        if self._broken:
            return []
        try:
            return self._reader.feed(data)
        except WireError as error:
            self._broken = True
            self._log(notices.diagnostics_lost(error))
            return []

    def note(self, header: Mapping[str, Any]) -> None:
        """Take one event."""
        if header.get("type") == "progress":
            self._progress(_progress_of(header))
            return
        try:
            entry = entry_of(header, self._places(), stopping=self._stopping())
        except (TypeError, ValueError, KeyError, AttributeError, RecursionError):
            return
        if header.get("type") == "diagnostic":
            self._remember(header)
        if entry is not None and header.get("type") == "denied":
            self._denials.note(header, entry)
        if entry is not None:
            hint = self._explained(entry) or entry.hint
            hint = hint and encodable(hint)
            self._log(entry._replace(message=encodable(entry.message), hint=hint))

    def _remember(self, header: Mapping[str, Any]) -> None:
        if header.get("kind") == "exception":
            self._failure = header
        elif header.get("kind") == "leaving":
            self._left_by = header
        self._failed(header)

    def _explained(self, entry: NewEntry) -> str | None:
        if entry.code not in _UNCAUGHT:
            return None
        return self._denials.hint(entry.message, entry.location)

    @property
    def denied(self) -> tuple[str, ...]:
        """What the program lacked, as it could be granted."""
        return self._denials.grants

    @property
    def advice(self) -> str | None:
        """What to do about the error that a program handled by leaving, if there was one."""
        if self._left_by is None:
            return None
        hint = hint_of(self._left_by, self._places())
        return hint and encodable(hint)

    @property
    def exception(self) -> ExceptionFacts | None:
        """The exception that nobody caught, if there was one."""
        failure = self._failure
        if failure is None:
            return None
        places = self._places()
        place = place_of(failure, places)
        kind = str(failure.get("exception", "Exception"))
        where = shown(str(place)) if place else None
        text = encodable(describe(failure, places))
        hint = self._denials.hint(text, place.location if place else None)
        hint = hint or hint_of(failure, places)
        return ExceptionFacts(encodable(kind), text, where, hint and encodable(hint))


def _progress_of(header: Mapping[str, Any]) -> Progress:
    fraction, call = header.get("fraction"), header.get("call")
    known = isinstance(fraction, int | float) and 0 <= fraction <= 1
    return Progress(
        float(fraction) if known and fraction is not None else None,
        shown(str(header.get("text") or ""))[:_PROGRESS_TEXT],
        call if isinstance(call, int) else None,
    )
