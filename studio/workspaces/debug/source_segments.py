"""The sources of the log side by side, to be shown together or alone."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from session.log.entry import Source
from studio.look.appearance import Appearance
from studio.workspaces.debug.filter_choice import SEGMENTS, FilterChoice


class SourceSegments(QWidget):
    """`all`, and one button a source; several can be down. None down is all."""

    #: Somebody pressed; `sources` holds what is wanted now.
    chosen = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sources: frozenset[Source] = frozenset()
        self._appearance = appearance
        self._all = self._button(self.tr("all"), self.tr("Show the rows of every source"))
        self._all.clicked.connect(self._take_all)
        self._buttons: dict[Source, QToolButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._all)
        for word, source in SEGMENTS:
            button = self._button(word, self.tr("Show the rows of {}").format(source))
            button.setProperty("source", str(source))
            button.clicked.connect(self._take)
            layout.addWidget(button)
            self._buttons[source] = button
        self.setAccessibleName(self.tr("Sources"))
        appearance.changed.connect(self._recolour)
        self._recolour()
        self.show_sources(frozenset())

    def show_sources(self, sources: frozenset[Source]) -> None:
        """Have these buttons down."""
        self.sources = sources
        self._all.setChecked(not sources)
        for source, button in self._buttons.items():
            button.setChecked(source in sources)

    def button(self, source: Source) -> QToolButton:
        """Return the button of a source."""
        return self._buttons[source]

    def _button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setCheckable(True)
        button.setToolTip(tip)
        button.setAccessibleName(text)
        return button

    def _take_all(self) -> None:
        self._choose(frozenset())

    def _take(self) -> None:
        source = Source(self.sender().property("source"))
        self._choose(FilterChoice(self.sources).toggled(source).sources)

    def _choose(self, sources: frozenset[Source]) -> None:
        self.show_sources(sources)
        self.chosen.emit()

    def _recolour(self) -> None:
        # One sheet for all of them: each sheet of its own costs time when the panel is opened.
        rules = (
            f'QToolButton[source="{source}"] {{ color: {self._appearance.tokens.source(source)} }}'
            for source in self._buttons
        )
        self.setStyleSheet("\n".join(rules))
