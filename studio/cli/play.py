"""`playhead play`: one run, its log on the screen, and Stop by signal."""

import asyncio
from pathlib import Path
from typing import NamedTuple

from session.compose import build_service
from session.home import find_home
from session.log.entry import Severity
from session.settings import INTERACTIVE_GRACE_S, UNATTENDED_GRACE_S, SessionSettings
from studio.cli.playing import Playing
from studio.cli.show import HumanShow, JsonlShow, Show
from studio.cli.terminal import is_tty


class PlayOptions(NamedTuple):
    """What was asked for on the command line."""

    path: Path
    arguments: tuple[str, ...] = ()
    jsonl: bool = False
    times: bool = False
    verbose: bool = False


def play_project(options: PlayOptions) -> int:
    """Play a project to its end and return the exit code."""
    return asyncio.run(_play(options))


async def _play(options: PlayOptions) -> int:
    service = build_service(find_home(), SessionSettings(grace_s=_grace()))
    try:
        session = service.open(options.path)
        return await Playing(session, _show(options)).play(options.arguments)
    finally:
        await service.close()


def _grace() -> float:
    """Return how long a program may take to end: a person who waits, waits less."""
    return INTERACTIVE_GRACE_S if is_tty(0) or is_tty(1) else UNATTENDED_GRACE_S


def _show(options: PlayOptions) -> Show:
    if options.jsonl:
        return JsonlShow()
    severity = Severity.DEBUG if options.verbose else Severity.INFO
    return HumanShow(times=options.times, severity=severity)
