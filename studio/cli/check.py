"""`playhead check`: a preparation without a run, and every finding of it."""

import asyncio
import contextlib
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from session.compose import build_service
from session.errors import PrepareFailed
from session.home import find_home
from session.log.entry import NewEntry, Severity
from session.ports import Stopped
from studio.cli.console import say
from studio.cli.exit_code import PLAYHEAD_FAILED
from studio.cli.live_line import LiveLine
from studio.cli.program_text import safe
from studio.cli.show import PATIENCE_S
from studio.cli.signals import EndingSignals
from studio.cli.terminal import columns, terminal_of
from studio.cli.theme import Theme
from studio.figures import since_play
from studio.row_words import without_place

_TICK_S: Final = 0.1


def check_project(path: Path) -> int:
    """Prepare the project, print what was found and return 0, or 125 when it cannot be played."""
    return asyncio.run(_Check(path).run())


class _Check:
    """One preparation that is not followed by a run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._terminal = terminal_of(1)
        self._theme = Theme(self._terminal.colour, self._terminal.unicode)
        self._entries: list[NewEntry] = []
        self._received: int | None = None

    async def run(self) -> int:
        """Prepare, print, and return the exit code."""
        work = asyncio.ensure_future(self._prepare())
        with EndingSignals(lambda number: self._signalled(number, work)):
            await self._watch(work)
        if self._received is not None:
            return 128 + self._received
        failure = work.result()
        findings = list_findings(self._entries, failure)
        say("".join(finding_text(entry, self._theme) + "\n" for entry in findings), end="")
        say(summary(findings, failed=failure is not None))
        return PLAYHEAD_FAILED if failure is not None else 0

    async def _prepare(self) -> PrepareFailed | None:
        service = build_service(find_home())
        try:
            await service.check(self._path, self._entries.append)
        except PrepareFailed as error:
            return error
        return None

    async def _watch(self, work: "asyncio.Task[PrepareFailed | None]") -> None:
        """Wait for the work; a person who waits sees that something goes on."""
        started = time.monotonic()
        line = LiveLine()
        while not work.done():
            await asyncio.wait({work}, timeout=_TICK_S)
            passed = time.monotonic() - started
            if self._terminal.live and passed > PATIENCE_S and not work.done():
                say(line.show(self._passing(passed), columns(1), whole=False), end="")
        say(line.clear(), end="")
        with contextlib.suppress(asyncio.CancelledError, Stopped):
            await work

    def _passing(self, passed: float) -> str:
        last = self._entries[-1].message if self._entries else "checking"
        return f"{since_play(passed)[:-2]}   {safe(last.partition(chr(10))[0], colour=False)}"

    def _signalled(
        self, number: signal.Signals, work: "asyncio.Task[PrepareFailed | None]"
    ) -> None:
        self._received = self._received or number
        work.cancel()


def list_findings(entries: Sequence[NewEntry], failure: PrepareFailed | None) -> Sequence[NewEntry]:
    """Return what a reader has to know: warnings and errors, and a failure that left none."""
    findings = [entry for entry in entries if entry.severity >= Severity.WARNING]
    errors = any(entry.severity is Severity.ERROR for entry in findings)
    if failure is not None and not errors:
        source = entries[-1].source if entries else None
        findings.append(_as_entry(failure, source))
    return findings


def _as_entry(failure: PrepareFailed, source: object) -> NewEntry:
    from session.log.entry import Source

    known = source if isinstance(source, Source) else Source.BUILD
    return NewEntry(known, Severity.ERROR, failure.message, code=failure.code, hint=failure.hint)


def finding_text(entry: NewEntry, theme: Theme) -> str:
    """Return a finding: glyph, place, sentence and code, and its hint on a line of its own."""
    place = f"{entry.location}: " if entry.location else ""
    code = theme.dim(f" [{entry.code}]") if entry.code else ""
    message = safe(without_place(entry.message.rstrip("\n"), entry.location), colour=False)
    text = f"{place}{theme.severity(entry.severity)} {message}{code}"
    return text + (theme.dim(f"\n  {entry.hint}") if entry.hint else "")


def summary(findings: Sequence[NewEntry], *, failed: bool) -> str:
    """Return the last line: how much was found and whether the project can be played."""
    errors = sum(entry.severity is Severity.ERROR for entry in findings)
    warnings = len(findings) - errors
    counts = [_count(errors, "error"), _count(warnings, "warning")]
    found = ", ".join(text for text in counts if text) or "nothing to mend"
    return f"{found}; the project {'cannot' if failed else 'can'} be played"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}" if number else ""
