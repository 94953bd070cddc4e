"""Whether a name can be given to a file or folder, and if not, why. Pure."""

from collections.abc import Collection
from pathlib import PurePath

from PySide6.QtCore import QCoreApplication

#: The longest name that the common file systems take, in bytes.
NAME_BYTES = 255


def fault_in_name(name: str, taken: Collection[str]) -> str | None:
    """Return a sentence on what is wrong with a name beside the `taken` ones; None if nothing."""

    def say(text: str) -> str:
        return QCoreApplication.translate("FileName", text)

    if not name.strip():
        return say("A name is needed.")
    if name in (".", ".."):
        return say("`{0}` stands for a folder itself; choose another name.").format(name)
    if "\0" in name or any(ord(letter) < 32 for letter in name):
        return say("A name cannot hold control characters.")
    if "/" in name:
        return say("A name cannot hold `/`. Make the folder first, then the file in it.")
    if len(name.encode("utf-8", "surrogatepass")) > NAME_BYTES:
        return say("The name is too long: at most {0} bytes.").format(NAME_BYTES)
    if name in taken:
        return say("`{0}` exists here already.").format(name)
    return None


def free_name(name: str, taken: Collection[str]) -> str:
    """Return the name, with a number before its suffix if it is taken: `level 2.py`."""
    if name not in taken:
        return name
    path = PurePath(name)
    number = 2
    while (candidate := f"{path.stem} {number}{path.suffix}") in taken:
        number += 1
    return candidate
