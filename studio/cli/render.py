"""The parts of a row as text: pure, and the same wherever rows are shown.

00:01.120  check   ✗ main.py:3:9: '(' was never closed [syntax-error]
                   Close the bracket.
"""

from typing import Final

from session.exit_info import ExitInfo
from session.log.entry import LogEntry, Severity, Stream
from session.state import SessionState
from studio.cli.program_text import safe
from studio.cli.theme import Theme
from studio.figures import since_play
from studio.row_words import without_place

#: The width of a source's column and where the messages begin.
WORD_WIDTH: Final = 8
INDENT: Final = " " * (9 + 2 + WORD_WIDTH)


def state_text(state: str, seconds: float, theme: Theme) -> str:
    """Return a state change: quiet, unless the state is a failure."""
    text = theme.state(state)
    failed = state in {SessionState.PREPARE_FAILED, SessionState.RUNTIME_FAILED}
    return f"{theme.dim(since_play(seconds))}  {text if failed else theme.dim(text)}"


def prefix(row: LogEntry, started: float, theme: Theme) -> str:
    """Return what stands before a message: time and source, and `err` for standard error."""
    word = theme.source(row.source)
    mark = theme.dim(" err") if row.stream is Stream.STDERR else ""
    shown = len("run err") if mark else len(_bare(row))
    padding = " " * (WORD_WIDTH - shown)
    return f"{theme.dim(since_play(row.time - started))}  {word}{mark}{padding}"


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
