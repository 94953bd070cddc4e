"""Holds one panel's content: that of the project in front, made when it can be seen."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from studio.desk import Desk
from studio.open_project import OpenProject
from studio.shell.rooms import PANELS


class PanelHost(QStackedWidget):
    """The content of one panel. What is not `lasting` lives only while it can be seen."""

    #: A content was made: the panel's name and the widget.
    made = Signal(str, object)

    def __init__(self, name: str, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self._desk = desk
        self._panel = PANELS[name]
        self._contents: dict[OpenProject, QWidget] = {}
        self._project: OpenProject | None = None
        self._seen = False
        self.setAccessibleName(self._panel.name)
        self.addWidget(QWidget(self))  # what is seen while there is no content

    @property
    def content(self) -> QWidget | None:
        """What the panel shows now, if it exists."""
        return self._contents.get(self._project) if self._project is not None else None

    def set_seen(self, *, seen: bool) -> None:
        """Tell whether the panel can be seen."""
        self._seen = seen
        self._update()

    def set_project(self, project: OpenProject | None) -> None:
        """Show another project's content."""
        if project is not self._project and not self._panel.lasting:
            self._drop_all()
        self._project = project
        self._update()

    def close_content(self) -> None:
        """The panel was closed: let go of what is not lasting."""
        if not self._panel.lasting:
            self._drop_all()

    def forget(self, project: OpenProject) -> None:
        """Let go of a project that is being closed."""
        self._drop(project)
        if self._project is project:
            self._project = None

    def _update(self) -> None:
        project = self._project
        if project is None or (project not in self._contents and not self._seen):
            self.setCurrentIndex(0)
            return
        if project not in self._contents:
            content = self._panel.make(project, self._desk)
            self._contents[project] = content
            self.addWidget(content)
            self.made.emit(self.name, content)
        self.setCurrentWidget(self._contents[project])

    def _drop_all(self) -> None:
        for project in list(self._contents):
            self._drop(project)

    def _drop(self, project: OpenProject) -> None:
        content = self._contents.pop(project, None)
        if content is not None:
            self.setCurrentIndex(0)
            self.removeWidget(content)
            content.deleteLater()
