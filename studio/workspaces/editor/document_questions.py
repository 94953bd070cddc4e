"""The two questions about versions of a text, asked with both beside each other."""

from enum import Enum

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from studio.look.appearance import Appearance
from studio.workspaces.editor.compare import Side, compare


def _say(text: str) -> str:
    return QCoreApplication.translate("DocumentQuestions", text)


class Conflict(Enum):
    """What is to become of two versions; the order is that of the buttons."""

    KEEP_MINE = 0
    TAKE_THEIRS = 1
    MERGE = 2


async def ask_conflict(
    parent: QWidget, appearance: Appearance, name: str, mine: str, theirs: str
) -> Conflict | None:
    """Ask which version of a file stays; None for neither, now."""
    choice = await compare(
        parent,
        appearance,
        _say("{0} was changed by another program, and here too.").format(name),
        (Side(_say("Here, not saved"), mine), Side(_say("In the file"), theirs)),
        (_say("Keep mine"), _say("Take theirs"), _say("Merge by hand")),
    )
    return None if choice is None else Conflict(choice)


async def ask_restore(
    parent: QWidget, appearance: Appearance, name: str, kept: str, shown: str
) -> bool | None:
    """Ask whether a text from before a crash comes back; None for no answer."""
    choice = await compare(
        parent,
        appearance,
        _say("Which text of {0} is to stay?").format(name),
        (Side(_say("Kept, not saved"), kept), Side(_say("In the file"), shown)),
        (_say("Restore"), _say("Discard what was kept")),
    )
    return None if choice is None else choice == 0
