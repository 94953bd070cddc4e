"""What `playhead play` was asked for."""

from pathlib import Path
from typing import NamedTuple


class PlayOptions(NamedTuple):
    """The command line of `playhead play`, read."""

    path: Path
    arguments: tuple[str, ...] = ()
    jsonl: bool = False
    times: bool = False
    verbose: bool = False
    configuration: str | None = None
    grants: tuple[str, ...] = ()
    foreign: bool = False
    reduced_isolation: bool = False


def grants_of(text: str) -> list[str]:
    """Return the permissions of one `--grant`: several between commas, or a part of one."""
    if "=" in text:
        return [text]
    return [name for name in text.split(",") if name]
