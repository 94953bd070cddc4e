"""A program's line as a terminal may safely show it: its colours stay, what moves the cursor goes.

Pure. A line keeps what follows its last carriage return, as a terminal would show it.
"""

import re
from typing import Final

from studio.cli.theme import RESET

_UNSAFE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")
#: An escape sequence: CSI; OSC, DCS, PM, APC or SOS up to its end; two characters; or a cut one.
_ESCAPE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|(?=\x1b)|$)"
    r"|\x1b(?!\[)[ -/]*[0-~]"
    r"|(?:\x1b\[?|\x9b)[0-?]*[ -/]*"
)
_SGR = re.compile(r"\x1b\[[0-9;:]*m")
_RESETS: Final = re.compile(r"\x1b\[(?:0*|0*;0*)m")
_CARRY_LIMIT = 256


def is_plain(text: str) -> bool:
    """Whether `text` holds nothing that a terminal would act upon."""
    return _UNSAFE.search(text) is None


def last_overwrite(text: str) -> str:
    """Return what a terminal shows of a line with carriage returns: its last segment."""
    return text.rstrip("\r").rpartition("\r")[2]


def safe(text: str, *, colour: bool = True) -> str:
    """Return `text` without anything but its colours that a terminal would act upon."""
    if is_plain(text):
        return text
    text = last_overwrite(text)
    text = _ESCAPE.sub(lambda found: _kept(found.group(), colour), text)
    if "\x1b" not in text:
        return _UNSAFE.sub("", text)
    pieces = re.split(r"(\x1b\[[0-9;:]*m)", text)
    return "".join(p if p.startswith("\x1b") else _UNSAFE.sub("", p) for p in pieces)


def _kept(sequence: str, colour: bool) -> str:
    return sequence if colour and _SGR.fullmatch(sequence) else ""


class Colours:
    """The colours that a program has switched on, carried from one of its lines to the next."""

    def __init__(self) -> None:
        self._carried = ""

    def dress(self, text: str) -> str:
        """Return `text` (made safe) with the colours of the lines before, reset at its end."""
        if not self._carried and "\x1b" not in text:
            return text
        line = self._carried + text
        self._carried = _still_on(line)
        return line + RESET

    def preview(self, text: str) -> str:
        """Return `text` dressed like a line, without taking note of it."""
        line = self._carried + text
        return line + RESET if "\x1b" in line else line


def _still_on(line: str) -> str:
    on: list[str] = []
    for sequence in _SGR.findall(line):
        if _RESETS.fullmatch(sequence):
            on.clear()
        else:
            on.append(sequence)
    carried = "".join(on)
    return carried if len(carried) <= _CARRY_LIMIT else ""


def visible(text: str) -> str:
    """Return `text` without its colours."""
    return _SGR.sub("", text) if "\x1b" in text else text
