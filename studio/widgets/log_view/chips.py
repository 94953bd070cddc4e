"""The small signs behind a row's text: how often it stands there, how much is folded away."""

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from studio.widgets.log_view.repeats import Repeat
from studio.widgets.log_view.shown_line import FOLD, MAX_LAID_OUT, RUNS, ShownLine

REPEAT, UNFOLD, FOLD_AGAIN, NOTE = "repeat", "unfold", "fold", "note"


class Chip(NamedTuple):
    """One sign; `unfold` and `fold` can be clicked."""

    kind: str
    text: str

    @property
    def clickable(self) -> bool:
        """Whether a click on it does something."""
        return self.kind in (UNFOLD, FOLD_AGAIN)


def chips_of(line: ShownLine, repeat: Repeat | None) -> list[Chip]:
    """Return the signs of a row, from left to right."""
    chips: list[Chip] = []
    if repeat is not None:
        chips.append(Chip(REPEAT, repeat_text(repeat)))
    if line.more and not line.unfolded:
        chips.append(Chip(UNFOLD, more_text(line.more)))
    elif line.more:
        chips.append(Chip(NOTE, more_text(line.more)))
    if line.unfolded and (len(line.text) > FOLD or len(line.spans) > RUNS):
        chips.append(Chip(FOLD_AGAIN, QCoreApplication.translate("LogView", "Show less")))
    return chips


def repeat_text(repeat: Repeat) -> str:
    """Return a repetition in words: `×12`, or `×12, 3 lines`."""
    if repeat.period == 1:
        return f"×{repeat.times:,}"
    text = QCoreApplication.translate("LogView", "×{times}, {lines} lines")
    return text.format(times=f"{repeat.times:,}", lines=repeat.period)


def more_text(more: int) -> str:
    """Return how much is folded away, in words."""
    text = QCoreApplication.translate("LogView", "… {count} more characters")
    return text.format(count=f"{more:,}")


def unfolds_whole(line: ShownLine) -> bool:
    """Whether all of a folded line can be shown in place; else it can be copied and exported."""
    return line.plain or len(line.text) + line.more <= MAX_LAID_OUT
