"""Rows in words: for screen readers and for the tip under the mouse. Pure."""

import time

from PySide6.QtCore import QCoreApplication

from session.log.entry import LogEntry, Row, Severity
from studio.figures import since_play
from studio.widgets.log_view.columns import wall_clock
from studio.widgets.log_view.repeats import Repeat
from studio.widgets.log_view.shown_line import ShownLine

#: Characters of a message that are read out.
_SPOKEN = 400


def spoken_line(line: ShownLine, row: Row | None) -> str:
    """Return a row as a screen reader says it: severity, source, message."""
    words: list[str] = []
    if isinstance(row, LogEntry):
        if row.severity >= Severity.WARNING:
            words.append(row.severity.word)
        words.append(line.head.word if not line.continues else _tr("continued"))
        if line.head.mark:
            words.append(_tr("standard error"))
    text = line.text[:_SPOKEN]
    return f"{', '.join(words)}: {text}" if words else text


def spoken_place(number: int, count: int, line: ShownLine, started: float) -> str:
    """Return which row it is, of how many, and when."""
    place = _tr("row {number} of {count}").format(number=f"{number:,}", count=f"{count:,}")
    return f"{place}, {since_play(line.time - started)}" if line.seq else place


def row_tip(row: Row, started: float, repeat: Repeat | None, last: Row | None) -> str:
    """Return what else is known of a row, as plain text; `last` ends its repetitions."""
    day = time.strftime("%Y-%m-%d", time.localtime(row.time))
    parts = [f"{day} {wall_clock(row.time)}", _tr("{time} since Play")]
    parts[1] = parts[1].format(time=since_play(row.time - started))
    lines = [" · ".join(parts)]
    if isinstance(row, LogEntry):
        known = [row.source.value, row.severity.word, row.stream, row.origin, row.code]
        lines.append(" · ".join(str(part) for part in known if part))
        if row.hint:
            lines.append(row.hint)
    if repeat is not None and last is not None:
        text = _tr("{times} times, the last at {time}")
        shown = since_play(last.time - started)
        lines.append(text.format(times=f"{repeat.times:,}", time=shown))
    return "\n".join(lines)


def _tr(text: str) -> str:
    return QCoreApplication.translate("LogView", text)
