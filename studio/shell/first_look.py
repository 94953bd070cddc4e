"""What is found out about a project once it is open: what is known of it, then what is wrong.

Nothing is asked for it: it runs beside everything else, and a Play takes its place.
"""

from typing import Final

from PySide6.QtCore import QObject, QTimer

from studio import loop
from studio.desk import Desk
from studio.shell.projects import Opened, OpenProjects

#: How long a project is in front before it is checked, in milliseconds: the window comes first.
CHECK_AFTER_MS: Final = 600


class FirstLook(QObject):
    """Learns title and interpreter of each project, and checks it once it is in front."""

    def __init__(self, desk: Desk, projects: OpenProjects, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._projects = projects
        self._timer = QTimer(self, singleShot=True, interval=CHECK_AFTER_MS)
        self._timer.timeout.connect(self._check)
        projects.opened.connect(self._learn)
        projects.front_changed.connect(self._timer.start)

    def _learn(self, opened: Opened) -> None:
        opened.project.known_changed.connect(self._projects.changed)
        loop.start(opened.project.learn())

    def _check(self) -> None:
        front = self._projects.front
        if front is None or front.looked_at:
            return
        front.looked_at = True
        played = front.project.session.record is not None  # that found the same
        if self._desk.settings.current.check_on_save and not played:
            front.project.check()
