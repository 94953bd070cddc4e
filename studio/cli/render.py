"""The parts of a row as text: pure, and the same wherever rows are shown.

00:01.120  check   ✗ main.py:3:9: '(' was never closed [syntax-error]
                   Close the bracket.
"""

from typing import Final

from session.exit_info import ExitInfo
from session.log.entry import Location, LogEntry, Severity, Stream
from session.state import SessionState
from studio.cli.program_text import safe
from studio.cli.theme import Theme

#: The width of a source's column and where the messages begin.
WORD_WIDTH: Final = 8
INDENT: Final = " " * (9 + 2 + WORD_WIDTH)


def clock(seconds: float) -> str:
    """Return the time since Play as minutes, seconds and milliseconds; hours when it has them."""
    milliseconds = max(round(seconds * 1000), 0)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    tail = f"{milliseconds // 1000:02}.{milliseconds % 1000:03}"
    if minutes < 60:
        return f"{minutes:02}:{tail}"
    return f"{minutes // 60}:{minutes % 60:02}:{tail}"


def duration(seconds: float) -> str:
    """Return a length of time as people say it: `340 ms`, `4.8 s`, `2 min 05 s`, `3 h 10 min`."""
    if seconds < 0.9995:
        return f"{max(seconds, 0) * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    return f"{minutes // 60} h {minutes % 60:02} min"


def size(count: int) -> str:
    """Return a number of bytes with a unit that suits it, in steps of a thousand."""
    if count < 1000:
        return f"{count} B"
    amount = float(count)
    for unit in ("kB", "MB", "GB"):
        amount /= 1000
        if amount < 999.5:
            return f"{amount:.1f} {unit}" if amount < 9.95 else f"{amount:.0f} {unit}"
    return f"{amount / 1000:.1f} TB"


def state_text(state: str, seconds: float, theme: Theme) -> str:
    """Return a state change: quiet, unless the state is a failure."""
    text = theme.state(state)
    failed = state in {SessionState.PREPARE_FAILED, SessionState.RUNTIME_FAILED}
    return f"{theme.dim(clock(seconds))}  {text if failed else theme.dim(text)}"


def prefix(row: LogEntry, started: float, theme: Theme) -> str:
    """Return what stands before a message: time and source, and `err` for standard error."""
    word = theme.source(row.source)
    mark = theme.dim(" err") if row.stream is Stream.STDERR else ""
    shown = len("run err") if mark else len(_bare(row))
    padding = " " * (WORD_WIDTH - shown)
    return f"{theme.dim(clock(row.time - started))}  {word}{mark}{padding}"


def _bare(row: LogEntry) -> str:
    return Theme().source(row.source)


def entry_text(entry: LogEntry, started: float, theme: Theme) -> str:
    """Return an entry that is not a line of the program: message and, indented, its hint."""
    lines = [safe(line) for line in _described(entry, theme).split("\n")]
    first, *more = lines if theme.colour else [safe(line, colour=False) for line in lines]
    if entry.hint:
        more += [theme.dim(safe(line)) for line in entry.hint.split("\n")]
    head = prefix(entry, started, theme) + first
    return "\n".join([head, *(INDENT + line for line in more)])


def _described(entry: LogEntry, theme: Theme) -> str:
    parts = [theme.severity(entry.severity)]
    if entry.location:
        parts.append(f"{entry.location}:")
    parts.append(without_place(entry.message.rstrip("\n"), entry.location))
    if entry.code and entry.severity >= Severity.WARNING:
        parts.append(theme.dim(f"[{entry.code}]"))
    return " ".join(part for part in parts if part)


def without_place(message: str, location: Location | None) -> str:
    """Return a message without the place it begins with, where that is shown before it anyway."""
    if location is None:
        return message
    places = (f"{location.path}, line {location.line}: ", f"{location.path}: ")
    return next((message.removeprefix(p) for p in places if message.startswith(p)), message)


def end_text(state: SessionState, exit_info: ExitInfo, seconds: float, theme: Theme) -> str:
    """Return the last line of a run: how it ended, why, and what to do next."""
    text = f"{state_text(state, seconds, theme)}  {safe(exit_info.message)}"
    if exit_info.next_step:
        indented = ["\n" + INDENT + safe(line) for line in exit_info.next_step.split("\n")]
        text += theme.dim("".join(indented))
    return text


def copy_text(run_id: str) -> str:
    """Return how to get what a run wrote into its project."""
    return f"{INDENT}to copy what it wrote into the project: playhead runs --copy-written {run_id}"
