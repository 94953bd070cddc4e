"""What is known of one run: its card, its facts, and what it wrote."""

import time
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QListWidget,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from session.history import RunHistory
from studio.figures import duration
from studio.look.appearance import Appearance
from studio.look.tokens import SPACE_M, SPACE_S, SPACE_XS
from studio.widgets.plain import PlainLabel
from studio.widgets.runs.card import RunCard
from studio.widgets.runs.card_keeper import CardKeeper
from studio.widgets.runs.card_text import active_card
from studio.widgets.runs.listing import ListedRun
from studio.widgets.runs.words import arguments
from studio.widgets.short_label import ShortLabel

#: Written files that are listed; the folder has them all.
_LISTED: Final = 500


class RunDetails(QWidget):
    """Shows the selected run; says how to select one where there is none."""

    play_again_requested = Signal()
    first_error_requested = Signal()

    def __init__(
        self, appearance: Appearance, history: RunHistory, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.card = RunCard(appearance, self, dismissable=False)
        self.keeper = CardKeeper(self.card, history, self)
        self.card.play_again_requested.connect(self.play_again_requested)
        self.card.first_error_requested.connect(self.first_error_requested)
        self._hint = PlainLabel(parent=self)
        self._hint.setProperty("look", "muted")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._facts: dict[str, ShortLabel] = {}
        self.written = QListWidget(self)
        self.written.setAccessibleName(self.tr("What the run wrote"))
        self._build()
        self.show_runs([])

    def show_runs(self, runs: Sequence[ListedRun]) -> None:
        """Show the one run that is selected."""
        if len(runs) != 1:
            self.keeper.forget()
            none = self.tr("Select a run to see what it did.")
            two = self.tr("Two runs are selected: Compare shows them side by side.")
            many = self.tr("{} runs are selected.").format(len(runs))
            self._hint.setText(none if not runs else two if len(runs) == 2 else many)
            self._layout.setCurrentIndex(0)
            return
        self._show(runs[0])
        self._layout.setCurrentIndex(1)

    def _show(self, run: ListedRun) -> None:
        record = run.record
        if run.live:
            self.keeper.forget()
            text = active_card(record.state, time.time() - record.started)
            self.card.show_text(text, over=False, error=False)
        else:
            self.keeper.show_ended(record)
        ended = "" if record.ended is None else duration(record.ended - record.started)
        started = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.started))
        values = {
            "started": f"{started}, {ended}" if ended else started,
            "arguments": arguments(record) or self.tr("none"),
            "interpreter": record.interpreter,
            "content": record.content_id or self.tr("not sealed"),
            "run": record.run_id,
        }
        for name, value in values.items():
            self._facts[name].setText(value)
        self._show_written(record.written)

    def _show_written(self, names: Sequence[str]) -> None:
        self.written.clear()
        self.written.addItems(list(names[:_LISTED]))
        if len(names) > _LISTED:
            self.written.addItem(self.tr("and {} more").format(f"{len(names) - _LISTED:,}"))
        if not names:
            self.written.addItem(self.tr("This run wrote nothing."))

    def _build(self) -> None:
        facts = QWidget(self)
        form = QFormLayout(facts)
        form.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_S)
        form.setVerticalSpacing(SPACE_XS)
        for name, text in self._names().items():
            label = PlainLabel(text, facts)
            label.setProperty("look", "muted")
            value = ShortLabel(facts, Qt.TextElideMode.ElideMiddle)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByKeyboard)
            self._facts[name] = value
            form.addRow(label, value)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(facts)
        lower = QHBoxLayout()
        lower.addWidget(area, 3)
        lower.addWidget(self.written, 2)
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.card)
        column.addLayout(lower, 1)
        self._layout = QStackedLayout(self)
        self._layout.addWidget(self._hint)
        self._layout.addWidget(page)

    def _names(self) -> dict[str, str]:
        return {
            "started": self.tr("Started"),
            "arguments": self.tr("Arguments"),
            "interpreter": self.tr("Interpreter"),
            "content": self.tr("Content"),
            "run": self.tr("Run"),
        }
