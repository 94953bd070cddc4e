"""The patterns of `include`, `exclude` and `assets`. Pure.

A pattern with a slash is anchored at the project folder; one without matches a name at any
depth. `*` and `?` stop at a slash, `**` does not. What matches a folder matches all below it.
"""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache


class Patterns:
    """A set of patterns, asked about one path at a time."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self.texts = tuple(patterns)

    def __bool__(self) -> bool:
        return bool(self.texts)

    def matching(self, path: str) -> str | None:
        """Return the first pattern that matches `path` (with slashes), or None."""
        return next((text for text in self.texts if matches(text, path)), None)

    def names_folder(self, path: str) -> bool:
        """Tell whether a pattern names this folder in so many words, itself or on the way."""
        return any(_names_folder(text, path) for text in self.texts)


def matches(pattern: str, path: str) -> bool:
    """Tell whether the pattern matches the path or a folder above it."""
    return bool(_compile(pattern).fullmatch(path))


@lru_cache(maxsize=512)
def _compile(pattern: str) -> re.Pattern[str]:
    text = pattern.removeprefix("./").rstrip("/")
    anchored = "/" in text
    text = text.removeprefix("/")
    parts = [_part(part) for part in re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]/]+\])", text)]
    return re.compile(("" if anchored else "(?:.*/)?") + "".join(parts) + "(?:/.*)?", re.DOTALL)


def _part(part: str) -> str:
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    if part in known:
        return known[part]
    if part.startswith("[") and part.endswith("]") and len(part) > 2:
        inner = part[1:-1].replace("\\", "\\\\").replace("[", "\\[")
        inner = "^" + inner[1:] if inner.startswith("!") else inner
        try:
            return re.compile(f"[{inner}]").pattern
        except re.error:  # such as `[z-a]`: then it is meant literally
            return re.escape(part)
    return re.escape(part)


def _names_folder(pattern: str, path: str) -> bool:
    wanted = pattern.removeprefix("./").strip("/").split("/")
    folder = path.split("/")
    if len(wanted) == 1 and "/" not in pattern.strip("/"):
        return wanted[0].strip("*") != "" and fnmatchcase(folder[-1], wanted[0])
    pairs = list(zip(wanted, folder, strict=False))
    return len(wanted) >= len(folder) and all(
        part.strip("*") != "" and fnmatchcase(name, part) for part, name in pairs
    )
