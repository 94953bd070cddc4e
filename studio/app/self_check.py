"""Tries the isolation out once per start of the machine, when nobody waits for anything.

It plays on the window's loop as every run does: the work is in processes, and the end of the
studio is the end of them.
"""

import asyncio
import os
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from session.log.entry import Severity
from studio.desk import Desk

if TYPE_CHECKING:
    from session.runtime.self_test import SelfTest

#: How long nothing may have run before it is tried, and between two looks, in seconds.
_IDLE_S: Final = 8.0
#: Set to `off`, it is not tried at all; to a number, that is the idle time before it.
VARIABLE: Final = "PLAYHEAD_SELF_TEST"


async def check_isolation(desk: Desk) -> None:
    """Find out, or remember, whether the isolation holds on this machine; tell it to the desk."""
    wish = os.environ.get(VARIABLE, "")
    if wish == "off":
        return
    from session.runtime.boot_test import keep_result, known_result

    result = await asyncio.to_thread(known_result, desk.home)
    if result is None:
        await _idle(desk, float(wish) if wish.replace(".", "", 1).isdigit() else _IDLE_S)
        from session.runtime.self_test import self_test

        result = await self_test()
        await asyncio.to_thread(keep_result, desk.home, result)
    desk.isolation.learn(result)
    if desk.isolation.failed:
        _tell(desk, result)


async def _idle(desk: Desk, seconds: float) -> None:
    """Wait until no run has been under way for a while."""
    while True:
        await asyncio.sleep(seconds)
        sessions = desk.service.sessions if desk.service is not None else ()
        if not any(session.under_way for session in sessions):
            return


def _tell(desk: Desk, result: "SelfTest") -> None:
    if result.failure:
        text = QCoreApplication.translate("Studio", "The isolation could not be tried out: {0}.")
        said = text.format(result.failure.rstrip("."))
    else:
        text = QCoreApplication.translate("Studio", "The isolation does not hold here: {0}.")
        can = QCoreApplication.translate("Studio", "a program could {0}")
        said = text.format(can.format(", ".join(result.escaped)))
    advice = QCoreApplication.translate(
        "Studio", "Play only what you trust. `playhead doctor` tries it again."
    )
    desk.notices.post(said, Severity.WARNING, advice)
