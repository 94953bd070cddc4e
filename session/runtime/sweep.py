"""The end of every process of a run, confirmed: by its launcher, or from here if that is lost."""

import asyncio
from collections.abc import Collection
from typing import NamedTuple

from session.ports import ProcessIdentity
from session.runtime.launcher_process import LauncherProcess
from session.runtime.platforms.seam import EndedProcess, Platform
from session.worker.sweeping import DEADLINE_S

#: How long a launcher may take to say that it has understood.
ANSWER_S = 1.0
#: After a natural end: how long processes that are about to leave are given to do so.
PATIENCE_S = 0.1


class Remains(NamedTuple):
    """What was still alive at the end. `total` is exact, the tuples name the first few.

    `launcher_lost`: it was ended, or told to leave, from outside.
    """

    total: int
    ended: tuple[EndedProcess, ...]
    stuck: tuple[EndedProcess, ...]
    launcher_lost: bool


async def sweep(
    launcher: LauncherProcess,
    platform: Platform,
    marks: Collection[str],
    identities: tuple[ProcessIdentity, ...],
    patience_s: float = 0.0,
) -> Remains:
    """End everything; done when the launcher is gone too and nothing of the run is found.

    `marks` are the run ids that its processes are known by.
    """
    known = (*identities, *platform.survey(launcher.pid), *_first_of(launcher, platform))
    launcher.sweep(patience_s)
    await asyncio.wait({launcher.sweeping}, timeout=ANSWER_S)
    if not launcher.sweeping.done():
        launcher.kill()  # stopped or stuck: it cannot do its work any more
    await asyncio.wait({launcher.gone}, timeout=DEADLINE_S + ANSWER_S)
    if not launcher.gone.done():
        launcher.kill()
        await launcher.gone
    report = launcher.swept.result()
    ended = report.ended if report else ()
    strays: tuple[EndedProcess, ...] = ()
    if report is None or _reduced(launcher):
        strays = tuple(await asyncio.to_thread(platform.end, marks, known))
    stuck = report.stuck if report else ()
    if strays:
        alive = await asyncio.to_thread(platform.find, marks, known)
        stuck = (*stuck, *(one for one in alive if one not in stuck))
    total = (report.total if report else 0) + len(strays)
    return Remains(
        total, (*ended, *strays), stuck, launcher_lost=report is None or not report.asked
    )


def _first_of(launcher: LauncherProcess, platform: Platform) -> tuple[ProcessIdentity, ...]:
    """The first process of the run's namespace: ours to reap when its launcher is lost."""
    if launcher.first is None:
        return ()
    return (platform.identify(launcher.first) or ProcessIdentity(launcher.first, "dead by now"),)


def _reduced(launcher: LauncherProcess) -> bool:
    """Whether the launcher said that a mechanism is missing, so that it may not reach all."""
    report = launcher.launched.result()
    return report is None or bool(report["gaps"])
