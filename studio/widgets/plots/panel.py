"""The live plots of a run: memory, processor time and log rate of its whole process tree."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from studio import loop
from studio.figures import percent
from studio.look.appearance import Appearance
from studio.look.tokens import SPACE_M, SPACE_S
from studio.widgets.plain import PlainLabel
from studio.widgets.plots.curve import CurvePlot, Scale
from studio.widgets.plots.library import plotting
from studio.widgets.plots.series import budget_words, series_of, size_words, words_of

if TYPE_CHECKING:
    from session.budget import Budget
    from session.usage import Usage

_ABSENT = "-"
#: Room for the rate of a flood beside the scale of its plot.
_WIDTH = 248


class UsagePanel(QScrollArea):
    """Three small plots. The curves come when the library is there; the values at once.

    It scrolls where it is low: a log of a few rows must not grow by it.
    """

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.memory = CurvePlot(
            appearance, self.tr("Memory"), "source_build", self, Scale(0, size_words)
        )
        self.cpu = CurvePlot(
            appearance, self.tr("Processor"), "source_pack", self, Scale(100, percent)
        )
        self.rate = CurvePlot(
            appearance, self.tr("Log"), "source_runtime", self, Scale(10, "{:,.0f}".format)
        )
        self.memory.setToolTip(self.tr("Memory in use by every process of the run."))
        self.cpu.setToolTip(
            self.tr("Processor time of every process of the run; 100 % is one core in full use.")
        )
        self.rate.setToolTip(self.tr("New rows in the log, a second."))
        self._samples: Sequence[Usage] = ()
        self._budget: Budget | None = None
        self._loading = False
        self._build()

    def show_samples(self, samples: Sequence["Usage"], budget: "Budget | None" = None) -> None:
        """Show samples, oldest first, against the budget in force; none empties the plots."""
        self._samples = list(samples)
        self._budget = budget
        if self.isVisible():
            self._draw()

    @property
    def spent(self) -> str:
        """What is said of the time that a budget leaves."""
        return self._spent.text()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Load what draws the curves, the first time somebody looks."""
        super().showEvent(event)
        self._draw()
        if not self._loading:
            self._loading = True
            QTimer.singleShot(0, self, self._begin_loading)

    def _begin_loading(self) -> None:
        loop.start(self._load())

    async def _load(self) -> None:
        self._library = await plotting()
        if shiboken6.isValid(self):
            self._equip()

    def _equip(self) -> None:
        """One plot a turn of the loop, so that no turn is long."""
        plot = next((one for one in self._plots if not one.drawn), None)
        if plot is not None:
            plot.use(self._library)
            QTimer.singleShot(0, self, self._equip)

    def _build(self) -> None:
        self.setFixedWidth(_WIDTH)
        self._plots = (self.memory, self.cpu, self.rate)
        page = QWidget(self)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_S)
        layout.setSpacing(SPACE_M)
        for plot in self._plots:
            layout.addWidget(plot)
        self._spent = PlainLabel("", self)
        self._spent.setWordWrap(True)
        layout.addWidget(self._spent)
        self._note = PlainLabel(self.tr("Every process of the run, last two minutes"), self)
        self._note.setWordWrap(True)
        self._note.setEnabled(False)
        layout.addWidget(self._note)
        layout.addStretch()
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setWidget(page)
        self._draw()

    def _draw(self) -> None:
        series, words = series_of(self._samples), words_of(self._samples)
        self.memory.show_limit(self._budget.memory if self._budget else None)
        spent = ", ".join(budget_words(self._samples, self._budget))
        self._spent.setText(self.tr("Budget: {}").format(spent) if spent else "")
        self._spent.setVisible(bool(spent))
        self.memory.show_series(series.memory, words.memory if words else _ABSENT)
        self.cpu.show_series(series.cpu, words.cpu if words else _ABSENT)
        self.rate.show_series(series.rate, words.rate if words else _ABSENT)
