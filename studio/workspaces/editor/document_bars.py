"""What the bar above a text says about each concern. Words and buttons; decides nothing."""

import time
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from studio.documents.errors import NotEncodable
from studio.workspaces.editor.bar import BarAction, BarText
from studio.workspaces.editor.document_facts import Concern, DocumentFacts, Foreign


def _say(text: str) -> str:
    return QCoreApplication.translate("DocumentBars", text)


class Offers(NamedTuple):
    """What a document can do about its concerns."""

    save_again: Callable[[], object]
    save_as: Callable[[], object]
    compare: Callable[[], object]
    keep_mine: Callable[[], object]
    take_theirs: Callable[[], object]
    restore: Callable[[], object]
    compare_kept: Callable[[], object]
    discard: Callable[[], object]
    save_as_utf8: Callable[[], object]


def bar_text(concern: Concern, facts: DocumentFacts, name: str, digest: str, do: Offers) -> BarText:
    """Return the bar of a concern; `digest` is that of the file as it was read."""
    match concern:
        case Concern.NOT_SAVED:
            return _not_saved(facts, do)
        case Concern.CONFLICT if facts.foreign is not None:
            return _foreign(facts.foreign, name, do)
        case Concern.CONFLICT:
            text = _say("{0} was changed by another program, and here too.").format(name)
            actions = (
                BarAction(_say("Compare"), do.compare),
                BarAction(_say("Keep mine"), do.keep_mine),
                BarAction(_say("Take theirs"), do.take_theirs),
            )
            return BarText(text, actions, "warning", "warning", closable=False)
        case Concern.GONE:
            text = _say("{0} was deleted or moved. The text is still here.").format(name)
            again = (BarAction(_say("Save again"), do.save_again),)
            return BarText(text, again, "warning", "warning", closable=False)
        case Concern.RECOVERED:
            return _recovered(facts, digest, do)
        case _:
            return _remark(concern, facts, name, do)


def _remark(concern: Concern, facts: DocumentFacts, name: str, do: Offers) -> BarText:
    """What is good to know, and can be dismissed."""
    if concern is Concern.STALE_RUN:
        text = _say("{0} changed since that run: the line may be another one.").format(name)
        return BarText(text, (), "clock", "warning")
    if concern is Concern.READ_ONLY:
        actions = (BarAction(_say("Save as…"), do.save_as),)
        return BarText(_say("{0} cannot be written to.").format(name), actions, "lock", "muted")
    if concern is Concern.NOTEBOOK:
        text = _say("This is a notebook's file as text. Play runs its cells in order.")
        return BarText(text, (), "file-notebook", "muted")
    return BarText(facts.notice)


def _foreign(foreign: Foreign, name: str, do: Offers) -> BarText:
    """There is nothing to compare with: it is no text."""
    text = _say("{0} was changed by another program, and here too.").format(name)
    actions = (
        BarAction(_say("Save as…"), do.save_as),
        BarAction(_say("Keep mine"), do.keep_mine),
    )
    said = f"{text} {foreign.error.message}"
    return BarText(said, actions, "warning", "warning", closable=False)


def _not_saved(facts: DocumentFacts, do: Offers) -> BarText:
    failure = facts.failure
    text = f"{failure.message} {failure.hint}" if failure is not None else ""
    again = BarAction(_say("Retry"), do.save_again)
    if isinstance(failure, NotEncodable) and not failure.declared:
        again = BarAction(_say("Save as UTF-8"), do.save_as_utf8)
    actions = (
        again,
        BarAction(_say("Save as…"), do.save_as),
    )
    return BarText(text, actions, "error", "error", closable=False)


def _recovered(facts: DocumentFacts, digest: str, do: Offers) -> BarText:
    recovered = facts.recovered
    at = time.localtime(recovered.at if recovered is not None else 0)
    when = time.strftime("%H:%M" if at[:3] == time.localtime()[:3] else "%x %H:%M", at)
    text = _say("Unsaved changes from {0} were kept.").format(when)
    if recovered is not None and recovered.base_digest != digest:
        text += " " + _say("The file has changed since.")
    actions = (
        BarAction(_say("Restore"), do.restore),
        BarAction(_say("Compare"), do.compare_kept),
        BarAction(_say("Discard"), do.discard),
    )
    return BarText(text, actions, "history", "focus", closable=False)
