"""Places in files that a text speaks of: traceback lines and `path:line:column`. Pure."""

import re
from typing import Final, NamedTuple

#: More of a text than this is not looked through.
_LIMIT: Final = 4096
_TRACEBACK: Final = re.compile(r'File "(?P<path>[^"\n]+)", line (?P<line>\d{1,9})')
_COMPILER: Final = re.compile(
    r"(?<![\w/.:\\-])"
    r"(?P<path>(?:[A-Za-z]:[\\/]|~?/|\.{1,2}/)?[\w.@+-]+(?:[\\/][\w.@+-]+)*\.[A-Za-z]\w{0,9})"
    r"(?::(?P<line>\d{1,9})(?::(?P<column>\d{1,9}))?|, line (?P<line2>\d{1,9}))(?![\w.])"
)


class LogLink(NamedTuple):
    """A place as the log names it; lines and columns count from 1."""

    path: str
    line: int | None = None
    column: int | None = None


class FoundLink(NamedTuple):
    """Where in a text a link stands, and where it leads."""

    start: int
    stop: int
    target: LogLink


def links_in(text: str) -> list[FoundLink]:
    """Return the links of a text, from left to right; they do not overlap."""
    text = text[:_LIMIT]
    found = [
        FoundLink(match.start(), match.end(), LogLink(match["path"], int(match["line"])))
        for match in _TRACEBACK.finditer(text)
        if not match["path"].startswith("<")
    ]
    for match in _COMPILER.finditer(text):
        if not any(match.start() < other.stop and other.start < match.end() for other in found):
            found.append(FoundLink(match.start(), match.end(), _target(match)))
    return sorted(found)


def link_at(text: str, position: int) -> FoundLink | None:
    """Return the link that a character of `text` belongs to."""
    return next((link for link in links_in(text) if link.start <= position < link.stop), None)


def _target(match: re.Match[str]) -> LogLink:
    line = match["line"] or match["line2"]
    return LogLink(match["path"], int(line), int(match["column"]) if match["column"] else None)
