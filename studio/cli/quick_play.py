"""The plain form of `playhead play`, read without the command-line library.

That library costs as much to import as the whole of a short play. What is read here means
exactly what it means there (a test compares the two); whatever is not plain is left to it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from studio.cli.play_options import PlayOptions

_FLAGS: Final = {
    "--jsonl": "jsonl",
    "--times": "times",
    "-t": "times",
    "--verbose": "verbose",
    "-v": "verbose",
}


def read_plain_play(arguments: Sequence[str]) -> PlayOptions | None:
    """Return what `play PATH [flags] [-- ARGS]` asks for; None for any other command line."""
    if not arguments or arguments[0] != "play":
        return None
    mine, programs = _split(arguments[1:])
    flags = {_FLAGS[word] for word in mine if word in _FLAGS}
    others = [word for word in mine if word not in _FLAGS]
    if not others or any(word.startswith("-") for word in others):
        return None
    path, *more = others
    return PlayOptions(
        Path(path),
        (*more, *programs),
        jsonl="jsonl" in flags,
        times="times" in flags,
        verbose="verbose" in flags,
    )


def _split(arguments: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Return what stands before and what after the two hyphens."""
    if "--" not in arguments:
        return arguments, ()
    place = list(arguments).index("--")
    return arguments[:place], arguments[place + 1 :]
