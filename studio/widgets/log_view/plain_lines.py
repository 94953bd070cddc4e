"""Rows as plain text, for the clipboard and for export. Pure."""

from typing import Final

from session.log.entry import LogEntry, Row, StateEntry, Stream
from studio.widgets.log_view.columns import (
    SOURCE_WIDTH,
    TIME_WIDTH,
    TimeMode,
    head_of,
    time_text,
)
from studio.widgets.log_view.shown_line import copied_text

_GLYPH_WIDTH: Final = 2


class PlainLines:
    """Turns rows, one after the other, into text; wrapped lines are put together again."""

    def __init__(self, started: float, times: TimeMode = "since-play", *, columns: bool) -> None:
        self._started = started
        self._times: TimeMode = times
        self._columns = columns
        self._before: float | None = None
        self._open: Stream | None = None  # the stream whose line goes on
        self._heads: dict[tuple[object, ...], str] = {}
        self._time = (-1.0, "")

    def text(self, row: Row, raw: bytes | None = None) -> str:
        """Return a row's text, with its newline unless its line goes on."""
        message = copied_text(row, raw)
        goes_on = False
        if isinstance(row, LogEntry) and row.stream is not None:
            goes_on = row.continued
            if self._open is row.stream:
                self._open = row.stream if goes_on else None
                return message if goes_on else message + "\n"
        text = f"{self._broken_off()}{self._head(row)}{message}"
        self._before = row.time
        if not goes_on:
            return text + "\n"
        self._open = row.stream if isinstance(row, LogEntry) else None
        return text

    def end(self) -> str:
        """Return what ends the text."""
        return self._broken_off()

    def _broken_off(self) -> str:
        was_open, self._open = self._open is not None, None
        return "\n" if was_open else ""

    def _head(self, row: Row) -> str:
        if not self._columns:
            return ""
        kind = row[2:4] if isinstance(row, StateEntry) else (row.source, row.severity, row.stream)
        signs = self._heads.get(kind)
        if signs is None:
            head = head_of(row)
            word = f"{head.word} {head.mark}".strip()
            signs = f"{head.glyph.ljust(_GLYPH_WIDTH)}\0{word.ljust(SOURCE_WIDTH)} "
            self._heads[kind] = signs
        return signs.replace("\0", self._time_column(row.time))

    def _time_column(self, at: float) -> str:
        """Return a row's time; rows that came together share it."""
        width = TIME_WIDTH[self._times]
        if self._times == "delta" or at != self._time[0]:
            text = time_text(self._times, at, self._started, self._before)
            self._time = at, text.ljust(width) + " " if width else ""
        return self._time[1]
