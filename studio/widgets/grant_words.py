"""What a grant lets a program do, in plain words: exactly that, with its paths and addresses. Pure.

A grant is a permission (`net`), or a part of one (`read=/some/folder`).
"""

import re
from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QCoreApplication

#: A word that no line could hold, and where it may be broken.
_LONG: Final = re.compile(r"(\S{24})(?=\S)")
_BREAK: Final = "\u200b"


def breakable(text: str) -> str:
    """Return a text whose long words, such as paths, a label may wrap."""
    return _LONG.sub(rf"\1{_BREAK}", text)


def _tr(text: str) -> str:
    return QCoreApplication.translate("GrantWords", text)


def grant_deed(grant: str) -> str:
    """Return what a grant allows, as it follows on “it may”."""
    permission, _, names = grant.partition("=")
    if not names:
        return _whole(permission)
    if permission == "write" and names == ".":
        return _tr("change the files of the project itself")
    text = {
        "net": _tr("use the network: {0}"),
        "read": _tr("read {0}"),
        "write": _tr("change {0}"),
        "run": _tr("start {0}"),
        "env": _tr("see your environment variables {0}"),
    }.get(permission, permission)
    return text.format(", ".join(filter(None, names.split(","))))


def _whole(permission: str) -> str:
    return {
        "net": _tr("use the network: every address and port"),
        "read": _tr("read every file of yours"),
        "write": _tr("change every file of yours"),
        "run": _tr("start other programs"),
        "env": _tr("see all your environment variables"),
        "display": _tr("open windows"),
        "audio": _tr("play and record sound"),
        "gpu": _tr("use the graphics card"),
    }.get(permission, permission)


def grant_risk(permission: str) -> str:
    """Return what a program could do with a permission that nobody would want; "" for nothing."""
    return {
        "net": _tr("What it can read, it can then send to anyone."),
        "read": _tr("Keys and passwords that lie there are read as well."),
        "write": _tr("What it changes or deletes there is changed for good."),
        "env": _tr("Keys and passwords are often kept in them."),
        "display": _tr("Under X11 it can then also see every key that is pressed in any window."),
        "audio": _tr("It can listen to the microphone."),
        "gpu": _tr("The driver of the card is open to it, and less guarded than the system."),
    }.get(permission, "")


def deeds(grants: Iterable[str]) -> str:
    """Return all that several grants allow, in one line."""
    return "; ".join(grant_deed(grant) for grant in grants)


def sentence(text: str) -> str:
    """Return a deed as a sentence of its own."""
    return f"{text[:1].upper()}{text[1:]}."
