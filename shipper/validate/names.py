"""Whether the paths of an image mean the same on every platform. Pure."""

import unicodedata
from collections.abc import Iterable

_DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³"
}
_FORBIDDEN = set('<>:"|?*\\')
_LONGEST = 240
_DEEPEST = 16


def portability_fault(path: str) -> str | None:
    """Return what keeps a path from being portable, as the end of a sentence; None if nothing."""
    if len(path.encode()) > _LONGEST:
        return f"is longer than {_LONGEST} bytes"
    parts = path.split("/")
    if len(parts) > _DEEPEST:
        return f"lies more than {_DEEPEST} folders deep"
    if unicodedata.normalize("NFC", path) != path:
        return "is spelled with letters and accents apart (not in Unicode form NFC)"
    return next((fault for part in parts if (fault := _part_fault(part))), None)


def _part_fault(part: str) -> str | None:
    for letter in part:
        if letter in _FORBIDDEN:
            return f"contains `{letter}`"
        if unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp"):
            return f"contains the invisible character U+{ord(letter):04X}"
    if part.endswith((".", " ")):
        return "ends in a dot or a space"
    if part.split(".")[0].rstrip().lower() in _DEVICES:
        return "is the name of a device on Windows"
    return None


def collisions(paths: Iterable[str]) -> list[tuple[str, str]]:
    """Return (path, earlier path) where two differ only in case or in how letters are encoded.

    Folders count like files: `Data/a` and `data/b` would lie in one folder elsewhere.
    """
    seen: dict[str, str] = {}
    told: set[str] = set()
    found = []
    for path in paths:
        for part in _with_folders(path):
            key = unicodedata.normalize("NFKC", part).casefold()
            first = seen.setdefault(key, part)
            if first != part and part not in told:
                told.add(part)
                found.append((part, first))
    return found


def _with_folders(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
