"""Work that a widget begins, and that is pointless once the widget is gone."""

from collections.abc import Coroutine
from typing import Any

import shiboken6
from PySide6.QtCore import QObject

from studio import loop


def start(owner: QObject, work: Coroutine[Any, Any, Any]) -> None:
    """Run `work` beside everything else, unless its owner is destroyed before it begins.

    Work that waits for something looks itself whether its owner is still there.
    """
    loop.start(_while_alive(owner, work))


async def _while_alive(owner: QObject, work: Coroutine[Any, Any, Any]) -> None:
    if shiboken6.isValid(owner):
        await work
    else:
        work.close()
