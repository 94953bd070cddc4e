"""The icon in the system's tray, while programs run without their window."""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from studio.desk import Desk
from studio.shell.projects import OpenProjects
from studio.shell.state_word import state_word

#: How often it is looked whether the tray is still there, in milliseconds.
LOOK_MS: Final = 3_000


class Tray(QObject):
    """Says what runs; shows the window again, stops, quits. There only while the window is not.

    Where the desktop's tray goes away, it asks for the window: nothing else leads back to it.
    """

    show_requested = Signal()
    quit_requested = Signal()

    def __init__(self, desk: Desk, projects: OpenProjects, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._projects = projects
        self._window = window
        self._menu = QMenu(window)
        self._icon = QSystemTrayIcon(self)
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._activate)
        self._menu.aboutToShow.connect(self._fill)
        projects.changed.connect(self._tell)
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self._look_after_it)

    @staticmethod
    def available() -> bool:
        """Whether this desktop has a tray."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    @property
    def shown(self) -> bool:
        """Whether the icon is there."""
        return self._icon.isVisible()

    def show(self) -> None:
        """Put the icon into the tray."""
        icon = self._window.windowIcon()
        if icon.isNull():
            icon = self._desk.appearance.icon("play", "play")
        self._icon.setIcon(icon)
        self._fill()
        self._icon.show()
        self._look.start()
        self._tell()

    def hide(self) -> None:
        """Take the icon away."""
        self._look.stop()
        self._icon.hide()

    def _look_after_it(self) -> None:
        if not self.available():
            self.show_requested.emit()

    def _activate(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (
            QSystemTrayIcon.ActivationReason.Trigger,
            QSystemTrayIcon.ActivationReason.DoubleClick,
        ):
            self.show_requested.emit()

    def _fill(self) -> None:
        self._menu.clear()
        for opened in self._projects.all:
            controls = opened.flow.controls
            text = f"{controls.sign} {self._projects.title(opened.project)}: {state_word(controls)}"
            self._menu.addAction(text.replace("&", "&&")).setEnabled(False)
        self._menu.addSeparator()
        self._menu.addAction(self.tr("Show window")).triggered.connect(self.show_requested)
        stop = self._menu.addAction(self.tr("Stop all runs"))
        stop.setEnabled(bool(self._projects.running))
        stop.triggered.connect(self._stop_all)
        self._menu.addAction(self.tr("Quit")).triggered.connect(self.quit_requested)

    def _stop_all(self) -> None:
        for project in self._projects.running:
            if not project.session.stop_requested:  # a second time would take its grace away
                project.stop()

    def _tell(self) -> None:
        if self.shown:
            lines = [
                f"{self._projects.title(one.project)}: {state_word(one.flow.controls)}"
                for one in self._projects.all
            ]
            self._icon.setToolTip("\n".join(["Playhead", *lines]))
