"""`playhead runs`: what was played, newest first; what a run wrote; what may go."""

import json
from collections.abc import Sequence
from pathlib import Path

from session.history import RunHistory
from session.home import find_home
from studio.cli import console
from studio.cli.cells import cut_middle
from studio.cli.errors import ChangedInProject, NotCopied, ProjectGone
from studio.cli.run_line import RunLine
from studio.cli.terminal import Terminal, columns, is_tty, terminal_of
from studio.cli.theme import Theme
from studio.written import changed_since

_GAP = "  "
_HEAD = ("RUN", "PLAYED", "TOOK", "ENDED", "PROJECT")
_NARROWEST = 12


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
        console.say(_table(lines, len(records), terminal_of(1)))
    else:
        console.say("".join("\t".join(line.for_program()) + "\n" for line in lines), end="")


def _table(lines: Sequence[RunLine], total: int, terminal: Terminal) -> str:
    if not lines:
        return "No runs yet. `playhead play PATH` plays a project."
    theme = Theme(terminal.colour, terminal.unicode)
    rows = [line.for_person() for line in lines]
    widths = [max(len(row[column]) for row in [_HEAD, *rows]) for column in range(len(_HEAD))]
    widths[-1] = max(columns(1) - sum(widths[:-1]) - len(_GAP) * (len(_HEAD) - 1), _NARROWEST)
    text = [theme.dim(_aligned(_HEAD, widths, theme))]
    text += [_aligned(row, widths, theme) for row in rows]
    if total > len(lines):
        text.append(theme.dim(f"{total - len(lines):,} older; `--limit 0` shows all"))
    return "\n".join(text)


def _aligned(row: Sequence[str], widths: Sequence[int], theme: Theme) -> str:
    run, played, took, ended, project = row
    cells = [
        run.ljust(widths[0]),
        played.ljust(widths[1]),
        took.rjust(widths[2]),
        ended.ljust(widths[3]),
        cut_middle(project, widths[4], theme.ellipsis),
    ]
    return _GAP.join(cells)


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


def stop_run(name: str) -> None:
    """Stop a run that this or another Playhead plays, and wait until it is over."""
    import asyncio

    from session.compose import build_service
    from session.settings import UNATTENDED_GRACE_S, SessionSettings

    service = build_service(find_home(), SessionSettings(grace_s=UNATTENDED_GRACE_S))
    run_id = service.history.find(name).run_id
    asyncio.run(service.stop_run(run_id))
    console.say(f"stopped {run_id}")


def delete_run(name: str) -> None:
    """Delete a finished run, its log and what it wrote."""
    history = RunHistory(find_home())
    run_id = history.find(name).run_id
    history.delete(run_id)
    console.say(f"deleted {run_id}")
