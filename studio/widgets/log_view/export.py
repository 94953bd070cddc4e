"""A log, or what is shown of it, as a file: text, JSON lines or HTML. Whole or not at all."""

import asyncio
import errno
import json
import os
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Final, Literal, get_args

from session.log.jsonl import row_object
from session.log.store import LogStore
from studio.widgets.log_view.carried_style import style_at
from studio.widgets.log_view.html_lines import FOOT, html_line, page_head
from studio.widgets.log_view.log_pages import raw_rows
from studio.widgets.log_view.plain_lines import PlainLines
from studio.widgets.log_view.slices import BUDGET_S

ExportForm = Literal["text", "jsonl", "html"]
FORMS: Final[tuple[ExportForm, ...]] = get_args(ExportForm)
Progress = Callable[[int, int], None]
#: Characters of the file's name that its unfinished part is called by.
_NAME: Final = 40
#: How the unfinished part is made: the process's own mask decides who may read it.
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
#: Seconds between slices, in which everything else has its turn.
_PAUSE_S: Final = 0.001


async def export_rows(
    log: LogStore,
    rows: Sequence[int],
    path: Path,
    form: ExportForm,
    progress: Progress | None = None,
) -> int:
    """Write some rows (sequence numbers, ascending) to a file and return how many those were.

    Runs beside everything else, in short slices; `progress` is told rows done and rows in all.
    The file appears when it is complete. Cancel the task to end it: nothing is left then.
    OSError where the file cannot be written.
    """
    target = await asyncio.to_thread(_target_of, path)
    part = target.with_name(f".{target.name[:_NAME]}.{secrets.token_hex(8)}")
    handle = await asyncio.to_thread(os.open, part, _NEW, 0o666)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as out:
            await _write(out, log, rows, form, progress)
            out.flush()
            await asyncio.to_thread(os.fsync, out.fileno())
        await asyncio.to_thread(_put_in_place, part, target)
    finally:
        await asyncio.to_thread(part.unlink, missing_ok=True)
    return len(rows)


async def _write(
    out: IO[str],
    log: LogStore,
    rows: Sequence[int],
    form: ExportForm,
    progress: Progress | None,
) -> None:
    until = time.perf_counter() + BUDGET_S
    for done, text in enumerate(_texts(log, rows, form)):
        out.write(text)
        if time.perf_counter() >= until:
            if progress is not None:
                progress(min(done, len(rows)), len(rows))
            await asyncio.sleep(_PAUSE_S)
            until = time.perf_counter() + BUDGET_S
    if progress is not None:
        progress(len(rows), len(rows))


def _texts(log: LogStore, rows: Sequence[int], form: ExportForm) -> Iterator[str]:
    """Yield what comes first, one text for each row, and what comes last."""
    started, run_id = log.started, log.run_id
    lines = PlainLines(started, columns=True)
    yield page_head(run_id) if form == "html" else ""
    for row, raw in raw_rows(log, rows):
        if form == "text":
            yield lines.text(row, raw)
        elif form == "html":
            yield html_line(row, raw, started, style_at(log, row.seq))
        else:
            yield json.dumps(row_object(row, run_id), ensure_ascii=False) + "\n"
    yield FOOT if form == "html" else lines.end()


def _target_of(path: Path) -> Path:
    """Return the file that is to be replaced, behind links; OSError for what is no file."""
    target = path.resolve()
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if target.exists() and not target.is_file():  # a device or a pipe would be gone for good
        raise OSError(errno.EINVAL, "it is not a regular file", str(path))
    return target


def _put_in_place(part: Path, path: Path) -> None:
    """Have the complete file stand at its path; mode, owner and names of one there stay."""
    try:
        before = path.stat()
    except FileNotFoundError:
        part.replace(path)
        return
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    own = part.stat()
    if before.st_nlink > 1 or (own.st_uid, own.st_gid) != (before.st_uid, before.st_gid):
        with part.open("rb") as complete, path.open("r+b") as out:
            out.truncate()
            shutil.copyfileobj(complete, out)
        return
    part.chmod(stat.S_IMODE(before.st_mode))
    part.replace(path)
