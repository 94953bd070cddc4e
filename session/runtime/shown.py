"""Makes names fit for a sentence: file and process names may hold anything at all. Pure."""

import re

_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_CHARACTER = "\ufffd"


def encodable(text: str) -> str:
    """Return text that can be written as UTF-8; what stands for no character is replaced."""
    return text if text.isascii() else _SURROGATE.sub(_NO_CHARACTER, text)


def shown(name: str) -> str:
    """Return a name on one line: nothing in it moves the cursor or hides another character."""
    if name.isprintable():
        return name
    return "".join(map(_shown, encodable(name)))


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")
