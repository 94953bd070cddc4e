"""Remembers when an environment was used last: a file beside it, touched now and then.

On the way of every Play: one look at a file, and a write once an hour at most.
"""

import os
import time
from contextlib import suppress
from pathlib import Path

#: How old the mark may become before it is set again.
_FRESH_S = 3600


def note_use(cache: Path, python: Path) -> None:
    """Note that this interpreter is played with; only those of kept environments count."""
    prefix = f"{cache}{os.sep}environments{os.sep}"
    path = os.fspath(python)
    if not path.startswith(prefix):
        return
    mark = prefix + path[len(prefix) :].partition(os.sep)[0] + ".used"
    try:
        fresh = time.time() - os.stat(mark).st_mtime < _FRESH_S  # noqa: PTH116 - hot path
    except OSError:
        fresh = False
    if not fresh:
        with suppress(OSError):  # a cache that cannot be written goes without
            Path(mark).touch()


def last_use(folder: Path, otherwise: Path) -> float:
    """Return when the environment was used last, in seconds; at least when it was finished."""
    times = [0.0]
    for path in (folder.with_name(folder.name + ".used"), otherwise):
        with suppress(OSError):
            times.append(path.stat().st_mtime)
    return max(times)
