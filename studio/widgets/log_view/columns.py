"""What stands before a message: time, source and severity as words and signs. Pure."""

import time
from typing import Final, Literal, NamedTuple

from session.log.entry import LogEntry, Row, Severity, Source, StateEntry, Stream

TimeMode = Literal["since-play", "wall", "delta", "none"]
TIME_MODES: Final[tuple[TimeMode, ...]] = ("since-play", "wall", "delta", "none")
#: Characters that a time takes at most, for each way of showing it.
TIME_WIDTH: Final[dict[TimeMode, int]] = {"since-play": 11, "wall": 12, "delta": 10, "none": 0}

#: A source as people read it, the same as the command prints; the last is the program's own.
SOURCE_WORDS: Final = {
    Source.BUILD: "build",
    Source.PACK_VALIDATION: "check",
    Source.PACK: "pack",
    Source.RUNTIME: "run",
}
#: Characters of the widest source, with the mark of standard error.
SOURCE_WIDTH: Final = 7
ERROR_MARK: Final = "err"
GLYPHS: Final = {
    Severity.DEBUG: "",
    Severity.INFO: "",
    Severity.WARNING: "▲",
    Severity.ERROR: "✗",
}
_STATE_GLYPHS: Final = {
    "running": "▶",
    "stopped": "■",
    "prepare_failed": "✗",
    "runtime_failed": "✗",
}


class Head(NamedTuple):
    """A row's parts before its message. Roles are names of tokens."""

    glyph: str
    glyph_role: str
    word: str
    word_role: str
    mark: str = ""


def head_of(row: Row) -> Head:
    """Return what stands before a row's message, its time aside."""
    if isinstance(row, StateEntry):
        failed = row.after.endswith("failed")
        role = "error" if failed else "play" if row.after == "running" else "muted"
        return Head(_STATE_GLYPHS.get(row.after, "·"), role, "", "muted")
    word = SOURCE_WORDS[row.source]
    mark = ERROR_MARK if row.stream is Stream.STDERR else ""
    role = f"source_{row.source.value.replace('-', '_')}"
    return Head(GLYPHS[row.severity], _severity_role(row.severity), word, role, mark)


def _severity_role(severity: Severity) -> str:
    return {Severity.WARNING: "warning", Severity.ERROR: "error"}.get(severity, "muted")


def time_text(mode: TimeMode, at: float, started: float, before: float | None) -> str:
    """Return a row's time; `before` is the time of the row above it, None where there is none."""
    if mode == "since-play":
        return since_play(at - started)
    if mode == "wall":
        return wall_clock(at)
    if mode == "delta":
        return delta(at - before) if before is not None else ""
    return ""


def since_play(seconds: float) -> str:
    """Return minutes, seconds and milliseconds, with hours when it has them: `00:01.120`."""
    milliseconds = max(round(seconds * 1000), 0)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    tail = f"{milliseconds // 1000:02}.{milliseconds % 1000:03}"
    if minutes < 60:
        return f"{minutes:02}:{tail}"
    return f"{minutes // 60}:{minutes % 60:02}:{tail}"


def wall_clock(at: float) -> str:
    """Return a local time of day with milliseconds; "" where the time is not known."""
    if at <= 0:
        return ""
    milliseconds = min(int(at % 1 * 1000), 999)
    return time.strftime("%H:%M:%S", time.localtime(at)) + f".{milliseconds:03}"


def delta(seconds: float) -> str:
    """Return the time since the row above: `+0.004`."""
    return f"+{max(seconds, 0):.3f}" if seconds < 100_000 else f"+{seconds:.0f}"


def state_words(row: StateEntry) -> str:
    """Return a state change in words."""
    return row.after.replace("_", " ")


def without_place(message: str, row: LogEntry) -> str:
    """Return a message without the place it begins with, where that is shown before it anyway."""
    place = row.location
    if place is None:
        return message
    beginnings = (f"{place.path}, line {place.line}: ", f"{place.path}: ")
    return next((message.removeprefix(b) for b in beginnings if message.startswith(b)), message)
