"""The menu behind the three dots: everything about a log, also what a narrow row leaves out."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from studio.workspaces.debug.filter_bar import FilterBar


class MoreEntry(NamedTuple):
    """One entry. `keys` do the same; `switch` is the button it stands for."""

    text: str
    run: Callable[[], None]
    keys: str = ""
    switch: QAbstractButton | None = None
    enabled: bool = True


class MoreMenu(QMenu):
    """Filled when it opens: a panel is built more often than its menu is opened."""

    def __init__(self, bar: FilterBar, parent: QWidget) -> None:
        super().__init__(parent)
        self._bar = bar

    def fill(self, groups: Sequence[Sequence[MoreEntry]]) -> None:
        """Offer what there is now; to be called before it is shown."""
        self.clear()
        self._add_filter()
        for group in groups:
            self.addSeparator()
            for entry in group:
                self._add(entry)
        times = self._bar.times.menu()
        if times is not None:
            self.addMenu(times)

    def _add_filter(self) -> None:
        """The counts and the parts of the filter that a narrow row has no room for."""
        self.addAction(self._bar.counted).setEnabled(False)
        severity = self.addMenu(self._bar.severity.menu())
        severity.setText(self.tr("Severity: {}").format(self._bar.severity.text()))
        regex = MoreEntry(
            self.tr("The filter is a regular expression"),
            self._bar.regex.toggle,
            switch=self._bar.regex,
        )
        self._add(regex)

    def _add(self, entry: MoreEntry) -> QAction:
        action = self.addAction(f"{entry.text}\t{entry.keys}" if entry.keys else entry.text)
        action.setEnabled(entry.enabled)
        if entry.switch is not None:
            action.setCheckable(True)
            action.setChecked(entry.switch.isChecked())
        action.triggered.connect(entry.run)
        return action
