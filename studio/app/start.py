"""The start of the studio: everything that can be said before Qt is loaded, then the studio.

Never prints; it takes callables. Imports no Qt itself, so that a machine without a display or
without Qt's system libraries gets a sentence.
"""

import os
import sys
from pathlib import Path

from studio.app.outcome import NOT_OPENED, Fail, Say
from studio.display import Obstacle, has_display, library_missing, no_display


def run_studio(path: str | None, say: Say, fail: Fail) -> int:
    """Open the studio, on a project if one is named; return the exit code when it is closed.

    Where a studio of the same home is open, that one is raised, and this returns at once.
    """
    whole = _whole(path) if path else None
    obstacle = _obstacle(whole)
    if obstacle is not None:
        fail(*obstacle)
        return NOT_OPENED
    from studio.app.opening import open_studio

    return open_studio(whole, say, fail)


def _whole(path: str) -> str:
    """Return a path from the root; as it is where the folder we stand in is gone."""
    expanded = Path(os.path.expanduser(path))  # noqa: PTH111 - `~nobody` stays as it is
    try:
        return os.fspath(expanded.absolute())
    except FileNotFoundError:
        return os.fspath(expanded)


def _obstacle(path: str | None) -> Obstacle | None:
    """Return what is in the way before Qt is asked; None: nothing that could be seen."""
    if not has_display(os.environ, sys.platform):
        return no_display(path)
    try:
        import PySide6.QtWidgets  # noqa: F401 - loads Qt's libraries, and with them the system's
    except ImportError as error:
        return library_missing(str(error))
    return None
