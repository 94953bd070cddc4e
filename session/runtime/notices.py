"""What the runtime itself has to say about a run, as log entries. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from session.budget import Reached
from session.log.entry import NewEntry, Severity, Source
from session.rights import Rights
from session.runtime.harvest import Harvest
from session.runtime.platforms.seam import EndedProcess
from session.runtime.shown import shown
from session.runtime.sweep import Remains

#: How many names a sentence lists.
_PROCESSES = 8
_FILES = 5


def _notice(severity: Severity, message: str, *, code: str, hint: str | None = None) -> NewEntry:
    return NewEntry(Source.RUNTIME, severity, message, code=code, hint=hint)


def layers(report: Mapping[str, Any] | None) -> Iterator[NewEntry]:
    """Say what the launcher could not put on; nothing when all is in place."""
    gaps = ", ".join(report["gaps"]) if report else ""
    if gaps:
        message = f"Reduced on this platform: {gaps}."
        yield _notice(Severity.DEBUG, message, code="layers-missing")


def isolation(report: Mapping[str, Any] | None, rights: Rights) -> Iterator[NewEntry]:
    """Say how the program is kept apart, what it may do beyond, and what is missing."""
    if report is None:
        return
    granted = ", ".join(rights.granted)
    beyond = f", granted: {granted}" if granted else ""
    message = f"Isolation: {report['profile']}{beyond}."
    yield _notice(Severity.DEBUG, message, code="isolation")
    for name, reason in report["gaps"].items():
        message = f"Isolation lacks {name}: {shown(str(reason))}."
        yield _notice(Severity.DEBUG, message, code="isolation-gap")


def tool_isolation(report: Mapping[str, Any]) -> Iterator[NewEntry]:
    """Say how the tools of the preparation are kept apart, and what is missing."""
    gaps = [f"{name} ({shown(str(reason))})" for name, reason in report["gaps"].items()]
    missing = [gap for gap in gaps if not gap.startswith("namespaces ")]  # not asked for
    lacking = f"; lacking {', '.join(missing)}" if missing else ""
    message = f"Isolation of tools: {report['profile']}{lacking}."
    yield _notice(Severity.DEBUG, message, code="isolation")


def started(entry: str, hello: Mapping[str, Any], pid: int | None, seconds: float) -> NewEntry:
    """Say that the worker is up."""
    message = (
        f"Started {shown(entry)} with Python {hello.get('python')}"
        f" (pid {pid or hello.get('pid')}, {seconds * 1000:.0f} ms)."
    )
    return _notice(Severity.INFO, message, code="started")


def unwatched(names: Sequence[str]) -> Iterator[NewEntry]:
    """Say which budgets hold nobody back on this system."""
    if names:
        listed = ", ".join(f"`{name}`" for name in names)
        message = f"Not enforced on this system: the budget of {listed}."
        hint = "Here only `wall` and `output` are; watch the run and stop it yourself."
        yield _notice(Severity.WARNING, message, code="budget-not-enforced", hint=hint)


def reached(budget: Reached | None) -> Iterator[NewEntry]:
    """Mark the place where a budget was used up."""
    if budget is not None:
        yield _notice(Severity.ERROR, budget.message, code=budget.code, hint=budget.hint)


def last_words(words: str) -> Iterator[NewEntry]:
    """Show what an interpreter printed that never came up."""
    if words.strip():
        yield _notice(Severity.ERROR, words.strip(), code="interpreter-output")


def diagnostics_lost(reason: object) -> NewEntry:
    """Say that the events of the program cannot be read any more."""
    message = f"The worker's diagnostics cannot be read any more: {reason}."
    return _notice(Severity.WARNING, message, code="worker-wire")


def output_held(holders: Sequence[EndedProcess], streams: Iterable[str]) -> Iterator[NewEntry]:
    """Name who keeps the output of an ended program open."""
    if holders:
        what = " and ".join(streams)
        hold = "holds" if len(holders) == 1 else "hold"
        message = f"The program has ended; {names(holders)} still {hold} its {what}."
        yield _notice(Severity.WARNING, message, code="output-held")


def remains(found: Remains, worker: int | None, *, stopping: bool) -> Iterator[NewEntry]:
    """Name the processes that a program left running, and those that would not go."""
    left = [one for one in found.ended if one.pid != worker]
    count = found.total - (len(found.ended) - len(left))
    if left and not stopping:
        what = "process" if count == 1 else "processes"
        message = f"Ended {count} {what} that the program left running: {names(left)}."
        yield _notice(Severity.WARNING, message, code="left-running")
    if found.stuck:
        message = f"Could not be ended: {names(found.stuck)}."
        hint = "It is stuck in the kernel or belongs to another user; end it by its number."
        yield _notice(Severity.ERROR, message, code="cannot-be-ended", hint=hint)


def harvested(found: Harvest) -> Iterator[NewEntry]:
    """List what the program did to its view."""
    if found.written:
        listed = ", ".join(map(shown, found.written[:_FILES])) + _dots(found.written, _FILES)
        what = f"{len(found.written)} file{'' if len(found.written) == 1 else 's'}"
        message = f"The program wrote {what}, kept with the run: {listed}."
        yield _notice(Severity.INFO, message, code="written")
    if found.replaced or found.gone:
        message = "The program put something else in the place of its working folder."
        hint = "It was left alone, and what the program wrote was not kept."
        if found.gone:
            message = "The program moved its working folder away, or removed it."
            hint = "What the program wrote there was not kept."
        yield _notice(Severity.WARNING, message, code="view-replaced", hint=hint)
        return
    if found.deleted:
        what = f"{len(found.deleted)} file{'' if len(found.deleted) == 1 else 's'}"
        message = f"The program deleted {what} of its view."
        yield _notice(Severity.DEBUG, message, code="deleted")
    if found.left:
        message = f"{found.left} of the things that the program made could not be kept."
        yield _notice(Severity.WARNING, message, code="not-kept")


def names(processes: Sequence[EndedProcess]) -> str:
    """Return `name (pid)` of the first few."""
    return ", ".join(map(str, processes[:_PROCESSES])) + _dots(processes, _PROCESSES)


def _dots(listed: Sequence[object], most: int) -> str:
    return ", …" if len(listed) > most else ""
