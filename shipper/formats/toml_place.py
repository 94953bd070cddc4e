"""Where a key of a TOML text stands; `tomllib` keeps no positions. Pure, best effort."""

import re

_TABLE = re.compile(r"^\s*\[+\s*([^\]]+?)\s*\]+")
_KEY = re.compile(r"^(\s*)([A-Za-z0-9_\-.\"' ]+?)\s*=")


def find_key(text: str, dotted: str) -> tuple[int, int] | None:
    """Return line and column (from 1) of the deepest part of `dotted` that can be found."""
    wanted = dotted.split(".")
    best: tuple[int, tuple[int, int]] | None = None
    table: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        here, column = table, 1
        if header := _TABLE.match(line):
            here = table = _parts(header[1])
        elif key := _KEY.match(line):
            here, column = table + _parts(key[2]), len(key[1]) + 1
        else:
            continue
        depth = len(here)
        if here == wanted[:depth] and (best is None or depth > best[0]):
            best = (depth, (number, column))
    return best[1] if best else None


def find_text(text: str, value: str, start: int) -> tuple[int, int] | None:
    """Return line and column (from 1) of a quoted string, from line `start` on."""
    for number, line in enumerate(text.split("\n")[start - 1 :], start=start):
        for quote in "\"'":
            if (at := line.find(f"{quote}{value}{quote}")) >= 0:
                return number, at + 1
    return None


def _parts(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]
