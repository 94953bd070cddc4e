"""What the place that output goes to can show: decided once, from facts, without writing to it."""

import os
import sys
from collections.abc import Mapping
from typing import NamedTuple

_NARROWEST = 20
_USUAL = 80


class Terminal(NamedTuple):
    """What an output can show. `live` means that a line can be drawn again in place."""

    tty: bool = False
    colour: bool = False
    live: bool = False
    encoding: str = "utf-8"

    @property
    def unicode(self) -> bool:
        """Whether glyphs beyond ASCII can be written."""
        return self.encoding.lower().replace("-", "").startswith("utf8")


def judge(environ: Mapping[str, str], *, tty: bool, encoding: str = "utf-8") -> Terminal:
    """Return what an output can show. `NO_COLOR` beats `FORCE_COLOR`, and that the terminal."""
    capable = tty and environ.get("TERM", "") not in {"", "dumb"}
    return Terminal(tty, _coloured(environ, capable), capable, encoding)


def _coloured(environ: Mapping[str, str], capable: bool) -> bool:
    if environ.get("NO_COLOR"):
        return False
    forced = environ.get("FORCE_COLOR")
    if forced:
        return forced not in {"0", "false"}
    return capable


def terminal_of(fd: int) -> Terminal:
    """Return what the descriptor `fd` leads to."""
    stream = sys.stderr if fd == 2 else sys.stdout
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return judge(os.environ, tty=is_tty(fd), encoding=encoding)


def is_tty(fd: int) -> bool:
    """Whether `fd` is open and leads to a terminal."""
    try:
        return os.isatty(fd)
    except OSError:
        return False


def columns(fd: int) -> int:
    """Return the width of the terminal behind `fd`, asked anew; 80 where it does not say."""
    try:
        return max(os.get_terminal_size(fd).columns or _USUAL, _NARROWEST)
    except (OSError, ValueError):
        return _USUAL
