"""One run in words: how it stands, why it ended, when and how long. Pure."""

import shlex
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from session.exit_info import Cause, ExitInfo, signal_name
from session.record import RunRecord
from session.state import SessionState
from studio.figures import clock, duration, moment, short_id


class StateWord(NamedTuple):
    """A state as it is shown: icon, token of the colour, and the word that says it."""

    icon: str
    role: str
    word: str


def _tr(text: str) -> str:
    return QCoreApplication.translate("Runs", text)


def state_word(record: RunRecord, *, live: bool) -> StateWord:
    """Return how a run stands; one without an end that nobody plays was lost with its Playhead."""
    if live:
        return StateWord("pulse", "play", _tr("live"))
    if record.ended is None:
        return StateWord("warning", "warning", _tr("lost"))
    return ended_word(record.state, record.exit)


def ended_word(state: SessionState, end: ExitInfo | None) -> StateWord:
    """Return how a run ended, in a word or two."""
    if state is SessionState.STOPPED:
        by_user = end is not None and end.cause is Cause.STOPPED_BY_USER
        word = _tr("stopped")
        return StateWord("stop", "muted", word) if by_user else StateWord("ok", "play", word)
    if state is SessionState.PREPARE_FAILED:
        return StateWord("error", "error", _tr("prepare failed"))
    return StateWord("error", "error", _tr("runtime failed"))


def why(record: RunRecord, *, live: bool) -> str:
    """Return why a run ended, as one sentence; "" for one that goes on."""
    if live:
        return ""
    if record.exit is None:
        return _tr("Playhead itself ended in the middle of this run.")
    return record.exit.message


def exit_number(end: ExitInfo | None) -> str:
    """Return the exit code or the signal in words; "" where there is neither."""
    if end is None:
        return ""
    if end.signal is not None:
        return signal_name(end.signal)
    return "" if end.code is None else _tr("exit code {}").format(end.code)


def took(record: RunRecord, *, live: bool, now: float) -> str:
    """Return how long a run took, or has taken so far."""
    if record.ended is not None:
        return duration(record.ended - record.started)
    return clock(now - record.started) if live else ""


def arguments(record: RunRecord) -> str:
    """Return the arguments as they would be typed, behind the configuration where one was used.

    They are all that the program was given; what Play was asked for where that is not known.
    """
    typed = shlex.join(record.args if record.played_args is None else record.played_args)
    return " ".join(filter(None, (record.configuration and f"[{record.configuration}]", typed)))


def command_line(record: RunRecord) -> str:
    """Return the command that plays the same again, to be pasted into a terminal.

    What it cannot say, `not_in_command` says.
    """
    parts = ["playhead", "play"]
    if record.configuration is not None:
        parts += ["--config", record.configuration]
    parts += [word for grant in record.grants for word in ("--grant", grant)]
    parts += ["--foreign"] if record.foreign else []
    parts += ["--reduced-isolation"] if record.reduced_isolation else []
    parts.append(str(record.project))
    return shlex.join(parts + (["--", *record.args] if record.args else []))


def not_in_command(record: RunRecord) -> str:
    """Return what `command_line` leaves out of what Play was asked for, as a sentence, or ""."""
    parts = []
    if record.env:
        names = ", ".join(name for name, _ in record.env)
        parts.append(_tr("the variables {}").format(names))
    if record.cwd is not None:
        parts.append(_tr("the working directory {}").format(record.cwd))
    if not parts:
        return ""
    text = _tr(
        "The copied command does not set {}: this run was given that beside its configuration. "
        "A configuration in the manifest can hold it, and `--config` plays that."
    )
    return text.format(_tr(" and ").join(parts))


def title(record: RunRecord, *, live: bool, now: float | None = None) -> str:
    """Return one line that tells a run from the others."""
    word = state_word(record, live=live).word
    parts = [moment(record.started, now), word]
    if record.exit is not None and (number := exit_number(record.exit)) and record.exit.code:
        parts.append(number)
    return " · ".join(parts)


def facts(record: RunRecord) -> str:
    """Return what is known of an ended run in a few figures."""
    parts = []
    if record.ended is not None:
        parts.append(duration(record.ended - record.started))
    parts.append(exit_number(record.exit))
    parts.append(short_id(record.content_id))
    return " · ".join(part for part in parts if part)
