"""A panel as a window of its own."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.look.appearance import Appearance
from studio.shell.panel_header import PanelHeader
from studio.shell.panel_host import PanelHost
from studio.shell.rooms import PANELS

_SIZE = (720, 420)
_LEAST = (320, 160)


class PanelWindow(QWidget):
    """Shows one panel beside its window, in front of it and gone with it."""

    dock_requested = Signal(str)
    close_requested = Signal(str)

    def __init__(self, host: PanelHost, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.host = host
        self._beside = parent
        self.setWindowTitle(PANELS[host.name].name)
        self.setMinimumSize(*_LEAST)
        header = PanelHeader(appearance, floats=True, parent=self)
        header.show_tabs([host.name], host.name)
        self.header = header
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(header)
        column.addWidget(host, 1)
        header.float_requested.connect(self._wish_dock)
        header.close_requested.connect(self._wish_close)

    def place(self, geometry: tuple[int, ...]) -> None:
        """Stand where it stood; in the middle of its parent the first time, or off-screen."""
        wanted = QRect(*geometry) if len(geometry) == 4 else QRect()
        screens = QGuiApplication.screens()
        if wanted.isValid() and any(s.availableGeometry().intersects(wanted) for s in screens):
            self.setGeometry(wanted)
            return
        self.resize(*_SIZE)
        self.move(self._beside.geometry().center() - self.rect().center())

    def where(self) -> tuple[int, ...]:
        """Return x, y, width and height."""
        return self.geometry().getRect()  # type: ignore[return-value]  # typed as object

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Closing the window closes the panel; the shell sees to it."""
        event.ignore()
        self._wish_close()

    def _wish_dock(self) -> None:
        self.dock_requested.emit(self.host.name)

    def _wish_close(self) -> None:
        self.close_requested.emit(self.host.name)
