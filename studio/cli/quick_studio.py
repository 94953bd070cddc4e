"""The plain forms of `playhead studio`, read without the command-line library.

As with `quick_play`: what is read here means exactly what it means there, and the library would
cost more time than the window's first frame.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

#: Opens the window, on a project if one is named; returns the exit code.
OpenStudio = Callable[[str | None], int]


class StudioOptions(NamedTuple):
    """What the studio is to be opened on."""

    path: str | None = None


def read_plain_studio(arguments: Sequence[str], *, display: bool) -> StudioOptions | None:
    """Return what `playhead`, `playhead studio` and `playhead studio PATH` ask for; else None.

    Without a `display`, `playhead` alone shows the help.
    """
    if not arguments:
        return StudioOptions() if display else None
    if arguments[0] != "studio" or len(arguments) > 2:
        return None
    if any(word.startswith("-") or not word for word in arguments[1:]):
        return None
    return StudioOptions(*arguments[1:])
