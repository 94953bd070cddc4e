"""The menu of runs: this one, and the earlier ones that the history keeps."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from studio.look.appearance import Appearance
from studio.widgets.runs.listing import ListedRun
from studio.widgets.runs.words import state_word, title

#: A menu is no list: what is older is in the history workspace.
_LONGEST = 20


class RunMenu(QMenu):
    """Offers runs by their time and how they ended."""

    #: The run that was chosen (its id), "" for the session's own.
    run_chosen = Signal(str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.triggered.connect(self._take)

    def show_runs(self, runs: Sequence[ListedRun], current: str | None, shown: str | None) -> None:
        """Offer these runs; `current` is the session's own, `shown` the one in the view."""
        self.clear()
        self._add("", self.tr("The current run"), checked=shown in (None, current))
        earlier = [run for run in runs if run.run_id != current]
        if earlier:
            self.addSection(self.tr("Earlier runs"))
        for run in earlier[:_LONGEST]:
            action = self._add(
                run.run_id, title(run.record, live=run.live), checked=run.run_id == shown
            )
            word = state_word(run.record, live=run.live)
            action.setIcon(self._appearance.icon(word.icon, word.role))
        if len(earlier) > _LONGEST:
            rest = self.addAction(self.tr("{} older in History").format(len(earlier) - _LONGEST))
            rest.setEnabled(False)

    def _add(self, run_id: str, text: str, *, checked: bool) -> QAction:
        action = self.addAction(text)
        action.setData(run_id)
        action.setCheckable(True)
        action.setChecked(checked)
        return action

    def _take(self, action: QAction) -> None:
        if action.data() is not None:
            self.run_chosen.emit(action.data())
