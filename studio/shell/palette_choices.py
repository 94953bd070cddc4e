"""What the command palette offers, and which of it fits what was typed. Pure."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from studio.workspaces.editor.fuzzy import match

#: How much each step towards "used last" counts, and from where on it does not.
_RECENT_STEP = 2
_RECENT_KEPT = 20


class Choice(NamedTuple):
    """One thing to choose. `kind` says what it is where that is no action."""

    name: str
    text: str
    run: Callable[[], object]
    kind: str = ""
    shortcut: str = ""
    icon: str = ""


def fitting(query: str, choices: Sequence[Choice], recent: Sequence[str]) -> list[Choice]:
    """Return what fits: best first; without a query what was used last, then all by name."""
    letters = "".join(query.split()).casefold()
    ranks = {name: rank for rank, name in enumerate(recent[:_RECENT_KEPT])}
    if not letters:
        return sorted(choices, key=lambda c: (ranks.get(c.name, _RECENT_KEPT), c.kind, c.text))
    found = []
    for choice in choices:
        hit = match(letters, choice.text) or match(letters, f"{choice.kind} {choice.text}")
        if hit is not None:
            bonus = (_RECENT_KEPT - ranks.get(choice.name, _RECENT_KEPT)) * _RECENT_STEP
            found.append((-(hit.score + bonus), len(choice.text), choice.text, choice))
    return [row[-1] for row in sorted(found, key=lambda row: row[:3])]


def with_used(name: str, recent: Sequence[str]) -> list[str]:
    """Return the recently used with one more in front."""
    return [name, *(one for one in recent if one != name)][:_RECENT_KEPT]
