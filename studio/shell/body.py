"""Between the bars: side panel, work and bottom panel, with lines to drag between them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from studio.shell.layout import BOTTOM, LEFT
from studio.shell.panels import Panels
from studio.shell.stage import Stage

#: What the work keeps where the window is small.
_LEAST_WORK = 80
_HANDLE = 4


class Body(QWidget):
    """Sizes come from the layout, and go back into it when a line is dragged."""

    def __init__(self, panels: Panels, stage: Stage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._panels = panels
        self._stage = stage
        self.rows = _splitter(Qt.Orientation.Vertical, (stage, panels.bottom))
        self.columns = _splitter(Qt.Orientation.Horizontal, (panels.left, self.rows))
        self.rows.setStretchFactor(0, 1)
        self.columns.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.columns)
        self.rows.splitterMoved.connect(self._note)
        self.columns.splitterMoved.connect(self._note)
        self.show_layout()

    def show_layout(self) -> None:
        """Give every part the size that the layout says."""
        layout = self._panels.layout
        self._stage.setVisible(not (layout.maximised and self._panels.seen_anything(BOTTOM)))
        if self.width() < 2 * _LEAST_WORK:
            return  # before the first layout of the window
        left = min(layout.size(LEFT, self.columns.width()), self.columns.width() - _LEAST_WORK)
        self.columns.setSizes([left, max(1, self.columns.width() - left - _HANDLE)])
        if self._stage.isVisibleTo(self):
            bottom = min(layout.size(BOTTOM, self.rows.height()), self.rows.height() - _LEAST_WORK)
            self.rows.setSizes([max(1, self.rows.height() - bottom - _HANDLE), bottom])

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The work takes what the window gains or loses."""
        super().resizeEvent(event)
        self.show_layout()

    def _note(self) -> None:
        layout = self._panels.layout
        if self._panels.left.isVisible():
            layout.sizes[LEFT] = self._panels.left.width()
        if self._panels.bottom.isVisible() and not layout.maximised:
            layout.sizes[BOTTOM] = self._panels.bottom.height()


def _splitter(orientation: Qt.Orientation, parts: tuple[QWidget, QWidget]) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setHandleWidth(_HANDLE)
    splitter.setChildrenCollapsible(False)
    for part in parts:
        splitter.addWidget(part)
    return splitter
