"""What stands before a message: time, source and severity as words and signs. Pure."""

import time
from typing import Final, Literal, NamedTuple

from session.log.entry import Row, Severity, StateEntry, Stream
from studio.figures import since_play
from studio.row_words import SOURCE_WORDS

TimeMode = Literal["since-play", "wall", "delta", "none"]
TIME_MODES: Final[tuple[TimeMode, ...]] = ("since-play", "wall", "delta", "none")
#: Characters that a time takes at most, for each way of showing it.
TIME_WIDTH: Final[dict[TimeMode, int]] = {"since-play": 11, "wall": 12, "delta": 10, "none": 0}

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
