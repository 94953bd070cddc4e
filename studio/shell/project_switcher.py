"""The button that says which project is in front, and its menu: open ones, recent, open another."""

from pathlib import Path

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from studio.desk import Desk
from studio.look.tokens import ROW_ICON
from studio.shell.action_registry import ActionRegistry
from studio.shell.bar_button import BarButton
from studio.shell.projects import OpenProjects, recent_texts
from studio.shell.state_word import state_word
from studio.shell.text_label import short_path

_WIDEST = 200
_RECENT_SHOWN = 8


class ProjectSwitcher(BarButton):
    """Each open project stands in the menu with the sign and the word of its state."""

    def __init__(
        self, desk: Desk, registry: ActionRegistry, projects: OpenProjects, parent: QWidget
    ) -> None:
        super().__init__(
            desk.appearance, "project", role="text", pixels=ROW_ICON, widest=_WIDEST, parent=parent
        )
        self._desk = desk
        self._registry = registry
        self._projects = projects
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.aboutToShow.connect(self._fill)
        menu.aboutToHide.connect(registry.release_later)
        self.setMenu(menu)
        projects.changed.connect(self.refresh)
        projects.front_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Say which project is in front, and whether others run."""
        front = self._projects.front
        if front is None:
            self.show_text(self.tr("No project") + " ▾")
            self.say(self.tr("Project: none"), self.tr("Open a project"))
            return
        title = self._projects.title(front.project)
        others = [p for p in self._projects.running if p is not front.project]
        more = f"  +{len(others)} {others[0].bridge.controls.sign}" if others else ""
        self.show_text(f"{title}{more} ▾")
        tip = short_path(front.project.path)
        if others:
            names = ", ".join(self._projects.title(project) for project in others)
            tip += "\n" + self.tr("Also running: {0}").format(names)
        self.say(self.tr("Project: {0}").format(title), tip)

    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        self._registry.refresh()
        for opened in self._projects.all:
            title = self._projects.title(opened.project)
            controls = opened.flow.controls
            text = f"{controls.sign}  {title}    {state_word(controls)}"
            action = self._entry(menu, text, opened.project.path)
            action.setCheckable(True)
            action.setChecked(opened is self._projects.front)
        if self._projects.all:
            menu.addSeparator()
        self._add_recent(menu)
        for name in ("project.open_folder", "project.open_file", "project.new", "project.close"):
            menu.addAction(self._registry.action(name))

    def _add_recent(self, menu: QMenu) -> None:
        shown = 0
        for text in recent_texts(self._desk):
            path = Path(text)
            if shown < _RECENT_SHOWN and self._projects.find(path) is None:
                self._entry(menu, f"{path.name}    {short_path(path.parent)}", path)
                shown += 1
        if shown:
            menu.addSeparator()

    def _entry(self, menu: QMenu, text: str, path: Path) -> QAction:
        action = menu.addAction(text.replace("&", "&&"))
        action.setToolTip(str(path))
        action.setData(str(path))
        action.triggered.connect(self._open_chosen)
        return action

    def _open_chosen(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._projects.bring(self._projects.open(Path(action.data())) or self._projects.front)
