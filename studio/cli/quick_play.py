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
_CONFIGURATION: Final = ("--config", "-c")


def read_plain_play(arguments: Sequence[str]) -> PlayOptions | None:
    """Return what `play PATH [flags] [-c NAME] [-- ARGS]` asks for; None for anything else."""
    if not arguments or arguments[0] != "play":
        return None
    mine, programs = _split(arguments[1:])
    mine, configuration = _without_configuration(mine)
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
        configuration=configuration,
    )


def _without_configuration(words: Sequence[str]) -> tuple[Sequence[str], str | None]:
    """Take out one `--config NAME`; anything but a plain name is left for the library."""
    place = next((at for at, word in enumerate(words) if word in _CONFIGURATION), None)
    if place is None or place + 1 == len(words):
        return words, None
    name = words[place + 1]
    if name.startswith("-"):
        return words, None
    return [*words[:place], *words[place + 2 :]], name


def _split(arguments: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Return what stands before and what after the two hyphens."""
    if "--" not in arguments:
        return arguments, ()
    place = list(arguments).index("--")
    return arguments[:place], arguments[place + 1 :]
