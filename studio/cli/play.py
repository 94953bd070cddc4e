"""`playhead play`: one run, its log on the screen, and Stop by signal."""

import asyncio
from collections.abc import Sequence

from session.compose import build_service
from session.home import find_home
from session.log.entry import Severity
from session.play_request import PlayRequest
from session.recovery import RecoveredRun
from session.settings import INTERACTIVE_GRACE_S, UNATTENDED_GRACE_S, SessionSettings
from studio.cli.console import complain
from studio.cli.play_options import PlayOptions
from studio.cli.playing import Playing
from studio.cli.show import HumanShow, JsonlShow, Show
from studio.cli.terminal import is_tty


def play_project(options: PlayOptions) -> int:
    """Play a project to its end and return the exit code."""
    return asyncio.run(_play(options))


async def _play(options: PlayOptions) -> int:
    unattended = not _somebody_is_there()
    grace_s = UNATTENDED_GRACE_S if unattended else INTERACTIVE_GRACE_S
    service = build_service(find_home(), SessionSettings(grace_s=grace_s, unattended=unattended))
    tell_recovered(service.recover())
    try:
        session = service.open(options.path)
        request = PlayRequest(
            options.arguments,
            options.configuration,
            grants=options.grants,
            foreign=options.foreign,
            reduced_isolation=options.reduced_isolation,
        )
        return await Playing(session, _show(options)).play(request)
    finally:
        await service.close()


def tell_recovered(runs: Sequence[RecoveredRun]) -> None:
    """Say on standard error which runs a killed Playhead had left, and that they are tidied."""
    for run in runs:
        reason = run.record.exit.message if run.record.exit else ""
        complain(f"Run {run.record.run_id} of {run.record.project.name}: {reason}")


def _somebody_is_there() -> bool:
    """Whether a person sees what happens; who waits, waits less for a program to end."""
    return is_tty(0) or is_tty(1)


def _show(options: PlayOptions) -> Show:
    if options.jsonl:
        return JsonlShow()
    severity = Severity.DEBUG if options.verbose else Severity.INFO
    return HumanShow(times=options.times, severity=severity)
