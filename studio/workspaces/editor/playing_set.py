"""Which open texts are saved before Play. Pure."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol


class Text(Protocol):
    """An open text, as far as this decision goes."""

    @property
    def modified(self) -> bool: ...
    @property
    def path(self) -> Path | None: ...


class PlayingSet(NamedTuple):
    """The places, in the list that was asked about, of the texts to save; `ask` before that."""

    save: tuple[int, ...]
    ask: bool


def playing_set(policy: str, root: Path, single: Path | None, texts: Sequence[Text]) -> PlayingSet:
    """Return what a policy (`all`, `project`, `ask`) saves before a project is played.

    A text without a file is never touched: Play does not need it. One outside of the project is
    saved by `all` only. A project that is a single file takes what lies in its folder too, for
    it may import that.
    """
    chosen = []
    for at, text in enumerate(texts):
        if not text.modified or text.path is None:
            continue
        folder = single.parent if single is not None else root
        if policy == "all" or text.path.is_relative_to(folder):
            chosen.append(at)
    return PlayingSet(tuple(chosen), ask=policy == "ask" and bool(chosen))
