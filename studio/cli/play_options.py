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
