"""One side of the window where panels stand: their tabs and the one in front."""

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from studio.look.appearance import Appearance
from studio.shell.layout import BOTTOM, Layout
from studio.shell.panel_header import PanelHeader
from studio.shell.panel_host import PanelHost


class PanelArea(QWidget):
    """The panels of one area; hidden while none of them is open."""

    chosen = Signal(str)
    menu_requested = Signal(str, QPoint)
    maximise_requested = Signal()
    #: Wishes about the panel in front, by its name.
    float_requested = Signal(str)
    close_requested = Signal(str)

    def __init__(self, area: str, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.area = area
        self._front: str | None = None
        self.header = PanelHeader(appearance, can_maximise=area == BOTTOM, parent=self)
        self._stack = QStackedWidget(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._stack, 1)
        self.setFocusProxy(self._stack)
        self.header.chosen.connect(self.chosen)
        self.header.menu_requested.connect(self.menu_requested)
        self.header.maximise_requested.connect(self.maximise_requested)
        self.header.float_requested.connect(self._wish_float)
        self.header.close_requested.connect(self._wish_close)

    def take(self, host: PanelHost) -> None:
        """Have a panel stand here."""
        if self._stack.indexOf(host) < 0:
            self._stack.addWidget(host)

    def show_layout(self, layout: Layout, *, wanted: bool = True) -> None:
        """Show what a layout says of this area; nothing where panels are not `wanted`."""
        tabs = layout.tabs(self.area)
        self._front = layout.front(self.area)
        self.setVisible(wanted and bool(tabs))
        self.header.show_tabs(tabs, self._front)
        self.header.set_maximised(maximised=layout.maximised)
        for index in range(self._stack.count()):
            host = self._stack.widget(index)
            if isinstance(host, PanelHost) and host.name == self._front:
                self._stack.setCurrentIndex(index)

    def _wish_float(self) -> None:
        if self._front is not None:
            self.float_requested.emit(self._front)

    def _wish_close(self) -> None:
        if self._front is not None:
            self.close_requested.emit(self._front)
