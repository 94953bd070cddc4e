"""What the card of a run says, while it plays and after. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from session.exit_info import Cause
from session.record import RunRecord
from session.runtime.liveness import BUSY, SILENT
from session.state import SessionState
from studio.figures import clock, size
from studio.widgets.grant_words import deeds
from studio.widgets.log_view.links import LogLink, links_in
from studio.widgets.runs.words import ended_word, facts
from studio.widgets.runs.written import WrittenFiles


class CardText(NamedTuple):
    """One card. `icon` and `role` are names of the look; `detail` is shown when expanded."""

    icon: str
    role: str
    state: str
    message: str
    facts: str = ""
    detail: str = ""
    written: str = ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("RunCard", text)


def ended_card(record: RunRecord, written: WrittenFiles | None) -> CardText:
    """Return the card of a run that is over."""
    word = ended_word(record.state, record.exit)
    message = record.exit.message if record.exit else _tr("Playhead ended in the middle of it.")
    message = without_word(message, word.word)
    detail = (record.exit.next_step if record.exit else None) or ""
    return CardText(
        word.icon, word.role, word.word, message, facts(record), detail, written_words(written)
    )


def without_word(message: str, word: str) -> str:
    """Return a sentence without the word that stands before it anyway."""
    if not message.lower().startswith(f"{word} "):
        return message
    rest = message[len(word) + 1 :]
    return rest[:1].upper() + rest[1:]


def place_of(record: RunRecord) -> LogLink | None:
    """Return the place that a run's end names."""
    if record.exit is None or record.exit.cause not in {Cause.EXCEPTION, Cause.OUT_OF_MEMORY}:
        return None
    return next((found.target for found in links_in(record.exit.message)), None)


def active_card(
    state: SessionState, elapsed_s: float, *, asking: bool = False, health: str = ""
) -> CardText:
    """Return the card of a run that goes on; `asking`: it waits for the user's answer.

    `health` is `silent` or `busy` where its Python does not answer, and "" where it does.
    """
    if health == SILENT:
        message = _tr("It does not answer any more, and does nothing.")
        return CardText("pulse", "warning", _tr("not answering"), message, clock(elapsed_s))
    if asking:
        message = _tr("Waits for your answer: what may it do?")
        return CardText("shield", "warning", _tr("asking"), message, clock(elapsed_s))
    role = "play" if state is SessionState.RUNNING else "link"
    message = _tr("Works, and does not answer meanwhile.") if health == BUSY else ""
    return CardText("pulse", role, state.value.replace("_", " "), message, clock(elapsed_s))


def stopping_card(
    state: SessionState, elapsed_s: float, asked_s: float, grace_s: float
) -> CardText:
    """Return the card of a run that was asked to stop `asked_s` ago: what it waits for."""
    return CardText(
        "stop", "warning", _tr("stopping"), _waits_for(state, grace_s - asked_s), clock(elapsed_s)
    )


def _waits_for(state: SessionState, left_s: float) -> str:
    if state is not SessionState.RUNNING:
        return _tr("Ending what prepares it.")
    if left_s > 0:
        text = _tr("Asked to stop, {:.1f} s of its grace left; press Stop again to end it now.")
        return text.format(left_s)
    return _tr("Its grace is over; its processes are being ended.")


def written_words(written: WrittenFiles | None) -> str:
    """Return what a run wrote in a few words; "" for nothing."""
    if written is None or not written.files:
        return ""
    files = _tr("wrote 1 file") if written.files == 1 else _tr("wrote {} files")
    return f"{files.format(f'{written.files:,}')}, {size(written.size)}"


def grants_in_words(denied: Sequence[str]) -> str:
    """Return the permissions that a run lacked in a few words; "" for none."""
    return ", ".join(dict.fromkeys(grant.partition("=")[0] for grant in denied))


def granting(denied: Sequence[str]) -> str:
    """Return exactly what is granted for good by the offer to grant it."""
    text = _tr("“Grant {0} and play again” lets it from now on: {1}.")
    return text.format(grants_in_words(denied), deeds(denied)) if denied else ""


def needs_reduced(record: RunRecord) -> bool:
    """Whether a run was refused for layers that this machine does not have."""
    return record.exit is not None and record.exit.cause is Cause.ISOLATION_MISSING


def has_error(record: RunRecord) -> bool:
    """Whether there is an error in the log to be looked at."""
    if record.exit is None:
        return True
    return record.exit.cause not in {Cause.FINISHED, Cause.STOPPED_BY_USER}
