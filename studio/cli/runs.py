"""`playhead runs`: what was played, newest first; what a run wrote; what may go."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from session.history import RunHistory
from session.home import find_home
from session.record import RunRecord
from studio.cli import console
from studio.cli.cells import cut_middle
from studio.cli.errors import ChangedInProject, NotCopied, ProjectGone
from studio.cli.render import duration
from studio.cli.terminal import columns, is_tty, terminal_of
from studio.cli.theme import Theme
from studio.cli.written import changed_since

_GAP = "  "
_HEAD = ("RUN", "PLAYED", "TOOK", "STATE", "CAUSE", "PROJECT")


def list_runs(project: Path | None, limit: int, *, as_json: bool) -> None:
    """Print the runs: a table on a terminal, tab-separated lines in a pipe, or a JSON array."""
    history = RunHistory(find_home())
    records = history.list(project)
    shown = records[:limit] if limit else records
    lines = [RunLine(record, live=history.is_live(record.run_id)) for record in shown]
    if as_json:
        fields = [line.as_json() for line in lines]
        console.say(json.dumps(fields, ensure_ascii=False, indent=2))
    elif is_tty(1):
        console.say(_table(lines, len(records)))
    else:
        for line in lines:
            console.say("\t".join(line.cells(full=True)))


class RunLine:
    """One run as a line of the list."""

    def __init__(self, record: RunRecord, *, live: bool) -> None:
        self._record = record
        self._live = live

    def cells(self, *, full: bool = False) -> tuple[str, ...]:
        """Return the columns; `full` for programs: exact times, plain seconds, whole paths."""
        record = self._record
        form = "%Y-%m-%dT%H:%M:%S%z" if full else "%d %b %H:%M"
        played = time.strftime(form, time.localtime(record.started))
        project = str(record.project) if full else _short(record.project)
        return record.run_id, played, self._took(full=full), self.state, self._cause, project

    @property
    def state(self) -> str:
        """The run's state in a word; a run whose Playhead was killed is `lost`."""
        if self._live:
            return "live"
        if self._record.ended is None:
            return "lost"
        return self._record.state.replace("_", " ")

    @property
    def _cause(self) -> str:
        end = self._record.exit
        if end is None or end.cause.replace("-", " ") == self.state:
            return "-"
        detail = end.code if end.signal is None else end.signal
        return f"{end.cause} {detail}" if detail else str(end.cause)

    def _took(self, *, full: bool) -> str:
        if self._record.ended is None:
            return "-"
        took = self._record.ended - self._record.started
        return f"{took:.3f}" if full else duration(took)

    def as_json(self) -> dict[str, Any]:
        """Return the record as JSON fields, and whether it lives."""
        fields: dict[str, Any] = json.loads(self._record.to_json())
        return fields | {"live": self._live}


def _table(lines: Sequence[RunLine], total: int) -> str:
    theme = Theme(*_dress())
    if not lines:
        return "No runs yet. `playhead play PATH` plays a project."
    rows = [line.cells() for line in lines]
    widths = [max(len(row[i]) for row in [_HEAD, *rows]) for i in range(len(_HEAD))]
    room = max(columns(1) - sum(widths[:-1]) - len(_GAP) * (len(widths) - 1), 12)
    text = [theme.dim(_aligned(_HEAD, widths, room, theme))]
    text += [_aligned(row, widths, room, theme) for row in rows]
    if total > len(lines):
        text.append(theme.dim(f"{total - len(lines):,} older; `--limit 0` shows all"))
    return "\n".join(text)


def _dress() -> tuple[bool, bool]:
    terminal = terminal_of(1)
    return terminal.colour, terminal.unicode


def _aligned(row: Sequence[str], widths: Sequence[int], room: int, theme: Theme) -> str:
    run, played, took, state, cause, project = row
    cells = [
        run.ljust(widths[0]),
        played.ljust(widths[1]),
        took.rjust(widths[2]),
        state.ljust(widths[3]),
        cause.ljust(widths[4]),
        cut_middle(project, room, theme.ellipsis),
    ]
    return _GAP.join(cells)


def _short(path: Path) -> str:
    try:
        return "~/" + path.relative_to(Path.home()).as_posix()
    except (ValueError, RuntimeError):
        return str(path)


def copy_written(name: str, *, force: bool) -> None:
    """Copy what a run wrote into its project; refuse to replace what changed there since."""
    history = RunHistory(find_home())
    record = history.find(name)
    if not record.written:
        console.say(f"Run {record.run_id} wrote nothing.")
        return
    if not record.project.exists():
        raise ProjectGone(record.project)
    changed = () if force else changed_since(record)
    if changed:
        raise ChangedInProject(record.run_id, changed)
    try:
        copied = history.copy_written(record, overwrite=True)
    except OSError as error:
        raise NotCopied(record.project, error) from error
    for path in copied:
        console.say(path)


def delete_run(name: str) -> None:
    """Delete a finished run, its log and what it wrote."""
    history = RunHistory(find_home())
    run_id = history.find(name).run_id
    history.delete(run_id)
    console.say(f"deleted {run_id}")
